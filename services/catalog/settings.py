"""Settings of the processes of catalog, from their environment."""

import os
import tempfile
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings.service import Port, ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    api_port: Port = Field(default=8001, description="Port of the API.")
    worker_port: Port = Field(default=8101, description="Port of the worker's probes and metrics.")
    signing_key_file: Path | None = Field(
        default=None,
        description="PEM file with the Ed25519 private key that signs access tokens. Without it"
        " each process makes its own key: enough for a trial, useless with a second process.",
    )
    operator_client_id: str | None = Field(
        default=None, description="Client id of the first operator, who exists without a row."
    )
    operator_client_secret: SecretStr | None = Field(
        default=None, description="The first operator's secret; at least 32 characters."
    )
    spool_dir: Path = Field(
        default_factory=lambda: Path(tempfile.gettempdir()) / f"airlane-catalog-{os.getuid()}",
        description="Folder for the files of imports. API and worker must see the same one: with"
        " several machines, a shared volume. By default below the temporary folder of the machine.",
    )
    import_bytes_max: int = Field(
        default=2 * 1024**3, ge=1024, description="Size of the file of an import; above it, 413."
    )
    imports_at_once: int = Field(
        default=2,
        ge=0,
        le=64,
        description="Imports that one worker runs at a time, a process each.",
    )
    allow_private_addresses: bool = Field(
        default=False,
        description="Fetch media from loopback and private addresses, too: for a local park only.",
    )
    media_timeout_s: float = Field(
        default=20.0, gt=0, le=60, description="Deadline of fetching one file to check it."
    )
