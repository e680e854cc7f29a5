"""Declarations as customs lists them, against the office's own ledger: what the park believes of
each list must be what customs decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from deploy.sandbox.customs_office.inbound.papers import Key
from deploy.sandbox.customs_office.ledger import CANCELLED
from deploy.sandbox.ledgers.catalog_orders import CatalogOrder
from deploy.sandbox.ledgers.checks import LedgerCheck, check

_LIST: Final = "CEB603"
# By what the office says last: what a declaration may be called.
_STATUSES: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset(("transmitted",)),
    "1": frozenset(("staged",)),
    "2": frozenset(("declaring",)),
    "3": frozenset(("sent",)),
    "4": frozenset(("queued", "send_failed", "rejected_technical", "withdrawn")),
    "100": frozenset(("returned", "withdrawn")),
    "120": frozenset(("accepted",)),
    "300": frozenset(("manual_review",)),
    "500": frozenset(("inspection",)),
    "399": frozenset(("concluded",)),
    "800": frozenset(("released",)),
    "899": frozenset(("closed",)),
    CANCELLED: frozenset(("cancelled",)),
}
_THROUGH: Final = frozenset(("accepted", "concluded", "released", "closed", "inspection"))
# Our own words for what the office does not speak of.
_ASKED: Final = "cancel_requested"
_AT_HOME: Final = frozenset(("draft", "blocked", "queued", "withdrawn"))


@dataclass(frozen=True)
class DeclaredList:
    """`cop_no`: of the list that counts."""

    order_id: str
    order_number: str
    cop_no: str
    status: str

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> Self:
        """From an item of `GET /v1/declarations`."""
        return cls(shown["order_id"], shown["order_number"] or "", shown["cop_no"], shown["status"])


def customs_checks(
    declared: Iterable[DeclaredList], decided: Mapping[Key, str], waiting: Iterable[str]
) -> list[LedgerCheck]:
    """`decided`: the office's ledger; `waiting`: messages that it has not taken."""
    fates = {key.number: fate for key, fate in decided.items() if key.message == _LIST}
    ours = list(declared)
    differing = [
        f"{one.cop_no} is {one.status}, and at customs {fates.get(one.cop_no, 'not on file')}"
        for one in ours
        if not _agrees(one, fates)
    ]
    return [
        check("customs and the office agree on every list's state", differing,
              f"{len(ours)} declarations, {len(fates)} lists at the office"),
        check("the office has taken every message", waiting, f"{len(decided)} documents"),
    ]  # fmt: skip


def desk_checks(
    repaired: Sequence[str],
    taken_back: Sequence[str],
    refused: Sequence[str],
    declared: Iterable[DeclaredList],
    orders: Mapping[str, CatalogOrder],
) -> list[LedgerCheck]:
    """What was done at the desk came to the end that it was done for. All are order numbers, but
    `refused`: steps that were not allowed."""
    by_number = {one.order_number: one for one in declared}
    stuck = [
        f"{number} is {by_number[number].status}"
        for number in repaired
        if by_number[number].status not in _THROUGH
    ]
    left = [
        f"{number}: {ends}"
        for number in taken_back
        if (ends := _ends(by_number[number], orders)) != (CANCELLED, CANCELLED)
    ]
    return [
        check("what customs returned was repaired and got through", [*stuck, *refused],
              f"{len(repaired)} lists"),
        check("what a CEB605 cancelled is cancelled, order and list", left,
              f"{len(taken_back)} orders"),
    ]  # fmt: skip


def _ends(declared: DeclaredList, orders: Mapping[str, CatalogOrder]) -> tuple[str, str]:
    order = orders.get(declared.order_id)
    return declared.status, order.status if order else "missing"


def _agrees(one: DeclaredList, fates: Mapping[str, str]) -> bool:
    fate = fates.get(one.cop_no)
    if fate is None:
        return one.status in _AT_HOME
    if one.status == _ASKED:
        return fate != CANCELLED
    return one.status in _STATUSES["4" if fate.startswith("-") else fate]
