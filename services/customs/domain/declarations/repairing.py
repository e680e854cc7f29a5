"""Repairs as they are kept beside the order, which itself stays as it was received.

A newer version of the order keeps a repair as long as it says there what was repaired. Where the
merchant has changed the value, or the line has become another, the newer order is right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from services.customs.domain.declarations.documents import OrderDocument
from services.customs.domain.declarations.errors import NothingToRepair
from services.customs.domain.declarations.findings import Finding
from services.customs.domain.declarations.repairs import (
    GUESSES,
    Repair,
    RepairJson,
    apply_repairs,
    repair_from_json,
    repair_to_json,
    value_at,
)


@dataclass(frozen=True, slots=True)
class KeptRepair:
    """`original`: what the order as received says there; `sku`: of the line, if it is of one;
    `by`: the client.
    """

    repair: Repair
    original: str | int | None
    sku: str | None
    at: datetime
    by: str


class KeptRepairJson(TypedDict):
    repair: RepairJson
    original: str | int | None
    sku: str | None
    at: str
    by: str


def kept_repair_to_json(kept: KeptRepair) -> KeptRepairJson:
    return {
        "repair": repair_to_json(kept.repair),
        "original": kept.original,
        "sku": kept.sku,
        "at": kept.at.isoformat(),
        "by": kept.by,
    }


def kept_repair_from_json(stored: KeptRepairJson) -> KeptRepair:
    return KeptRepair(
        repair=repair_from_json(stored["repair"]),
        original=stored["original"],
        sku=stored["sku"],
        at=datetime.fromisoformat(stored["at"]),
        by=stored["by"],
    )


def chosen_repairs(
    findings: Iterable[Finding],
    given: Sequence[Repair],
    *,
    apply_suggested: bool,
    may_be_none: bool = False,
) -> tuple[Repair, ...]:
    """The suggested ones, if they are wanted, and then those given by hand. A guess is only shown:
    somebody who knows the goods gives it by hand. Raises NothingToRepair if that makes none, unless
    there `may_be_none`.
    """
    suggested = [
        one.repair
        for one in findings
        if apply_suggested and one.repair is not None and one.repair.basis not in GUESSES
    ]
    if not (chosen := (*suggested, *given)) and not may_be_none:
        raise NothingToRepair
    return chosen


def with_repairs(
    order: OrderDocument,
    kept: Sequence[KeptRepair],
    repairs: Iterable[Repair],
    *,
    at: datetime,
    by: str,
) -> tuple[KeptRepair, ...]:
    """One for each pointer, the newest. `order`: as received. Raises RepairImpossible."""
    found = {one.repair.pointer: one for one in kept}
    for repair in repairs:
        apply_repairs(order, [repair])
        original, sku = value_at(order, repair.pointer)
        found.pop(repair.pointer, None)
        found[repair.pointer] = KeptRepair(repair, original, sku, at, by)
    return tuple(found.values())


def still_valid(order: OrderDocument, kept: Iterable[KeptRepair]) -> tuple[KeptRepair, ...]:
    """Those that this version of the order leaves standing."""
    return tuple(
        one for one in kept if value_at(order, one.repair.pointer) == (one.original, one.sku)
    )


def repaired(order: OrderDocument, kept: Iterable[KeptRepair]) -> OrderDocument:
    """`kept`: those still valid. What customs is told."""
    return apply_repairs(order, [one.repair for one in kept])
