"""What the operator of webhooks can set: environment variables WEBHOOKS_…"""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings.service import Port, ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="WEBHOOKS_")

    api_port: Port = Field(default=8005, description="Port of the API.")
    worker_port: Port = Field(default=8105, description="Port of the worker's probes and metrics.")
    secret_key: SecretStr | None = Field(
        default=None,
        description="Keys that encrypt endpoint secrets: id:base64 of 32 bytes, the sealing one "
        "first, comma-separated.",
    )
    allow_private_addresses: bool = Field(
        default=False,
        description="Send to loopback and private addresses, too: for a local park only.",
    )
    timeout_s: float = Field(
        default=15.0, gt=0, le=30, description="Deadline of one request to an endpoint."
    )
    lease_s: float = Field(
        default=60.0,
        description="How long a sender keeps what it claimed; at least twice the timeout.",
    )
    in_flight_deliveries_max: int = Field(
        default=256, ge=1, description="Requests under way at once, all endpoints together."
    )
    in_flight_per_endpoint_max: int = Field(
        default=64, ge=1, description="Requests under way at once to one endpoint."
    )
    retry_schedule_s: tuple[float, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Delays before each attempt as a JSON list of seconds; the default is that of "
        "Standard Webhooks, ten attempts in 75 hours.",
    )
    disable_after_days: float = Field(
        default=5.0, gt=0, description="An endpoint that fails for so long is disabled."
    )
    rotation_overlap_hours: float = Field(
        default=24.0, ge=0, le=168, description="How long a rotated secret still signs, too."
    )
    days_kept: int = Field(
        default=30, ge=1, description="Messages, deliveries and attempts older than this go."
    )
