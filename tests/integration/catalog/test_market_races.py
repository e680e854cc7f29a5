"""Two at once on a product and what is set for its markets: the second waits, and then sees what
the first has done.
"""

import asyncio
from typing import Any

import pytest

from services.catalog.domain.prices.rows import PriceRow
from services.catalog.domain.prices.schedule import MarketPrice
from services.catalog.repository import parents, products
from services.catalog.use_cases.prices import put_prices
from services.catalog.use_cases.products import delete_product
from shared.kernel.errors import Invalid
from shared.kernel.money import Money
from tests.kit.clock import ManualClock
from tests.kit.transactions import until_somebody_waits
from tests.support.worlds.catalog import Merchant, a_parent, a_product, an_overlay, refused

ANY = {"If-Match": "*"}
PRICES = {"prices": [{"amount": "7.50", "currency": "EUR"}]}
OF_MARKET: dict[str, dict[str, Any]] = {
    "/v1/products/A-1/markets/DE": an_overlay(),
    "/v1/products/A-1/markets/DE/prices": PRICES,
}


def pass_all(stored: object, *, is_applied: bool = False) -> None:
    """No preconditions."""


@pytest.mark.parametrize("path", OF_MARKET)
async def test_nothing_is_set_for_a_product_that_is_being_deleted(
    merchant: Merchant, catalog_clock: ManualClock, path: str
) -> None:
    await merchant.stocked("A-1", 0)
    async with merchant.db.transaction(merchant.id) as uow:
        await delete_product(
            uow, tenant=merchant.id, sku="A-1", check=pass_all, now=catalog_clock.now()
        )
        sent = asyncio.ensure_future(merchant.client.put(path, json=OF_MARKET[path]))
        await until_somebody_waits(uow)

    refused(await sent, 404, "catalog.product.not_found")


async def test_rows_of_prices_wait_for_whoever_deletes_their_product(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    await merchant.stocked("A-1", 0)
    row = PriceRow("A-1", "DE", MarketPrice(Money(750, "EUR")))

    async def put() -> list[Invalid | None]:
        async with merchant.db.transaction(merchant.id) as uow:
            return await put_prices(uow, tenant=merchant.id, rows=[row], now=catalog_clock.now())

    async with merchant.db.transaction(merchant.id) as uow:
        await delete_product(
            uow, tenant=merchant.id, sku="A-1", check=pass_all, now=catalog_clock.now()
        )
        sent = asyncio.ensure_future(put())
        await until_somebody_waits(uow)
    (fault,) = await sent

    assert fault is not None
    assert [one.code for one in fault.problems] == ["catalog.prices.unknown_sku"]


async def test_what_is_set_while_a_product_is_deleted_goes_with_it(merchant: Merchant) -> None:
    """Whoever comes first: no overlay and no prices are left without a product, and the last event
    of each says that it is gone.
    """
    for _ in range(6):
        await merchant.stocked("A-1", 0)
        sent = [merchant.client.put(path, json=body) for path, body in OF_MARKET.items()]
        deleting = merchant.client.delete("/v1/products/A-1", headers=ANY)
        answers = await asyncio.gather(sent[0], deleting, sent[1])
        assert answers[1].status_code == 204
        assert {answers[0].status_code, answers[2].status_code} <= {201, 404}

    events = [event for event in await merchant.events() if event["aggregate_id"] != merchant.id]
    last = {event["aggregate_id"]: event for event in events}
    assert {(e["type"], tuple(e["data"].get("prices", ()))) for e in last.values()} <= {
        ("catalog.product.deleted", ()),
        ("catalog.overlay.deleted", ()),
        ("catalog.prices.changed", ()),
    }
    async with merchant.db.read(merchant.id) as reader:
        for table in ("market_overlays", "market_prices"):
            left = await reader._connection.fetch(f"SELECT FROM catalog.{table}")
            assert left == []


@pytest.mark.parametrize("path", OF_MARKET)
async def test_of_two_who_create_at_once_one_must_read_first(merchant: Merchant, path: str) -> None:
    await merchant.stocked("A-1", 0)
    other: dict[str, Any] = {"prices": []} if path.endswith("prices") else {"brand": "Other"}
    bodies = [OF_MARKET[path], OF_MARKET[path] | other]

    answers = await asyncio.gather(*[merchant.client.put(path, json=body) for body in bodies])

    assert sorted(answer.status_code for answer in answers) == [201, 428]


@pytest.mark.parametrize("path", ["/v1/parents/WIG", *OF_MARKET])
async def test_a_change_that_waited_has_the_later_time(
    merchant: Merchant, catalog_clock: ManualClock, path: str
) -> None:
    await merchant.stocked("A-1", 0)
    await merchant.client.put("/v1/parents/WIG", json=a_parent())
    body = OF_MARKET.get(path, a_parent(brand="Other"))
    async with merchant.db.transaction(merchant.id) as uow:
        await products.lock_product(uow, tenant=merchant.id, sku="A-1")
        await parents.lock_parent(uow, tenant=merchant.id, sku="WIG")
        sent = asyncio.ensure_future(merchant.client.put(path, json=body, headers=_any(path)))
        await until_somebody_waits(uow)
        catalog_clock.advance(seconds=9)
        later = catalog_clock.now()
    answer = await sent

    assert answer.status_code in (200, 201), answer.text
    assert answer.json()["updated_at"] == later.isoformat().replace("+00:00", "Z")


async def test_the_time_of_a_product_does_not_go_back(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    """A batch asks for the time before it waits for those who hold its products."""
    await merchant.stocked("A-1", 0)
    body = {"items": [a_product(sku="A-1", battery=True)]}
    async with merchant.db.transaction(merchant.id) as uow:
        await products.lock_product(uow, tenant=merchant.id, sku="A-1")
        sent = asyncio.ensure_future(merchant.client.post("/v1/products:batch", json=body))
        await until_somebody_waits(uow)
        catalog_clock.advance(seconds=9)
        later = catalog_clock.now()
        await uow._connection.execute(
            "UPDATE catalog.products SET updated_at = $2 WHERE tenant_id = $1", merchant.id, later
        )
    assert (await sent).status_code == 207

    read = (await merchant.client.get("/v1/products/A-1")).json()
    assert (read["battery"], read["updated_at"]) == (True, f"{later:%Y-%m-%dT%H:%M:%SZ}")


def _any(path: str) -> dict[str, str]:
    return ANY if path == "/v1/parents/WIG" else {}


async def test_a_product_and_its_parent_change_at_once(merchant: Merchant) -> None:
    """All take the parent first, so that nobody waits in a circle."""
    await merchant.client.put("/v1/parents/WIG", json=a_parent())

    def variant(number: int) -> dict[str, Any]:
        return a_product(
            parent_sku="WIG", options={"colour": f"{number % 3}"}, net_weight_g=100 + number
        )

    async def change(number: int) -> int:
        client, sku = merchant.client, f"V-{number % 3}"
        if number % 3 == 0:
            patch = {"brand": f"B{number}"}
            answer = await client.patch("/v1/parents/WIG", json=patch, headers=ANY)
        elif number % 3 == 1:
            items = [variant(number) | {"sku": sku}, variant(number + 1) | {"sku": "V-2"}]
            answer = await client.post("/v1/products:batch", json={"items": items})
        else:
            answer = await client.delete(f"/v1/products/{sku}", headers=ANY)
        return answer.status_code

    statuses = await asyncio.gather(*[change(number) for number in range(24)])

    assert set(statuses) <= {200, 207, 204, 404}
