"""A broken environment ends in one readable line per variable, and secrets stay out of it."""

import pytest
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import KafkaSettings, ServiceSettings, SettingsError, load


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SAMPLE_")
    api_port: int = 8009
    extra_limit: int = Field(default=3, ge=1, description="How many.")


DSN = "postgresql://app:pw@localhost/db"


def test_prefixed_and_common_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_DATABASE_URL", DSN)
    monkeypatch.setenv("SAMPLE_EXTRA_LIMIT", "5")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "k:1")
    monkeypatch.setenv("AIRLANE_ISSUER", "https://id.example")
    settings = load(Settings)
    assert settings.database_url == DSN
    assert (settings.extra_limit, settings.api_port) == (5, 8009)
    assert settings.kafka.bootstrap_servers == "k:1"
    assert settings.issuer == "https://id.example"
    assert "pw@" not in repr(settings)


def test_code_may_name_the_fields() -> None:
    settings = Settings(database_url=DSN, issuer="x", kafka=KafkaSettings(bootstrap_servers="y"))
    assert (settings.issuer, settings.kafka.bootstrap_servers) == ("x", "y")


def test_each_bad_variable_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_OWNER_DATABASE_URL", "mysql://root:hunter2@x")
    monkeypatch.setenv("SAMPLE_EXTRA_LIMIT", "none")
    monkeypatch.setenv("AIRLANE_LOG_LEVEL", "loud")
    monkeypatch.setenv("AIRLANE_JWKS_URL", "ftp://x")
    with pytest.raises(SettingsError) as raised:
        load(Settings)
    lines = {line.split()[0].rstrip(":"): line for line in raised.value.lines}
    assert set(lines) == {
        "SAMPLE_DATABASE_URL",
        "SAMPLE_OWNER_DATABASE_URL",
        "SAMPLE_EXTRA_LIMIT",
        "AIRLANE_LOG_LEVEL",
        "AIRLANE_JWKS_URL",
    }
    assert lines["SAMPLE_DATABASE_URL"].startswith("SAMPLE_DATABASE_URL is not set (PostgreSQL")
    assert "'none'" in lines["SAMPLE_EXTRA_LIMIT"]
    assert "How many" in lines["SAMPLE_EXTRA_LIMIT"]
    assert "hunter2" not in str(raised.value)


def test_every_setting_says_what_it_is() -> None:
    for name, field in ServiceSettings.model_fields.items():
        assert field.description, name
