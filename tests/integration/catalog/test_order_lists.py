"""Lists of orders by everything a desk asks for, against the same choice made in Python."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.worker import SUBSCRIPTIONS, Intake
from shared.contracts.envelope import Envelope
from shared.kernel.identity import PARK
from tests.integration.catalog.conftest import NewMerchant
from tests.kit.clock import ManualClock
from tests.kit.intake import intake
from tests.support.events.customs.declarations import a_declaration_inspection
from tests.support.worlds.catalog import Merchant, a_line, refused
from tests.support.worlds.order_way import OrderWay

Shown = dict[str, Any]
ORDERS: Final = 16
DAY: Final = timedelta(days=1)


@dataclass
class Desk:
    """A merchant's orders as REST shows each, and the SKUs of their lines."""

    merchant: Merchant
    orders: list[Shown]

    async def found(self, *, limit: int, **filters: Any) -> list[str]:
        """Ids, page by page."""
        ids: list[str] = []
        query: dict[str, Any] = {**filters, "limit": limit}
        while True:
            answer = await self.merchant.client.get("/v1/orders", params=query)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            ids += [item["id"] for item in page["items"]]
            if page["next"] is None:
                return ids
            query["cursor"] = page["next"]


@pytest.fixture(scope="module")
async def desk(new_merchant: NewMerchant, catalog_clock: ManualClock) -> Desk:
    """Orders of several stores, countries and days, at every step of the way."""
    merchant = await new_merchant()
    await merchant.stocked("A-1", 100)
    await merchant.stocked("B-1", 100)
    await merchant.stocked("NONE", 0)
    take_in = intake(SUBSCRIPTIONS, Intake(), catalog_clock)
    ids = []
    for number in range(ORDERS):
        catalog_clock.advance(seconds=10)
        skus = (("A-1",), ("B-1",), ("A-1", "B-1"), ("NONE",))[number % 4]
        ordered_at = catalog_clock.now() - DAY * (number * 7 % 5)
        store, country = (("UK", "GB"), ("DE", "DE"), ("direct", "MT"))[number % 3]
        order = await merchant.ordered(
            store=store,
            ship_to={"country": country},
            ordered_at=ordered_at.isoformat(),
            lines=[a_line(line, sku, 1, currency="EUR") for line, sku in enumerate(skus, 1)],
        )
        ids.append(order["id"])
        way = OrderWay(merchant, order["id"])
        booked, held = way.booked, partial(way.declared, a_declaration_inspection)
        ways: list[list[Callable[[], Envelope]]] = [
            [],
            [booked],
            [booked, held],
            [way.unroutable],
            [booked, way.departed],
            [booked, way.departed, way.delivered],
        ]
        async with merchant.db.transaction(PARK) as uow:
            await take_in(uow, [step() for step in ways[number % 6]])
        if number % 7 == 6:
            path = f"/v1/orders/{order['id']}:cancel"
            await merchant.client.post(path, json={"reason": "x"})
    return Desk(merchant, [await merchant.order(order_id) for order_id in ids])


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _promise(order: Shown) -> datetime | None:
    return _at(order["shipment"]["promised_at"]) if "shipment" in order else None


def _codes(order: Shown) -> list[str]:
    return [finding["code"] for finding in order["findings"]]


# What each filter means, written from its description.
MEANS: Final[dict[str, Callable[[Shown, Any], bool]]] = {
    "status": lambda order, values: order["status"] in values,
    "country": lambda order, value: order["ship_to"]["country"] == value,
    "store": lambda order, value: order["store"] == value,
    "order_number": lambda order, value: order["order_number"] == value,
    "belt": lambda _, value: value == "home_furnishing",
    "sku": lambda order, value: value in {line["sku"] for line in order["lines"]},
    "finding": lambda order, value: value in _codes(order),
    "house_waybill": lambda order, value: order.get("shipment", {}).get("house_waybill") == value,
    "has_shortage": lambda order, value: (order["status"] == "backordered") is value,
    "ordered_from": lambda order, value: _at(order["ordered_at"]) >= _at(value),
    "ordered_to": lambda order, value: _at(order["ordered_at"]) < _at(value),
    "accepted_from": lambda order, value: _at(order["accepted_at"]) >= _at(value),
    "accepted_to": lambda order, value: _at(order["accepted_at"]) < _at(value),
    "promised_before": lambda order, value: (
        (promised := _promise(order)) is not None and promised < _at(value)
    ),
}
OTHER: Final[dict[str, list[Any]]] = {
    "country": ["FR"],
    "store": ["FR"],
    "order_number": ["none"],
    "belt": ["home_furnishing", "wigs"],
    "sku": ["A-1", "B-1", "NONE", "OTHER"],
    "finding": ["nonesuch"],
    "house_waybill": ["EHU99999999"],
    "has_shortage": [True, False],
}


