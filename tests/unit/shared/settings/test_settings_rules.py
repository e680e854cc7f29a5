"""From the environment to settings: which values fit together, and what is said of those that do
not.
"""

import ssl
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.settings import KafkaSettings
from shared.settings.loading import SettingsError, load


class Crates(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CRATES_", extra="ignore", populate_by_name=True)

    size_max: int = Field(default=5, ge=1, description="Largest size of a crate.")
    api_secret: str = Field(default="x" * 8, min_length=8, description="What callers send.")
    mode: str = Field(default="plain", validation_alias="AIRLANE_MODE", pattern="^[a-z]+$")
    kafka: KafkaSettings = Field(default_factory=KafkaSettings)


def lines_of(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load(Crates)
    assert str(refused.value) == "\n".join(refused.value.lines)
    return refused.value.lines


class TestLoading:
    def test_what_is_not_set_has_its_default(self) -> None:
        assert load(Crates).size_max == 5

    def test_a_bad_variable_is_named_with_its_value_and_its_meaning(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (line,) = lines_of(monkeypatch, CRATES_SIZE_MAX="zero")

        assert line.startswith("CRATES_SIZE_MAX = 'zero': Input should be a valid integer")
        assert line.endswith("(Largest size of a crate).")

    def test_the_value_of_a_secret_is_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (line,) = lines_of(monkeypatch, CRATES_API_SECRET="hunter2")

        assert line.startswith("CRATES_API_SECRET: ")
        assert "hunter2" not in line

    def test_a_variable_with_a_name_of_its_own_is_called_by_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (line,) = lines_of(monkeypatch, AIRLANE_MODE="LOUD")

        assert line.startswith("AIRLANE_MODE = 'LOUD': ")

    def test_a_long_value_is_shown_by_its_beginning(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (line,) = lines_of(monkeypatch, AIRLANE_MODE="A" * 500)

        assert f"'{'A' * 60}'" in line
        assert "A" * 61 not in line

    def test_faults_of_all_parts_are_shown_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lines = lines_of(
            monkeypatch,
            CRATES_SIZE_MAX="0",
            KAFKA_SECURITY_PROTOCOL="TLS",
            KAFKA_PREFIX="No.Dots",
        )

        assert [line.split()[0] for line in lines] == [
            "CRATES_SIZE_MAX",
            "KAFKA_SECURITY_PROTOCOL",
            "KAFKA_PREFIX",
        ]

    def test_a_fault_of_kafka_alone_is_enough(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (line,) = lines_of(monkeypatch, KAFKA_SASL_USERNAME="catalog")

        assert line.startswith("KAFKA_SECURITY_PROTOCOL=PLAINTEXT would not use")


class TestKafka:
    @pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL"])
    @pytest.mark.parametrize("name", ["sasl_mechanism", "sasl_username", "sasl_password"])
    def test_a_log_in_that_would_not_be_used_is_refused(self, protocol: str, name: str) -> None:
        value = "PLAIN" if name == "sasl_mechanism" else "a"

        with pytest.raises(ValidationError, match=f"would not use KAFKA_{name.upper()}"):
            KafkaSettings(**{"security_protocol": protocol, name: value})  # type: ignore[arg-type]

    @pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
    @pytest.mark.parametrize("missing", ["sasl_mechanism", "sasl_username", "sasl_password"])
    def test_a_log_in_is_whole(self, protocol: str, missing: str) -> None:
        given: dict[str, Any] = {
            "security_protocol": protocol,
            "sasl_mechanism": "PLAIN",
            "sasl_username": "catalog",
            "sasl_password": "p",
        }
        KafkaSettings(**given)
        del given[missing]

        with pytest.raises(ValidationError, match=f"needs KAFKA_{missing.upper()}"):
            KafkaSettings(**given)

    @pytest.mark.parametrize(
        ("protocol", "is_encrypted"),
        [("PLAINTEXT", False), ("SASL_PLAINTEXT", False), ("SSL", True), ("SASL_SSL", True)],
    )
    def test_encrypted_connections_check_the_name_of_the_broker(
        self, protocol: str, is_encrypted: bool
    ) -> None:
        log_in: dict[str, Any] = {
            "sasl_mechanism": "PLAIN",
            "sasl_username": "catalog",
            "sasl_password": "p",
        }
        settings = KafkaSettings(
            security_protocol=protocol,
            **(log_in if protocol.startswith("SASL") else {}),
        )
        context = settings.ssl_context()

        assert (context is not None) is is_encrypted
        if context is not None:
            assert context.check_hostname
            assert context.verify_mode is ssl.CERT_REQUIRED

    @pytest.mark.parametrize("name", ["ssl_ca_file", "ssl_cert_file", "ssl_key_file"])
    def test_files_that_would_not_be_used_are_refused(self, name: str) -> None:
        with pytest.raises(ValidationError, match=f"would not use KAFKA_{name.upper()}"):
            KafkaSettings(**{name: Path("a.pem")})  # type: ignore[arg-type]

    @pytest.mark.parametrize("name", ["ssl_cert_file", "ssl_key_file"])
    def test_a_certificate_and_its_key_come_together(self, name: str) -> None:
        with pytest.raises(ValidationError, match="belong together"):
            KafkaSettings(security_protocol="SSL", **{name: Path("a.pem")})  # type: ignore[arg-type]

    def test_a_file_that_is_no_certificate_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "ca.pem"
        file.write_text("not a certificate")

        with pytest.raises(ValidationError, match="KAFKA_SSL_CA_FILE cannot be used"):
            KafkaSettings(security_protocol="SSL", ssl_ca_file=file)

    @pytest.mark.parametrize("prefix", ["ezhou", "a", "a-b-2", "a" * 31])
    def test_a_prefix_is_the_first_part_of_a_name(self, prefix: str) -> None:
        kafka = KafkaSettings(prefix=prefix)

        assert kafka.wire_topic("airlane.catalog.orders.v1") == f"{prefix}.catalog.orders.v1"
        assert kafka.contract_topic(f"{prefix}.catalog.orders.v1") == "airlane.catalog.orders.v1"
        assert kafka.wire_group("routing") == f"{prefix}.routing"

    @pytest.mark.parametrize("prefix", ["", "A", "a.b", "-a", "2a", "a" * 32, "a_b", "a\n"])
    def test_a_prefix_has_no_dots_and_no_capitals(self, prefix: str) -> None:
        with pytest.raises(ValidationError):
            KafkaSettings(prefix=prefix)

    def test_names_of_others_stay_as_they_are(self) -> None:
        kafka = KafkaSettings(prefix="ezhou")

        for name in ("other.topic", "airlane", "airlanes.topic", "xairlane.topic"):
            assert kafka.wire_topic(name) == name
            assert kafka.contract_topic(name) == name

    @pytest.mark.parametrize(
        ("replicas", "insync", "is_possible"),
        [(1, 1, True), (1, 2, False), (3, 3, True), (3, 4, False)],
    )
    def test_no_more_copies_are_asked_for_than_there_are(
        self, replicas: int, insync: int, is_possible: bool
    ) -> None:
        given = {"replication_factor": replicas, "min_insync_replicas": insync}

        if is_possible:
            assert KafkaSettings(**given).insync == insync  # type: ignore[arg-type]
        else:
            with pytest.raises(ValidationError, match="nothing could be written"):
                KafkaSettings(**given)  # type: ignore[arg-type]
