"""The park's reference files on disk."""

from pathlib import Path
from typing import Final

from services.routing.domain.reference.files import FILES, Reference, parse_reference

DATA: Final = Path(__file__).resolve().parents[3] / "data"


def read_reference(folder: Path = DATA) -> Reference:
    """Raises ReferenceFileWrong, or FileNotFoundError."""
    return parse_reference({name: (folder / name).read_bytes() for name in FILES})
