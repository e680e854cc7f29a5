"""The goods: arrival at the site (507), master bill (607), departure (509)."""

from collections.abc import Iterator
from typing import Final

from deploy.sandbox.customs_office.answers.decisions import closing
from deploy.sandbox.customs_office.clerks.case import Case, Clerk, Objection
from deploy.sandbox.customs_office.inbound.checking import gaps_of_departure
from deploy.sandbox.customs_office.ledger import Filed
from deploy.sandbox.customs_office.tables.codes import CODES

_NAMED_MAX: Final = 10  # numbers in a text


def _waybills(case: Case) -> list[str]:
    return [line["logisticsNo"] for line in case.paper.lines]


def _named(numbers: list[str]) -> str:
    more = "…" if len(numbers) > _NAMED_MAX else ""
    return ", ".join(numbers[:_NAMED_MAX]) + more


def _arrived_lists(case: Case) -> Iterator[Filed]:
    """An arrival without lines speaks for all lists of its master bill."""
    if not case.paper.lines:
        yield from case.ledger.lists_of_bill(case.head.get("billNo", ""))
    for waybill in _waybills(case):
        if (declared := case.ledger.list_of_waybill(waybill)) is not None:
            yield declared


def _arrival(case: Case) -> str:
    if not case.paper.lines and not list(_arrived_lists(case)):
        return f"总运单 {case.head.get('billNo', '')} 未绑定清单"
    return ""


def _arrive(case: Case) -> None:
    for declared in _arrived_lists(case):
        declared.has_arrived = True
        later, declared.later = declared.later, ()
        case.others += ((declared, step) for step in later)


def _bill(case: Case) -> str:
    missing = [
        line["logisticsNo"]
        for line in case.paper.lines
        if (declared := case.ledger.list_of_waybill(line["logisticsNo"])) is None
        or not declared.is_under_way(case.now)
        or line.get("invtNo", declared.invt_no) != declared.invt_no
    ]
    return f"清单不存在或状态不符: {_named(missing)}" if missing else ""


def _bind(case: Case) -> None:
    for waybill in _waybills(case):
        if (declared := case.ledger.list_of_waybill(waybill)) is not None:
            declared.bill_no = case.head["billNo"]


def _departure(case: Case) -> str:
    if not case.rules.strict_departures:
        return ""
    if gaps := gaps_of_departure(case.head):
        raise Objection(CODES["CEB509"].faulty, f"{', '.join(gaps)} must be there by air")
    held = [
        waybill
        for waybill in _waybills(case)
        if (declared := case.ledger.list_of_waybill(waybill)) is None
        or not declared.is_released(case.now)
    ]
    return f"清单未放行: {_named(held)}" if held else ""


def _depart(case: Case) -> None:
    """What left together is closed together."""
    left = []
    for waybill in _waybills(case):
        if (declared := case.ledger.list_of_waybill(waybill)) is None:
            case.notes.append(f"no list is known for waybill {waybill}")
        else:
            left.append(declared)
    case.left = tuple(_waybills(case))
    step = closing(case.seed, [declared.paper.content for declared in left])
    case.others += ((declared, step) for declared in left)


MOVEMENTS: Final = {
    "CEB507": Clerk(_arrival, _arrive),
    "CEB607": Clerk(_bill, _bind),
    "CEB509": Clerk(_departure, _depart, minutes=3),
}
