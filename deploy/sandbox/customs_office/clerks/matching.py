"""The three documents of a sale against each other: the list, the order (line by line) and the
waybill. Every difference is named by its field.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from deploy.sandbox.customs_office.inbound.checking import total
from deploy.sandbox.customs_office.inbound.papers import Paper

_CENT: Final = Decimal("0.01")
_ITEM_NO_MAX: Final = 20  # of a list; an order may have more


def differences(declared: Paper, order: Paper, waybill: Paper) -> tuple[str, ...]:
    return (*_from_order(declared, order), *_from_waybill(declared, waybill))


def _from_order(declared: Paper, order: Paper) -> Iterator[str]:
    if declared.head["ebcCode"] != order.head["ebcCode"]:
        yield "ebcCode"
    if abs(total(declared.lines) - Decimal(order.head["goodsValue"])) > _CENT:
        yield "goodsValue"
    ours = {int(line["gnum"]): line for line in declared.lines}
    theirs = {int(line["gnum"]): line for line in order.lines}
    if ours.keys() != theirs.keys():
        yield "gnum"
    for gnum in sorted(ours.keys() & theirs.keys()):
        for name in _of_line(ours[gnum], theirs[gnum]):
            yield f"line {gnum}: {name}"


def _of_line(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[str]:
    if ours["itemNo"] != theirs["itemNo"][:_ITEM_NO_MAX]:
        yield "itemNo"
    if ours["currency"] != theirs["currency"]:
        yield "currency"
    if Decimal(ours["qty"]) != Decimal(theirs["qty"]):
        yield "qty"
    if abs(Decimal(ours["totalPrice"]) - Decimal(theirs["totalPrice"])) > _CENT:
        yield "totalPrice"


def _from_waybill(declared: Paper, waybill: Paper) -> Iterator[str]:
    for name in ("grossWeight", "packNo"):
        if Decimal(declared.head[name]) != Decimal(waybill.head[name]):
            yield name
