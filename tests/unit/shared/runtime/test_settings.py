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
    for settings in (ServiceSettings, KafkaSettings):
        for name, field in settings.model_fields.items():
            assert field.description, name


NOT_USED = "KAFKA_SECURITY_PROTOCOL=PLAINTEXT would not use"
CONTRADICTIONS: list[tuple[dict[str, str], str]] = [
    ({"SECURITY_PROTOCOL": "SASL_SSL", "SASL_USERNAME": "a"}, "needs KAFKA_SASL_MECHANISM and"),
    ({"SASL_USERNAME": "a"}, f"{NOT_USED} KAFKA_SASL_USERNAME: choose SASL_SSL or unset them."),
    ({"SSL_CA_FILE": "/ca.pem"}, f"{NOT_USED} KAFKA_SSL_CA_FILE: choose SASL_SSL or unset them."),
    (
        {"SECURITY_PROTOCOL": "SSL", "SSL_CERT_FILE": "a.pem"},
        "belong together: set both or neither",
    ),
    (
        {"SECURITY_PROTOCOL": "SSL", "SSL_CA_FILE": "/ca.pem"},
        "KAFKA_SSL_CA_FILE cannot be used: No",
    ),
    ({"MIN_INSYNC_REPLICAS": "2"}, "is more than KAFKA_REPLICATION_FACTOR=1: nothing could be"),
]


@pytest.mark.parametrize(("variables", "said"), CONTRADICTIONS)
def test_kafka_settings_that_contradict_each_other_are_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    monkeypatch.setenv("SAMPLE_DATABASE_URL", DSN)
    for name, value in variables.items():
        monkeypatch.setenv(f"KAFKA_{name}", value)
    with pytest.raises(SettingsError) as raised:
        load(Settings)
    (line,) = raised.value.lines
    assert said in line


def test_the_password_of_kafka_is_in_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_DATABASE_URL", DSN)
    for name, value in {
        "SECURITY_PROTOCOL": "SASL_SSL",
        "SASL_MECHANISM": "SCRAM-SHA-512",
        "SASL_USERNAME": "catalog",
        "SASL_PASSWORD": "hunter2",
    }.items():
        monkeypatch.setenv(f"KAFKA_{name}", value)
    settings = load(Settings)
    assert settings.kafka.sasl_password is not None
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    monkeypatch.setenv("KAFKA_SASL_USERNAME", "")
    with pytest.raises(SettingsError) as raised:
        load(Settings)
    assert "hunter2" not in str(raised.value)


def test_a_prefix_changes_names_on_kafka_once() -> None:
    kafka, topic = KafkaSettings(prefix="ezhou"), "airlane.catalog.orders.v1"
    assert kafka.wire_topic(topic) == "ezhou.catalog.orders.v1"
    assert kafka.wire_topic(kafka.wire_topic(topic)) == kafka.wire_topic(topic)
    assert kafka.contract_topic(kafka.wire_topic(topic)) == topic
    assert (kafka.wire_group("customs"), KafkaSettings().wire_group("customs")) == (
        "ezhou.customs",
        "customs",
    )
