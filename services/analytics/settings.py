"""What the operator of analytics can set: environment variables ANALYTICS_…"""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings.service import Port, ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="ANALYTICS_")

    api_port: Port = Field(default=8004, description="Port of the API.")
    worker_port: Port = Field(default=8104, description="Port of the worker's probes and metrics.")
    park_airport: str = Field(
        default="EHU", pattern=r"^[A-Z]{3}$", description="IATA code of the park's own airport."
    )
