"""The files on disk that prices are made of."""

from pathlib import Path

from services.routing.domain.rates.files import FILES, RateFiles, parse_rates


def read_rates(folder: Path) -> RateFiles:
    """Raises RateFileWrong, or FileNotFoundError."""
    return parse_rates({name: (folder / name).read_bytes() for name in FILES})
