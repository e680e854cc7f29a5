"""Parses `data/acceptance-rules.csv` and `data/acceptance-documents.csv`.

A file that does not fit is refused with its name and line. Empty bounds of days are not known, and
empty limits are none; net weights are kilograms there.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar

from services.routing.domain.acceptance.rules import (
    ANY,
    RULE_VERDICTS,
    AcceptanceRule,
    DocumentRule,
    RuleVerdict,
)
from services.routing.domain.network.records import VEHICLE_KINDS

RULES_FILE: Final = "acceptance-rules.csv"
DOCUMENTS_FILE: Final = "acceptance-documents.csv"
_VERDICTS: Final[Mapping[str, RuleVerdict]] = {verdict: verdict for verdict in RULE_VERDICTS}
_KINDS: Final = frozenset((ANY, *VEHICLE_KINDS))
_G_PER_KG: Final = 1_000

_R = TypeVar("_R")
_Cells = Mapping[str, str]


class AcceptanceFileWrong(ValueError):
    """Which file, which line, and what is wrong with it."""


def parse_rules(content: bytes) -> list[AcceptanceRule]:
    """Raises AcceptanceFileWrong."""
    return list(_parse(RULES_FILE, content, _rule))


def parse_documents(content: bytes) -> list[DocumentRule]:
    """Raises AcceptanceFileWrong."""
    return list(_parse(DOCUMENTS_FILE, content, _document))


def _parse(name: str, content: bytes, parse: Callable[[_Cells], _R]) -> Iterator[_R]:
    for line, cells in enumerate(csv.DictReader(io.StringIO(content.decode(), newline="")), 2):
        try:
            yield parse(cells)
        except (KeyError, ValueError, InvalidOperation) as error:
            raise AcceptanceFileWrong(f"{name}, line {line}: {error!r}") from error


def _rule(cells: _Cells) -> AcceptanceRule:
    dangerous = [cells[name] for name in ("un_number", "packing_instruction", "section")]
    if any(dangerous) != all(dangerous):
        raise ValueError("dangerous goods have a UN number, a packing instruction and a section")
    return AcceptanceRule(
        id=cells["id"],
        carrier=cells["carrier"],
        vehicle_kind=_kind(cells["vehicle_kind"]),
        un_number=cells["un_number"],
        packing_instruction=cells["packing_instruction"],
        section=cells["section"],
        handling_code=cells["handling_code"],
        verdict=_VERDICTS[cells["verdict"]],
        net_g_max=_grams(cells["net_kg_max"]),
        state_of_charge_pct_max=int(cells["state_of_charge_pct_max"] or 0) or None,
        valid_from=_day(cells["valid_from"]),
        valid_to=_day(cells["valid_to"]),
        source=cells["source"],
        as_of=_day(cells["as_of"]),
        basis=cells["basis"],
    )


def _document(cells: _Cells) -> DocumentRule:
    return DocumentRule(
        id=cells["id"],
        document=cells["document"],
        name_en=cells["name_en"],
        name_zh=cells["name_zh"],
        vehicle_kind=_kind(cells["vehicle_kind"]),
        origin_country=cells["origin_country"],
        destination_country=cells["destination_country"],
        valid_from=_day(cells["valid_from"]),
        valid_to=_day(cells["valid_to"]),
        source=cells["source"],
        as_of=_day(cells["as_of"]),
        basis=cells["basis"],
    )


def _kind(text: str) -> str:
    if text not in _KINDS:
        raise ValueError(f"{text} is no kind of vehicle")
    return text


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _grams(kg: str) -> int | None:
    return int(Decimal(kg) * _G_PER_KG) if kg else None
