"""Settings every service has. A subclass sets its prefix and ports and adds its own fields:

    class Settings(ServiceSettings):
        model_config = SettingsConfigDict(env_prefix="CATALOG_")
        api_port: int = 8001

What all processes of a park must agree on has no prefix (KAFKA_*, AIRLANE_*).
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.settings.kafka import KafkaSettings

Dsn = Annotated[str, StringConstraints(pattern=r"^postgres(ql)?://")]
Port = Annotated[int, Field(ge=1, le=65535)]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class ServiceSettings(BaseSettings):
    """Values come from the environment only, or by name from code (tests)."""

    model_config = SettingsConfigDict(
        env_prefix="", extra="ignore", frozen=True, populate_by_name=True, validate_default=True
    )

    database_url: Dsn = Field(
        repr=False, description="PostgreSQL of the service, as its app role: postgresql://…"
    )
    owner_database_url: Dsn | None = Field(
        default=None,
        repr=False,
        description="The same database as the owner role; migrations only.",
    )
    direct_database_url: Dsn | None = Field(
        default=None,
        repr=False,
        description="The same database without a pooler, for what needs a session of its own"
        " (relay, job locks, wake-ups); database_url unless set.",
    )
    statement_cache_size: int = Field(
        default=512,
        ge=0,
        description="Prepared statements kept per connection; 0 for a pooler that loses them"
        " (PgBouncer before 1.21).",
    )
    pool_size: int = Field(
        default=8, ge=1, le=200, description="Database connections of one process."
    )
    api_host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    api_port: Port = Field(default=8000, description="Port of the API.")
    worker_host: str = Field(default="127.0.0.1", description="Address of the worker's probes.")
    worker_port: Port = Field(default=8100, description="Port of the worker's probes and metrics.")
    in_flight_max: int = Field(
        default=256, ge=1, description="Requests in progress per API process; above it, 503."
    )

    rate_per_minute: int = Field(
        default=60_000,
        ge=1,
        description="Requests of one credential in a minute, per API process; above it, 429.",
    )

    kafka: KafkaSettings = Field(
        default_factory=KafkaSettings, description="The KAFKA_* variables: see KafkaSettings."
    )
    jwks_url: str = Field(
        default="http://127.0.0.1:8001/.well-known/jwks.json",
        validation_alias="AIRLANE_JWKS_URL",
        pattern=r"^(https?|file)://",
        description="Public keys of the token issuer: http(s):// or file://.",
    )
    issuer: str = Field(
        default="http://127.0.0.1:8001",
        validation_alias="AIRLANE_ISSUER",
        description="`iss` that access tokens must carry.",
    )
    audience: str | None = Field(
        default=None,
        validation_alias="AIRLANE_AUDIENCE",
        description="`aud` that access tokens must carry; not checked when absent.",
    )
    metrics_token: str | None = Field(
        default=None,
        min_length=16,
        repr=False,
        validation_alias="AIRLANE_METRICS_TOKEN",
        description="Bearer token that scrapers of /metrics must send; not required when absent.",
    )
    environment: str = Field(
        default="local", validation_alias="AIRLANE_ENV", description="local, staging, production …"
    )
    log_level: LogLevel = Field(
        default="INFO",
        validation_alias="AIRLANE_LOG_LEVEL",
        description="Lines below this level are dropped.",
    )
    drain_s: float = Field(
        default=0.0,
        ge=0,
        le=60,
        validation_alias="AIRLANE_DRAIN_S",
        description="How long /readyz answers 503 before a stopping API closes its port.",
    )