def _values(orders: list[Shown], name: str) -> list[Any]:
    """Values that some orders have, and one that none has."""
    found: dict[str, Callable[[Shown], Any]] = {
        "country": lambda order: order["ship_to"]["country"],
        "store": lambda order: order["store"],
        "order_number": lambda order: order["order_number"],
        "house_waybill": lambda order: order.get("shipment", {}).get("house_waybill"),
        "finding": lambda order: next(iter(_codes(order)), None),
    }
    if name == "status":
        statuses = [*sorted({order["status"] for order in orders}), "released"]
        return [list(some) for n in (1, 2, 3) for some in itertools.combinations(statuses, n)]
    if name in found:
        return [*sorted({v for order in orders if (v := found[name](order))}), *OTHER[name]]
    if name in OTHER:
        return OTHER[name]
    instants = (
        sorted({_at(order[name.split("_", maxsplit=1)[0] + "_at"]) for order in orders})
        if (name.startswith(("ordered", "accepted")))
        else sorted({p for order in orders if (p := _promise(order))})
    )
    return [at.isoformat() for at in (*instants, instants[-1] + DAY)]


def _newest_first(orders: list[Shown], filters: dict[str, Any]) -> list[str]:
    """By the instant that the list is limited by: the promise, else the order; by acceptance."""
    if "promised_before" in filters:
        return [o["id"] for o in sorted(orders, key=lambda o: (_promise(o), o["id"]))][::-1]
    by_order = filters.keys() & {"ordered_from", "ordered_to"}
    by = "ordered_at" if by_order else "accepted_at"
    return [o["id"] for o in sorted(orders, key=lambda o: (_at(o[by]), o["id"]))][::-1]


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), names=st.sets(st.sampled_from(sorted(MEANS)), max_size=3))
async def test_any_filters_find_what_they_mean(
    desk: Desk, data: st.DataObject, names: set[str]
) -> None:
    filters = {n: data.draw(st.sampled_from(_values(desk.orders, n)), n) for n in sorted(names)}
    limit = data.draw(st.sampled_from([2, 5, 200]), "limit")

    found = await desk.found(limit=limit, **filters)

    meant = [o for o in desk.orders if all(MEANS[n](o, v) for n, v in filters.items())]
    assert found == _newest_first(meant, filters)


@pytest.mark.parametrize("name", MEANS)
async def test_each_filter_alone(desk: Desk, name: str) -> None:
    """Every value at least once, and each filter finds something and leaves something out."""
    sizes = set()
    for value in _values(desk.orders, name):
        meant = [order for order in desk.orders if MEANS[name](order, value)]
        assert await desk.found(limit=7, **{name: value}) == _newest_first(meant, {name: value})
        sizes.add(len(meant))
    assert max(sizes) > 0
    assert min(sizes) < ORDERS


async def test_what_is_searched_for_follows_from_the_orders(desk: Desk) -> None:
    async with desk.merchant.db.read(desk.merchant.id) as reader:
        rows = await reader._connection.fetch(
            "SELECT order_id, status, finding, house_waybill, promised_at"
            " FROM catalog.order_search WHERE tenant_id = $1",
            desk.merchant.id,
        )
    kept = {row["order_id"]: tuple(row)[1:] for row in rows}
    assert kept == {
        order["id"]: (
            order["status"],
            next(iter(_codes(order)), None),
            order.get("shipment", {}).get("house_waybill"),
            _promise(order),
        )
        for order in desk.orders
    }


async def test_an_order_is_found_by_a_sku_that_was_deleted(merchant: Merchant) -> None:
    await merchant.stocked("GONE", 0)
    order = await merchant.ordered(("GONE", 1))
    await merchant.client.post(f"/v1/orders/{order['id']}:cancel", json={"reason": "x"})
    gone = await merchant.client.delete("/v1/products/GONE", headers={"If-Match": "*"})
    assert gone.status_code == 204
    listed = (await merchant.client.get("/v1/orders", params={"sku": "GONE"})).json()["items"]
    assert [item["id"] for item in listed] == [order["id"]]


async def test_the_park_finds_orders_of_all_merchants_and_each_merchant_its_own(
    desk: Desk, new_merchant: NewMerchant, operator: Any
) -> None:
    other = await new_merchant()
    await other.stocked("A-1", 1)
    number = desk.orders[0]["order_number"]
    theirs = await other.ordered(("A-1", 1), order_number=number)

    async def found(client: Any, **filters: Any) -> list[str]:
        answer = await client.get("/v1/orders", params=filters)
        return [item["id"] for item in answer.json()["items"]]

    both = [theirs["id"], desk.orders[0]["id"]]
    assert await found(operator, order_number=number) == both
    for filters in ({"sku": "A-1"}, {"belt": "home_furnishing"}, {"status": ["placed"]}):
        assert await found(other.client, **filters) == both[:1]
        assert both[0] in await found(operator, **filters)


@pytest.mark.parametrize(
    ("name", "value"),
    [("status", "lost"), ("sku", "a b"), ("finding", "?"), ("promised_before", "soon")],
)
async def test_filters_that_make_no_sense(merchant: Merchant, name: str, value: str) -> None:
    answer = await merchant.client.get("/v1/orders", params={name: value})
    problem = refused(answer, 422, "request.invalid")
    assert problem["errors"][0]["pointer"].startswith(f"/query/{name}")


async def test_a_cursor_belongs_to_its_order_of_rows(desk: Desk) -> None:
    page = await desk.merchant.client.get("/v1/orders", params={"limit": 2})
    window = {"ordered_from": datetime(2020, 1, 1, tzinfo=UTC).isoformat()}
    query = window | {"cursor": page.json()["next"], "limit": "2"}
    answer = await desk.merchant.client.get("/v1/orders", params=query)
    refused(answer, 422, "request.bad_cursor", "/query/cursor")
