"""Settings of routing: environment variables with the prefix ROUTING_."""

import os
import tempfile
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings.service import Port, ServiceSettings


class Settings(ServiceSettings):
    """What differs per installation. Handling times, regions and carriers are data, not here."""

    model_config = SettingsConfigDict(env_prefix="ROUTING_")

    api_port: Port = Field(default=8003, description="Port of the API.")
    worker_port: Port = Field(default=8103, description="Port of the worker's probes and metrics.")
    spool_dir: Path = Field(
        default_factory=lambda: Path(tempfile.gettempdir()) / f"airlane-routing-{os.getuid()}",
        description="Folder for timetable files while they arrive. By default below the temporary"
        " folder of the machine.",
    )
