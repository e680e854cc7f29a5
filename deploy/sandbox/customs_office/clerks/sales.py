"""Orders, payments and waybills (303, 403, 505), lists (603) and their cancellation (605)."""

from typing import Final

from deploy.sandbox.customs_office.clerks.case import Case, Clerk, Objection
from deploy.sandbox.customs_office.clerks.matching import differences
from deploy.sandbox.customs_office.inbound.papers import NEW
from deploy.sandbox.customs_office.ledger import CANCELLED, Filed
from deploy.sandbox.customs_office.tables.codes import CODES

_NOT_FOUND: Final = {"CEB303": "-621006", "CEB505": "-621019"}


def _order(case: Case) -> str:
    case.ledger.clients_with_orders.add(case.paper.client)
    return _unused("orderNo", case)


def _payment(case: Case) -> str:
    return _unused("orderNo", case)


def _waybill(case: Case) -> str:
    return _unused("logisticsNo", case)


def _unused(name: str, case: Case) -> str:
    """What a list under way stands on cannot be changed or taken away."""
    message = case.paper.kind.message
    if case.head["appType"] != NEW and case.ledger.list_using(name, case.paper, case.now):
        raise Objection(CODES[message].unfit, f"{name} is used by a declared list")
    return ""


def _list(case: Case) -> str:
    enterprise_sends = case.paper.client in case.ledger.clients_with_orders
    if not case.rules.needs_transaction_data and not enterprise_sends:
        return ""
    order = _known(case, "CEB303", "ebpCode", "orderNo")
    waybill = _known(case, "CEB505", "logisticsCode", "logisticsNo")
    found = differences(case.paper, order.paper, waybill.paper)
    return f"三单比对不符: {', '.join(found)}" if found else ""


def _known(case: Case, message: str, party: str, number: str) -> Filed:
    """Raises Objection."""
    filed = case.ledger.find(message, case.head[party], case.head[number])
    if filed is None or not filed.is_under_way(case.now):
        raise Objection(_NOT_FOUND[message], f"{message} {case.head[number]} is not known")
    return filed


def _cancellation(case: Case) -> str:
    codes = CODES["CEB605"]
    declared = case.ledger.list_of_invt_no(case.head["invtNo"])
    if declared is None or declared.paper.party != case.paper.party:
        raise Objection(codes.unknown, f"list {case.head['invtNo']} is not known")
    status = declared.status_at(case.now)
    if status == CANCELLED:
        raise Objection(codes.there, "the list is cancelled already")
    if status in ("899", "100"):
        raise Objection(codes.unfit, f"the state of the list ({status}) does not allow it")
    return f"清单已放行({status})，不予撤销" if declared.is_released(case.now) else ""


def _cancel(case: Case) -> None:
    declared = case.ledger.list_of_invt_no(case.head["invtNo"])
    if declared is not None:
        declared.cancel(case.now, case.accepted_at)


SALES: Final = {
    "CEB303": Clerk(_order),
    "CEB403": Clerk(_payment),
    "CEB505": Clerk(_waybill),
    "CEB603": Clerk(_list),
    "CEB605": Clerk(_cancellation, _cancel, minutes=3),
}
