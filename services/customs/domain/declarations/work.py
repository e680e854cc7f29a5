"""Whose move it is with a declaration: what the list of open work is made from. It is stored with
the declaration whenever that changes.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.customs.domain.declarations import missing as words
from services.customs.domain.declarations.outstanding import Goods, Outstanding, outstanding
from services.customs.domain.declarations.state import DeclarationState


@dataclass(frozen=True, slots=True)
class Work:
    """What it waits for first. `by`: the cut-off of its flight, if that depends on it."""

    waits_for: str
    owner: words.Owner
    by: datetime | None


def next_move(state: DeclarationState, goods: Goods) -> Outstanding | None:
    """What it waits for first; None: it waits for nobody. The report of a departure is work of its
    document, not of each declaration in it, and so is whatever else was refused beside the list.
    """
    needed = outstanding(state, replace(goods, is_departure_reported=True))
    return next((one for one in needed if not one.is_beside), None)


def work_of(state: DeclarationState, goods: Goods) -> Work | None:
    """What is stored of the next move."""
    first = next_move(state, goods)
    return Work(first.code, first.owner, first.by) if first else None


def due_at(by: datetime | None, clock_ends_at: datetime | None) -> datetime | None:
    """Of the next move: the cut-off of the flight or the end of the list's clock, whichever is
    first. None: there is neither.
    """
    return min((at for at in (by, clock_ends_at) if at is not None), default=None)


def work_of_new(*, has_order: bool, has_waybill: bool, is_unroutable: bool) -> Work | None:
    """Of a dossier that has just been opened."""
    if not has_order:
        return Work(words.ORDER.code, words.ORDER.owner, None)
    if has_waybill:
        return None
    one = words.ROUTE if is_unroutable else words.WAYBILL
    return Work(one.code, one.owner, None)


# What comes once customs has nothing more to say before the flight.
_OF_THE_PARCEL: Final = {
    one.code for one in (words.SCREENING, words.RECHECK, words.DEPARTURE, words.RECEIPT_899)
}


def work_after_screening(
    before: Work | None, *, is_screened: bool, is_held: bool, has_departed: bool
) -> Work | None:
    """A screening changes what is waited for only if the parcel is all that is waited for."""
    if before is None or before.waits_for not in _OF_THE_PARCEL:
        return before
    if not is_screened:
        one = words.RECHECK if is_held else words.SCREENING
        return Work(one.code, one.owner, before.by)
    one = words.RECEIPT_899 if has_departed else words.DEPARTURE
    return Work(one.code, one.owner, None if has_departed else before.by)
