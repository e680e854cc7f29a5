"""Products that merchants' systems submit as events."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from services.catalog.repository import products
from services.catalog.worker import SUBSCRIPTIONS, Intake
from shared.contracts.envelope import Envelope, MalformedEvent
from shared.kernel.identity import PARK
from tests.kit.clock import ManualClock
from tests.kit.intake import intake, meanings_of
from tests.kit.transactions import until_somebody_waits
from tests.support.events.envelopes import enveloped
from tests.support.events.erp.products import a_product_submitted
from tests.support.worlds.catalog import Merchant, a_product

Submits = Callable[..., Awaitable[None]]


def _submitted(merchant: Merchant, sku: str, document: dict[str, Any]) -> Envelope:
    payload = a_product_submitted(merchant_id=merchant.id, sku=sku, document=document)
    return enveloped(payload)


@pytest.fixture
def submit(merchant: Merchant, catalog_clock: ManualClock) -> Submits:
    take_in = intake(SUBSCRIPTIONS, Intake(), catalog_clock)

    async def submit(*envelopes: Envelope) -> None:
        async with merchant.db.transaction(PARK) as uow:
            await take_in(uow, envelopes)

    return submit


async def test_it_is_saved_as_put_would_save_it(merchant: Merchant, submit: Submits) -> None:
    document = a_product(brand="Ezhou Lamps")
    await submit(_submitted(merchant, "A-1", document), _submitted(merchant, "A-2", document))

    put = await merchant.client.put("/v1/products/A-1", json=document)

    assert (put.status_code, put.json()["version"]) == (200, 1)
    assert [e["type"] for e in await merchant.events()].count("catalog.product.updated") == 2


async def test_the_last_one_of_a_sku_wins(merchant: Merchant, submit: Submits) -> None:
    await submit(*[_submitted(merchant, "A-1", a_product(net_weight_g=n)) for n in (100, 110, 120)])

    product = (await merchant.client.get("/v1/products/A-1")).json()

    assert (product["net_weight_g"], product["version"]) == (120, 3)


async def test_the_same_again_changes_nothing(merchant: Merchant, submit: Submits) -> None:
    await submit(_submitted(merchant, "A-1", a_product()))
    before = await merchant.events()
    await submit(_submitted(merchant, "A-1", a_product()))
    assert await merchant.events() == before


async def test_what_put_refuses_is_refused_by_an_event_and_holds_up_nobody(
    merchant: Merchant, submit: Submits
) -> None:
    bad = _submitted(merchant, "A-1", a_product(hs_code="123456", net_weight_g=0))
    worse = _submitted(merchant, "A-2", a_product(hs_code="000000"))
    good = _submitted(merchant, "A-3", a_product())

    await submit(bad, worse, good)

    told = {e["aggregate_id"]: e["data"] for e in await merchant.events() if "refused" in e["type"]}
    assert told.keys() == {bad.id, worse.id}
    (finding,) = told[worse.id]["findings"]
    assert (finding["pointer"], finding["code"]) == ("/hs_code", "catalog.product.unknown_hs_code")
    assert set(finding["detail"]) == set(finding["fix"]) == {"en", "zh-CN"}
    assert told[bad.id]["findings"][0]["pointer"] == "/net_weight_g"
    assert (await merchant.client.get("/v1/products/A-3")).status_code == 200
    assert (await merchant.client.get("/v1/products/A-1")).status_code == 404


async def test_several_merchants_in_one_slice_keep_apart(
    merchant: Merchant, new_merchant: Callable[[], Awaitable[Merchant]], submit: Submits
) -> None:
    other = await new_merchant()

    await submit(
        _submitted(merchant, "A-1", a_product()),
        _submitted(other, "A-1", a_product(battery=True)),
        _submitted(merchant, "A-2", a_product()),
    )

    mine = (await merchant.client.get("/v1/products")).json()["items"]
    theirs = (await other.client.get("/v1/products")).json()["items"]
    assert [p["sku"] for p in mine] == ["A-1", "A-2"]
    assert [(p["sku"], p["battery"]) for p in theirs] == [("A-1", True)]
    assert {e["tenant_id"] for e in await other.events()} == {other.id}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ('"brand": "a\\u0000b"', "request.nul_character"),
        ('"brand": "a", "brand": "b"', "request.repeated_name"),
        ('"price": NaN', "request.not_finite_number"),
    ],
)
async def test_it_is_read_as_strictly_as_a_request(
    merchant: Merchant, submit: Submits, change: str, code: str
) -> None:
    whole = json.dumps({"merchant_id": merchant.id, "sku": "A-1", "document": a_product()})
    data = whole.replace('"document": {', '"document": {' + change + ", ").encode()
    sent = _submitted(merchant, "A-1", {})
    sent = replace(sent, data=data)

    await submit(sent)

    (refused,) = [e["data"] for e in await merchant.events() if "refused" in e["type"]]
    assert [finding["code"] for finding in refused["findings"]] == [code]


def test_an_event_that_speaks_for_another_merchant_is_poison() -> None:
    payload = a_product_submitted(sku="A-1")
    sent = enveloped(payload, tenant_id="mer_" + "0" * 32)
    with pytest.raises(MalformedEvent):
        meanings_of(SUBSCRIPTIONS, [sent])


def test_an_event_without_a_document_is_poison(merchant: Merchant) -> None:
    sent = _submitted(merchant, "A-1", {})
    data = json.dumps({"merchant_id": merchant.id, "sku": "A-1"}).encode()
    sent = replace(sent, data=data)
    with pytest.raises(ValidationError):
        meanings_of(SUBSCRIPTIONS, [sent])


async def test_products_of_several_rounds_are_locked_in_the_order_of_all_others(
    merchant: Merchant, submit: Submits
) -> None:
    for sku in ("A-1", "B-1"):
        await merchant.stocked(sku, 0)
    heavier = a_product(net_weight_g=190)
    sent = [("B-1", a_product(net_weight_g=185)), ("B-1", heavier), ("A-1", heavier)]
    async with merchant.db.transaction(merchant.id) as uow:
        await products.lock_product(uow, tenant=merchant.id, sku="A-1")
        taking = asyncio.ensure_future(submit(*[_submitted(merchant, *one) for one in sent]))
        await until_somebody_waits(uow)
        # It waits for the first one and holds nothing that others need after it.
        await products.lock_product(uow, tenant=merchant.id, sku="B-1")
    await taking

    for sku in ("A-1", "B-1"):
        assert (await merchant.client.get(f"/v1/products/{sku}")).json()["net_weight_g"] == 190
