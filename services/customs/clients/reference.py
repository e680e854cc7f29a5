"""The reference tables that are shipped with the service. Each process reads them once."""

from functools import cache
from pathlib import Path
from typing import Final

from services.customs.domain.messages.senders import SenderRule, parse_sender_rules
from services.customs.domain.regimes.regime import RegimeTables
from services.customs.domain.regimes.table import RegimeFiles, parse_regimes

_FOLDER: Final = Path(__file__).parents[1] / "reference"


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def regime_files() -> RegimeFiles:
    return RegimeFiles(
        regimes=_text("regimes.csv"),
        statistics=_text("regime_statistics.csv"),
        parties=_text("regime_parties.csv"),
        districts=_text("districts.csv"),
        reliefs=_text("return_reliefs.csv"),
    )


@cache
def regime_tables() -> RegimeTables:
    """Raises ValueError for a row that cannot be right."""
    return parse_regimes(regime_files())


@cache
def sender_rules() -> dict[str, SenderRule]:
    """By message type. Raises ValueError for a row that cannot be right."""
    return parse_sender_rules(_text("senders.csv"))
