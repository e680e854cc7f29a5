"""The reference tables that are shipped with the service. Each process reads them once."""

from functools import cache
from pathlib import Path
from typing import Final

from services.customs.domain.declarations.codes import CodeTables, parse_code_tables
from services.customs.domain.declarations.rulebook import parse_platforms
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.senders import SenderRule, parse_sender_rules
from services.customs.domain.regimes.regime import RegimeTables
from services.customs.domain.regimes.table import RegimeFiles, parse_regimes
from services.customs.domain.tariff.nomenclature import parse_nomenclature
from services.customs.domain.tariff.tariff import Tariff, parse_tariff
from services.customs.domain.tariff.units import parse_units
from shared.settings import SettingsError

_FOLDER: Final = Path(__file__).parents[1] / "reference"
_FAULTS_SHOWN: Final = 20


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
def code_tables() -> CodeTables:
    """Raises ValueError for a row that cannot be right."""
    return parse_code_tables(_text("codes.csv"))


@cache
def sender_rules() -> dict[str, SenderRule]:
    """By message type. Raises ValueError for a row that cannot be right."""
    return parse_sender_rules(_text("senders.csv"))


@cache
def platforms() -> dict[str, Party]:
    """By store. Raises ValueError for a row that cannot be right."""
    return parse_platforms(_text("platforms.csv"))


@cache
def tariff_of(file: Path | None) -> Tariff:
    """The operator's tariff; None: the park's sample. Raises SettingsError with the first of its
    bad rows, or if it cannot be read.
    """
    units, nomenclature = (
        parse_units(_text("units.csv")),
        parse_nomenclature(_text("subheadings.csv")),
    )
    try:
        text = (file or _FOLDER / "tariff.csv").read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"CUSTOMS_TARIFF_FILE = {str(file)!r}: {error}"]) from error
    tariff, faults = parse_tariff(text, units, nomenclature)
    if faults:
        more = [f"… and {len(faults) - _FAULTS_SHOWN} more."][: len(faults) > _FAULTS_SHOWN]
        shown = [f"CUSTOMS_TARIFF_FILE, {fault}." for fault in faults[:_FAULTS_SHOWN]]
        raise SettingsError(shown + more)
    return tariff
