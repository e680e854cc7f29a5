"""The repairs that a list of open work suggests, in one statement for all of a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.customs.domain.declarations.documents import OrderJson, order_from_json
from services.customs.domain.declarations.findings import FindingJson, finding_from_json
from services.customs.domain.declarations.repairing import (
    KeptRepairJson,
    kept_repair_from_json,
    repaired,
    still_valid,
)
from services.customs.domain.declarations.repairs import Repair, RepairValue, value_at
from shared.db import TEXTS, Reader, sql


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`present`: what the order says there."""

    repair: Repair
    present: RepairValue


@dataclass(frozen=True, slots=True)
class _Faulty:
    id: str
    findings: list[FindingJson]
    order_document: OrderJson | None
    repairs: list[KeptRepairJson]


_FAULTY: Final = sql(
    """
    SELECT id, findings, order_document, repairs FROM customs.declarations WHERE id = ANY(:ids)
    """,
    _Faulty,
    ids=TEXTS,
)


async def list_suggestions(
    reader: Reader, declaration_ids: Sequence[str]
) -> dict[str, tuple[Suggestion, ...]]:
    """By declaration."""
    if not declaration_ids:
        return {}
    found = await reader.fetch_all(_FAULTY, ids=declaration_ids)
    return {one.id: tuple(_suggestions(one)) for one in found}


def _suggestions(faulty: _Faulty) -> list[Suggestion]:
    if faulty.order_document is None:
        return []
    received = order_from_json(faulty.order_document)
    kept = still_valid(received, [kept_repair_from_json(one) for one in faulty.repairs])
    order = repaired(received, kept)
    repairs = [finding_from_json(one).repair for one in faulty.findings]
    return [Suggestion(one, value_at(order, one.pointer)[0]) for one in repairs if one is not None]
