"""How every process reaches Kafka: one settings object, read from the KAFKA_* variables, for every
client.

Each service may have its own credential; docs/kafka.md lists the rights it needs.
"""

import ssl
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

# The topics of the contracts begin with it (`airlane.catalog.orders.v1`).
CONTRACT_PREFIX: Final = "airlane"
_CLUSTER_REPLICAS: Final = 3
_CLUSTER_MIN_INSYNC: Final = 2


class KafkaSettings(BaseSettings):
    """Values come from the environment, or by name from code (tests)."""

    model_config = SettingsConfigDict(
        env_prefix="KAFKA_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        validate_default=True,
    )

    bootstrap_servers: str = Field(
        default="127.0.0.1:19092", description="host:port,… of the Kafka brokers."
    )
    security_protocol: SecurityProtocol = Field(
        default="PLAINTEXT",
        description="SSL encrypts; SASL_… also sends a user name and password.",
    )
    ssl_ca_file: Path | None = Field(
        default=None,
        description="PEM file of the brokers' CA; the system's CAs if unset.",
    )
    ssl_cert_file: Path | None = Field(
        default=None, description="PEM file of this client's certificate, if brokers ask for one."
    )
    ssl_key_file: Path | None = Field(
        default=None, description="PEM file of that certificate's private key, without a password."
    )
    sasl_mechanism: SaslMechanism | None = Field(
        default=None, description="SASL mechanism, with SASL_…."
    )
    sasl_username: str | None = Field(default=None, description="User name, with SASL_….")
    sasl_password: SecretStr | None = Field(default=None, description="Password, with SASL_….")
    prefix: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$")] = Field(
        default=CONTRACT_PREFIX,
        description="First part of all names on Kafka. Parks on one Kafka have different ones.",
    )
    environment: str = Field(
        default="local", validation_alias="AIRLANE_ENV", description="local, staging, production …"
    )
    replication_factor: int | None = Field(
        default=None,
        ge=1,
        description="Copies of every topic; if unset, 1 where AIRLANE_ENV is local, else 3.",
    )
    min_insync_replicas: int | None = Field(
        default=None,
        ge=1,
        description="Copies a record needs to count as written; if unset, all but one, at most 2.",
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        for fault in (self._sasl_fault(), self._ssl_fault(), self._replicas_fault()):
            if fault:
                raise PydanticCustomError("kafka_settings", "{fault}", {"fault": fault})
        return self

    def _sasl_fault(self) -> str | None:
        given = {
            "KAFKA_SASL_MECHANISM": self.sasl_mechanism,
            "KAFKA_SASL_USERNAME": self.sasl_username,
            "KAFKA_SASL_PASSWORD": self.sasl_password,
        }
        asked = self.security_protocol.startswith("SASL_")
        wrong = [name for name, value in given.items() if (value is None) is asked]
        if not wrong:
            return None
        protocol = f"KAFKA_SECURITY_PROTOCOL={self.security_protocol}"
        if asked:
            return f"{protocol} needs {' and '.join(wrong)}"
        return f"{protocol} would not use {' and '.join(wrong)}: choose SASL_SSL or unset them"

    def _ssl_fault(self) -> str | None:
        given = {
            "KAFKA_SSL_CA_FILE": self.ssl_ca_file,
            "KAFKA_SSL_CERT_FILE": self.ssl_cert_file,
            "KAFKA_SSL_KEY_FILE": self.ssl_key_file,
        }
        names = [name for name, value in given.items() if value is not None]
        if not names:
            return None
        if not self.security_protocol.endswith("SSL"):
            protocol = f"KAFKA_SECURITY_PROTOCOL={self.security_protocol}"
            return f"{protocol} would not use {' and '.join(names)}: choose SASL_SSL or unset them"
        if (self.ssl_cert_file is None) is not (self.ssl_key_file is None):
            return "KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE belong together: set both or neither"
        try:
            self.ssl_context()
        except (OSError, ssl.SSLError) as error:
            return f"{' and '.join(names)} cannot be used: {error.strerror or error}"
        return None

    def _replicas_fault(self) -> str | None:
        if self.insync <= self.replicas:
            return None
        return (
            f"KAFKA_MIN_INSYNC_REPLICAS={self.insync} is more than "
            f"KAFKA_REPLICATION_FACTOR={self.replicas}: nothing could be written"
        )

    @property
    def replicas(self) -> int:
        return self.replication_factor or (1 if self.environment == "local" else _CLUSTER_REPLICAS)

    @property
    def insync(self) -> int:
        """One copy may be down: of three, two must have a record."""
        return self.min_insync_replicas or max(1, min(_CLUSTER_MIN_INSYNC, self.replicas - 1))

    def ssl_context(self) -> ssl.SSLContext | None:
        """None if the connection is not encrypted. Reads the files each time, so that the next
        client uses a renewed certificate. Raises OSError, of which SSLError is a subclass.
        """
        if not self.security_protocol.endswith("SSL"):
            return None
        context = ssl.create_default_context(cafile=self.ssl_ca_file)
        if self.ssl_cert_file is not None:
            context.load_cert_chain(self.ssl_cert_file, self.ssl_key_file)
        return context

    def wire_topic(self, topic: str) -> str:
        """The name on Kafka of a contract's topic. A name that already is one is kept."""
        head, dot, rest = topic.partition(".")
        return f"{self.prefix}.{rest}" if dot and head == CONTRACT_PREFIX else topic

    def contract_topic(self, topic: str) -> str:
        head, dot, rest = topic.partition(".")
        return f"{CONTRACT_PREFIX}.{rest}" if dot and head == self.prefix else topic

    def wire_group(self, group: str) -> str:
        """The name on Kafka of a consumer group: the bare name, unless the park has a prefix."""
        return group if self.prefix == CONTRACT_PREFIX else f"{self.prefix}.{group}"
