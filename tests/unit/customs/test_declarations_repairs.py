"""Repairs change one value of an order, and refuse what is no repair."""

from dataclasses import replace
from typing import Any

import pytest

from services.customs.domain.declarations.errors import RepairImpossible
from services.customs.domain.declarations.repairs import Repair, apply_repairs
from tests.support.customs import an_order

ORDER = an_order()


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/order/order_id", "ord_2"),
        ("/order/total_minor", "1"),
        ("/order/total_minor", True),
        ("/order/country", None),
        ("/order/lines/2/brand", "A"),
        ("/order/lines/-1/brand", "A"),
        ("/order/lines/01/brand", "A"),
        ("/order/lines/" + "9" * 5000 + "/brand", "A"),
        ("/order/lines/x/brand", "A"),
        ("/order/lines/0/sku", "A"),
        ("/order/lines/0/quantity", 1),
        ("/order/lines/0/brand", 1),
        ("/order/lines/0/specification/use", None),
        ("/order/lines/0", "A"),
        ("/waybill/gross_weight_g", 1),
        ("/list/lines/0/gname", "灯"),
        ("", "A"),
    ],
)
def test_what_cannot_be_repaired_is_refused(pointer: str, value: Any) -> None:
    with pytest.raises(RepairImpossible):
        apply_repairs(ORDER, [Repair(pointer, value)])


def test_a_later_repair_wins_and_nothing_else_changes() -> None:
    repairs = [
        Repair("/order/lines/1/brand", "A"),
        Repair("/order/lines/1/brand", "B"),
        Repair("/order/lines/1/specification/a~1b", "x"),
    ]

    repaired = apply_repairs(ORDER, repairs)

    line = replace(ORDER.lines[1], brand="B", specification={"a/b": "x"})
    assert repaired == replace(ORDER, lines=(ORDER.lines[0], line))
