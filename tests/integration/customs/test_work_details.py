"""GET /v1/work says concretely what to do: what to repair, what was refused, which key and which
report is a person's. What it asks of the database does not grow with the page.
"""

from datetime import timedelta
from typing import Any

from httpx2 import AsyncClient

from services.customs import jobs
from services.customs.clients.signers.holding import Place
from services.customs.clients.signers.key_ring import KeyRing
from services.customs.clients.signers.software import make_test_key
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from tests.kit.statements import statements_run
from tests.support.events.catalog.orders import an_order_line
from tests.support.worlds.customs import CustomsOperator, CustomsWorld


async def a_blocked(customs: CustomsWorld, merchant_id: str) -> dict[str, Any]:
    """Its HS code has a point."""
    order = customs.an_order(merchant_id, lines=1)
    lines = (an_order_line(1, unit_price_minor=255, hs_code="9405.50"),)
    await customs.consume(customs.placed(order, lines=lines), customs.booked(order))
    return await customs.declaration(order)


async def a_returned(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> dict[str, Any]:
    (row,) = await customs.declare(customs.an_order(merchant_id))
    await office.answer(customs.receipt(row, "100", info="[Code:1;Desc:品名不详]"))
    return row


async def items(client: AsyncClient) -> dict[str, Any]:
    """By declaration."""
    answer = await client.get("/v1/work")
    assert answer.status_code == 200, answer.text
    return {one["declaration_id"]: one for one in answer.json()["items"]}


async def test_a_blocked_declaration_comes_with_its_repairs_from_and_to(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    row = await a_blocked(customs, merchant_id)
    finding = (await merchant.get(f"/v1/declarations/{row['id']}")).json()["findings"]

    item = (await items(merchant))[row["id"]]

    assert item["code"] == "correction"
    wanted = [one["repair"] for one in finding if one["repair"] is not None]
    assert [{k: v for k, v in one.items() if k != "present"} for one in item["repairs"]] == wanted
    code = next(one for one in item["repairs"] if one["pointer"] == "/order/lines/0/hs_code")
    assert (code["present"], code["value"]) == ("9405.50", "940550")


async def test_what_was_refused_is_told_as_in_what_is_missing(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    returned = await a_returned(customs, office, merchant_id)
    (refused,) = await customs.declare(customs.an_order(merchant_id))
    await office.answer(customs.receipt(refused, "-621015", info="[Code:9;Desc:卡不符]"))

    found = await items(merchant)

    for row, owner, said in ((returned, "merchant", "品名不详"), (refused, "park", "卡不符")):
        missing = (await merchant.get(f"/v1/declarations/{row['id']}/missing")).json()["items"][0]
        item = found[row["id"]]
        assert item["refused"] == missing["refused"]
        assert (item["refused"]["said"], item["owner"]) == (said, owner)
        assert (item["code"], item["fix"]) == (missing["code"], missing["fix"])


async def test_a_longer_page_asks_no_more_of_the_database(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    await a_blocked(customs, merchant_id)
    await a_returned(customs, office, merchant_id)
    with statements_run() as few:
        assert len(await items(merchant)) == 2

    for _ in range(4):
        await a_blocked(customs, merchant_id)
        await a_returned(customs, office, merchant_id)
    with statements_run() as many:
        assert len(await items(merchant)) == 10

    assert len(many) == len(few)


async def test_a_key_that_ends_or_does_not_sign_is_work_of_the_park(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    key = make_test_key(customs.parties.declarant, now=real_now())
    ends_at = key.certificate.valid_until
    soon = KeyRing([Place(key)], now=lambda: ends_at - timedelta(days=2))
    name = key.certificate.number

    async def found() -> list[Any]:
        await jobs.note_keys(JobContext(customs.db, customs.clock), signer=soon)
        park = (await office.get("/v1/work"))["summary"]["park"]["items"]
        return [one for one in park if one["key_name"] == name]

    assert await found() == []
    soon.distrust(name, "made up")
    (distrusted,) = await found()

    assert (distrusted["code"], distrusted["owner"]) == ("key_distrusted", "us")
    assert distrusted["reason"] == "made up"
    assert f"POST /v1/signing-keys/{name}:trust" in distrusted["fix"]
    assert distrusted["due_at"] < ends_at.isoformat(), "at once, and not when it ends"
