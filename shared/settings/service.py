"""Settings every service has. A subclass sets its prefix and ports and adds its own fields:

    class Settings(ServiceSettings):
        model_config = SettingsConfigDict(env_prefix="CATALOG_")
        api_port: int = 8001

What all processes of a park must agree on has no prefix (KAFKA_BOOTSTRAP_SERVERS, AIRLANE_*).
"""

from typing import Annotated, Final, Literal, TypeVar

from pydantic import Field, StringConstraints, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

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
    pool_size: int = Field(
        default=8, ge=1, le=200, description="Database connections of one process."
    )
    api_host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    api_port: Port = Field(default=8000, description="Port of the API.")
    worker_host: str = Field(default="127.0.0.1", description="Address of the worker's probes.")
    worker_port: Port = Field(default=8100, description="Port of the worker's probes and metrics.")
    in_flight_max: int = Field(
        default=256, ge=1, description="Requests in work per API process; above it, 503."
    )

    kafka_bootstrap_servers: str = Field(
        default="127.0.0.1:19092",
        validation_alias="KAFKA_BOOTSTRAP_SERVERS",
        description="host:port,… of the Kafka brokers.",
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
    environment: str = Field(
        default="local", validation_alias="AIRLANE_ENV", description="local, staging, production …"
    )
    log_level: LogLevel = Field(
        default="INFO", validation_alias="AIRLANE_LOG_LEVEL", description="Lines below are dropped."
    )
    drain_s: float = Field(
        default=0.0,
        ge=0,
        le=60,
        validation_alias="AIRLANE_DRAIN_S",
        description="How long /readyz says no before a stopping API closes its port.",
    )


class SettingsError(Exception):
    """The environment does not fit; `lines` says what is wrong, one variable each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


S = TypeVar("S", bound=ServiceSettings)

_SECRET_FIELDS: Final = ("url", "secret", "password", "token", "key")


def load(settings_class: type[S]) -> S:
    """Reads the environment. Raises SettingsError with one readable line per bad variable."""
    try:
        return settings_class()
    except ValidationError as error:
        lines = []
        for fault in error.errors(include_url=False):
            name = str(fault["loc"][0]) if fault["loc"] else "?"
            variable, field = _variable(settings_class, name)
            lines.append(_line(variable, field, fault["type"], fault["msg"], fault.get("input")))
        raise SettingsError(lines) from error


def _variable(settings_class: type[ServiceSettings], name: str) -> tuple[str, FieldInfo | None]:
    """The environment variable behind an error's location: a field's name or its alias."""
    for field_name, field in settings_class.model_fields.items():
        alias = field.validation_alias
        if name in (field_name, alias):
            if isinstance(alias, str):
                return alias, field
            return f"{settings_class.model_config.get('env_prefix', '')}{field_name}".upper(), field
    return name, None


def _line(variable: str, field: FieldInfo | None, kind: str, message: str, given: object) -> str:
    about = f" ({field.description.rstrip('.')})" if field and field.description else ""
    if kind == "missing":
        return f"{variable} is not set{about}."
    # A connection string or key must not end up in a log because of a typing error in it.
    secret = any(word in variable.lower() for word in _SECRET_FIELDS)
    value = "" if secret else f" = {str(given)[:60]!r}"
    return f"{variable}{value}: {message}{about}."
