"""Settings of routing: environment variables with the prefix ROUTING_."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings.service import Port, ServiceSettings


class Settings(ServiceSettings):
    """What differs per installation. Handling times, allowances and carriers are data, not here."""

    model_config = SettingsConfigDict(env_prefix="ROUTING_")

    api_port: Port = Field(default=8003, description="Port of the API.")
    worker_port: Port = Field(default=8103, description="Port of the worker's probes and metrics.")
