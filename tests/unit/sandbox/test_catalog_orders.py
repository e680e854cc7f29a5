"""An order of catalog's list, as the checks need it."""

from decimal import Decimal
from typing import Any

import pytest

from deploy.sandbox.day.conductor import newest_orders
from deploy.sandbox.ledgers.catalog_orders import CatalogOrder
from deploy.sandbox.park import SeededPark
from tests.unit.sandbox.scripted_api import ScriptedApi, page

FINDINGS = [{"detail": "Not enough.", "fix": "Restock."}, {"detail": "Late.", "fix": "Wait."}]


def shown(order_id: str = "ord_1", **other: Any) -> dict[str, Any]:
    return {
        "id": order_id,
        "merchant_id": "mer_1",
        "store": "DE",
        "order_number": "1-run",
        "status": "delivered",
        "ship_to": {"country": "DE", "city": None},
        "total": {"amount": "12.50", "currency": "GBP"},
        "findings": [],
        "version": 7,
        **other,
    }


def test_an_order_is_read_from_the_list() -> None:
    order = CatalogOrder.of(shown())

    assert order == CatalogOrder(
        "ord_1", "mer_1", "DE", "1-run", "delivered", "DE", Decimal("12.50"), "GBP", ""
    )


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"findings": FINDINGS}, "Not enough. Restock. Late. Wait."),
        ({"reason": "taken back"}, "taken back"),
        ({"reason": "taken back", "findings": FINDINGS}, "taken back"),
        ({"reason": None, "findings": FINDINGS[:1]}, "Not enough. Restock."),
    ],
)
def test_the_reason_is_the_orders_own_or_that_of_its_findings(
    other: dict[str, Any], reason: str
) -> None:
    assert CatalogOrder.of(shown(**other)).reason == reason


async def test_orders_are_read_back_to_the_first_of_the_run(
    api: ScriptedApi, park: SeededPark
) -> None:
    rows = [shown(f"ord_{n}") for n in (9, 8, 7, 6, 5)]
    api.script("GET", "/v1/orders", page(*rows[:3], following="c2"), page(*rows[3:]))

    found = await newest_orders(park, {"ord_7", "ord_8"})

    assert [order.id for order in found] == ["ord_9", "ord_8", "ord_7"]


async def test_a_run_that_placed_nothing_reads_all_orders(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("GET", "/v1/orders", page(shown("ord_1")))

    assert len(await newest_orders(park, ())) == 1
