"""The park's reference files on disk."""

from pathlib import Path
from typing import Final

from services.routing.domain.network.files import FILES, NetworkData, parse_network

DATA: Final = Path(__file__).resolve().parents[3] / "data"


def read_network(folder: Path = DATA) -> NetworkData:
    """Raises NetworkFileWrong, or FileNotFoundError."""
    return parse_network({name: (folder / name).read_bytes() for name in FILES})
