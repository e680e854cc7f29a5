"""Prices of products in markets over HTTP, and many of them at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.catalog.domain.prices.rows import PriceRow
from services.catalog.domain.prices.schedule import MarketPrice
from services.catalog.use_cases.prices import put_prices
from shared.kernel.instants import rfc3339
from shared.kernel.money import Money
from tests.kit.clock import ManualClock
from tests.support.worlds.catalog import Merchant, a_product, refused

AT = "/v1/products/A-1/markets/DE/prices"
PLAIN = {"amount": "19.90", "currency": "EUR"}


def promoted(begin: datetime, **changes: Any) -> dict[str, Any]:
    """For three hours."""
    return {
        "amount": "14.90",
        "currency": "EUR",
        "valid_from": rfc3339(begin),
        "valid_to": rfc3339(begin + timedelta(hours=3)),
    } | changes


async def test_put_creates_and_get_reads_it_back(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    product_id = await merchant.stocked("A-1", 0)
    promotion = promoted(catalog_clock.now() + timedelta(days=1))
    answer = await merchant.client.put(AT, json={"prices": [promotion, PLAIN]})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == AT
    read = await merchant.client.get(AT)
    assert (read.headers["etag"], read.json()) == (answer.headers["etag"], answer.json())
    body = read.json()
    always = {**PLAIN, "valid_from": None, "valid_to": None}
    assert body["prices"] == [always, promotion]
    assert body["effective"] == [{**always, "source": "market"}]
    assert (body["product_id"], body["market"], body["version"]) == (product_id, "DE", 1)
    (event,) = await merchant.events(body["id"])
    assert (event["type"], event["aggregate_version"]) == ("catalog.prices.changed", 1)
    assert event["data"]["prices"][0] == {
        "amount_minor": 1990,
        "currency": "EUR",
        "valid_from": None,
        "valid_to": None,
    }
    later = await merchant.client.get(AT, params={"as_of": promotion["valid_from"]})
    assert later.json()["effective"] == [{**promotion, "source": "market"}]


async def test_the_same_in_another_order_changes_nothing(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    await merchant.stocked("A-1", 0)
    promotion = promoted(catalog_clock.now() + timedelta(days=1))
    first = await merchant.client.put(AT, json={"prices": [PLAIN, promotion]})
    same = {"prices": [promotion, {"amount": "19.9", "currency": "EUR"}]}
    again = await merchant.client.put(AT, json=same)
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(await merchant.events(first.json()["id"])) == 1


async def test_replacing_needs_the_present_version(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    await merchant.client.put(AT, json={"prices": [PLAIN]})
    other = {"prices": [{"amount": "20", "currency": "EUR"}]}
    refused(await merchant.client.put(AT, json=other), 428, "request.precondition_required")
    etag = (await merchant.client.get(AT)).headers["etag"]
    answer = await merchant.client.put(AT, json=other, headers={"If-Match": etag})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


async def test_none_leaves_the_product_s_own_price(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    refused(await merchant.client.get(AT), 404, "catalog.prices.not_found")
    body = (await merchant.client.put(AT, json={"prices": []})).json()
    own = {**a_product()["price"], "valid_from": None, "valid_to": None, "source": "product"}
    assert (body["prices"], body["effective"]) == ([], [own])


@pytest.mark.parametrize(
    ("prices", "code", "pointer"),
    [
        ([{"amount": "1", "currency": "ABC"}], "catalog.money.unknown_currency", "/0/currency"),
        ([{"amount": "1.5", "currency": "JPY"}], "catalog.money.amount_invalid", "/0/amount"),
        ([PLAIN, PLAIN], "catalog.prices.repeated", "/1/valid_from"),
        (
            [{**PLAIN, "valid_from": "2026-12-01T00:00:00Z", "valid_to": "2026-12-01T00:00:00Z"}],
            "catalog.prices.never_valid",
            "/0/valid_to",
        ),
        ([{**PLAIN, "valid_from": "2026-12-01"}], "field.no_time_zone", "/0/valid_from"),
        ([PLAIN] * 101, "field.too_many_items", ""),
    ],
)
async def test_faults_are_named_with_their_place(
    merchant: Merchant, prices: list[Any], code: str, pointer: str
) -> None:
    await merchant.stocked("A-1", 0)
    answer = await merchant.client.put(AT, json={"prices": prices})
    refused(answer, 422, code, f"/prices{pointer}")
    refused(await merchant.client.get(AT), 404, "catalog.prices.not_found")


async def test_the_view_of_a_market_has_the_price_that_holds(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    await merchant.stocked("A-1", 0)
    read = merchant.client.get
    own = {**a_product()["price"], "valid_from": None, "valid_to": None, "source": "product"}
    assert (await read("/v1/products/A-1?market=DE")).json()["price"] == own
    dollars = promoted(catalog_clock.now(), currency="USD", amount="16.00")
    await merchant.client.put(AT, json={"prices": [PLAIN, dollars]})
    in_germany = (await read("/v1/products/A-1?market=DE")).json()["price"]
    assert (in_germany["amount"], in_germany["currency"]) == ("19.90", "EUR")
    assert in_germany["source"] == "market"
    assert (await read("/v1/products/A-1?market=FR")).json()["price"] == own
    assert (await read("/v1/products/A-1?locale=de")).json()["price"] == own


async def test_a_deleted_product_takes_its_prices_along(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    prices_id = (await merchant.client.put(AT, json={"prices": [PLAIN]})).json()["id"]
    await merchant.client.delete("/v1/products/A-1", headers={"If-Match": "*"})
    _, last = await merchant.events(prices_id)
    assert (last["aggregate_version"], last["data"]["version"]) == (2, 2)
    assert last["data"]["prices"] == []
    await merchant.stocked("A-1", 0)
    refused(await merchant.client.get(AT), 404, "catalog.prices.not_found")


def a_row(sku: str, market: str, cents: int, begin: datetime | None = None) -> PriceRow:
    return PriceRow(sku, market, MarketPrice(Money(cents, "EUR"), begin))


async def test_rows_change_only_what_they_name(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    now = catalog_clock.now()
    await merchant.stocked("A-1", 0)
    await merchant.stocked("B-1", 0)
    first = (await merchant.client.put(AT, json={"prices": [PLAIN]})).json()
    rows = [
        a_row("A-1", "DE", 1490, now),
        a_row("A-1", "FR", 1590),
        a_row("B-1", "DE", 990),
        a_row("C-1", "DE", 100),
        a_row("A-1", "UK", 100),
        a_row("A-1", "DE", 1390, now),
    ]

    async def put() -> list[str | None]:
        async with merchant.db.transaction(merchant.id) as uow:
            faults = await put_prices(uow, tenant=merchant.id, rows=rows, now=now)
        return [None if fault is None else fault.problems[0].code for fault in faults]

    codes = [
        None,
        None,
        None,
        "catalog.prices.unknown_sku",
        "catalog.overlay.unknown_market",
        "catalog.prices.repeated",
    ]
    assert await put() == codes
    body = (await merchant.client.get(AT)).json()
    assert [one["amount"] for one in body["prices"]] == ["19.90", "14.90"]
    assert (body["id"], body["version"]) == (first["id"], 2)
    events = await merchant.events(first["id"])
    assert [e["aggregate_version"] for e in events] == [1, 2]
    for sku, market, amount in (("A-1", "FR", "15.90"), ("B-1", "DE", "9.90")):
        other = await merchant.client.get(f"/v1/products/{sku}/markets/{market}/prices")
        assert other.json()["effective"][0]["amount"] == amount
    before = await merchant.events()
    # Again: nothing is written.
    assert await put() == codes
    assert await merchant.events() == before


async def test_rows_of_nothing_write_nothing(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    async with merchant.db.transaction(merchant.id) as uow:
        assert await put_prices(uow, tenant=merchant.id, rows=[], now=catalog_clock.now()) == []


async def test_an_instant_in_a_refusal_is_written_like_one_in_a_body(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    never = {
        "amount": "1.00",
        "currency": "EUR",
        "valid_from": "2026-11-27T00:00:00+09:00",
        "valid_to": "2026-11-26T15:00:00Z",
    }

    answer = await merchant.client.put(
        "/v1/products/A-1/markets/DE/prices", json={"prices": [never]}
    )

    (error,) = answer.json()["errors"]
    assert error["code"] == "catalog.prices.never_valid"
    assert " 2026-11-26T15:00:00Z," in error["detail"]


async def test_an_event_of_prices_has_all_that_is_known_of_each(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    begins, ends = "2026-11-27T00:00:00Z", "2026-12-01T00:00:00Z"
    prices = [
        {"amount": "7.50", "currency": "EUR"},
        {"amount": "5.00", "currency": "EUR", "valid_from": begins, "valid_to": ends},
        {"amount": "1.250", "currency": "KWD", "valid_to": ends},
    ]
    path = "/v1/products/A-1/markets/DE/prices"
    answer = await merchant.client.put(path, json={"prices": prices})

    (event,) = await merchant.events(answer.json()["id"])
    none = {"valid_from": None, "valid_to": None}
    assert event["data"]["prices"] == [
        {"amount_minor": 750, "currency": "EUR"} | none,
        {"amount_minor": 500, "currency": "EUR", "valid_from": begins, "valid_to": ends},
        {"amount_minor": 1250, "currency": "KWD"} | none | {"valid_to": ends},
    ]
    # What asks for nothing to be there is refused also where there is the same.
    only_new = await merchant.client.put(
        path, json={"prices": prices}, headers={"If-None-Match": "*"}
    )
    refused(only_new, 412, "request.exists_already")


async def test_a_market_sees_its_own_prices(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    for market, amount in (("FR", "8.00"), ("AT", "9.00"), ("DE", "7.50")):
        prices = {"prices": [{"amount": amount, "currency": "EUR"}]}
        await merchant.client.put(f"/v1/products/A-1/markets/{market}/prices", json=prices)

    for market, amount in (("FR", "8.00"), ("DE", "7.50"), ("AT", "9.00"), ("IT", "2.55")):
        seen = await merchant.client.get("/v1/products/A-1", params={"market": market})
        assert seen.json()["price"]["amount"] == amount, market
