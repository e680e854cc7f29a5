"""What waits at a door or for a key says so, in GET /v1/work and in …/missing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient

from services.customs import jobs
from services.customs.clients.signers.holding import Place
from services.customs.clients.signers.key_ring import KeyRing
from services.customs.clients.signers.software import make_test_key
from services.customs.use_cases.signing import trust_key
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from tests.support.steps import step
from tests.support.worlds.customs import CustomsOperator, CustomsWorld
from tests.support.worlds.papers import Papers, sent


@pytest.fixture(autouse=True)
async def door(customs: CustomsWorld) -> AsyncIterator[None]:
    """Other tests share the door: it is left closed, and nothing waits at it."""
    yield
    await customs.sql("DELETE FROM customs.doors")
    await customs.send()


async def told(client: AsyncClient, row: dict[str, Any]) -> dict[str, Any]:
    """The next move, as both pages say it."""
    answer = await client.get(f"/v1/declarations/{row['id']}/missing")
    missing: dict[str, Any] = answer.json()["items"][0]
    (item,) = (await client.get("/v1/work")).json()["items"]
    for name in ("code", "owner", "detail", "fix", "due_at"):
        assert item[name] == missing[name]
    return missing


async def test_what_waits_at_a_stopped_door_names_it(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    park = customs.sending_all()
    await park.register_park()
    await park.a_door(park.door.name)
    await office.http.post(f"/v1/doors/{park.door.name}:open")
    _, row = await sent(park, merchant_id)

    held = await told(merchant, row)
    await office.http.post(f"/v1/doors/{park.door.name}:close")
    await park.send()
    left = await told(merchant, row)

    assert (held["code"], held["owner"]) == ("accepted_order", "us")
    assert f"the door {park.door.name}, which an operator has stopped since 2" in held["detail"]
    assert f"POST /v1/doors/{park.door.name}:close" in held["fix"]
    assert (left["code"], left["owner"]) == ("accepted_order", "customs")


async def test_what_no_key_may_sign_names_the_key(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    key = make_test_key(customs.parties.declarant, now=real_now() - timedelta(days=1))
    customs.signer = ring = KeyRing([Place(key)])
    name = key.certificate.number
    await jobs.note_keys(JobContext(customs.db, customs.clock), signer=ring)
    await customs.sql(
        "INSERT INTO customs.key_complaints VALUES ($1, 'park', 'made up', now(), NULL)", name
    )
    (row,) = await customs.declare(customs.an_order(merchant_id))

    stopped = await told(merchant, row)
    async with customs.db.transaction(PARK) as uow:
        await trust_key(uow, key_name=name, by="operator", now=customs.clock.now())
    trusted = await told(merchant, row)
    await customs.sql("UPDATE customs.outgoing_messages SET next_try_at = NULL")
    await customs.send()
    left = await told(merchant, row)

    assert stopped["code"] == "transmission"
    assert f"{name} is distrusted since 2" in stopped["detail"]
    assert f"POST /v1/signing-keys/{name}:trust" in stopped["fix"]
    assert name not in trusted["detail"]
    assert left["code"] == "receipt_120"


async def test_no_clock_runs_while_the_order_is_the_merchants_to_correct(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    park = customs.sending_all()
    await park.register_park()
    order, row = await sent(park, merchant_id)
    await Papers(park, office, order).say("order", "100")

    missing = (await merchant.get(f"/v1/declarations/{row['id']}/missing")).json()

    assert missing["items"][0]["owner"] == "merchant"
    assert missing["clocks"] == []


async def test_a_list_to_cancel_whose_message_has_not_left_says_what_that_waits_for(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    await customs.a_door(customs.door.name)
    await office.http.post(f"/v1/doors/{customs.door.name}:open")
    (row,) = await customs.declare(customs.an_order(merchant_id))
    assert (await step(merchant, row, "cancel", reason="made up")).status_code == 200

    held = await told(merchant, row)
    await office.http.post(f"/v1/doors/{customs.door.name}:close")
    await customs.send()
    left = await told(merchant, row)

    assert (held["code"], held["owner"]) == ("receipt_of_upload", "us")
    assert f"the door {customs.door.name}" in held["detail"]
    assert (left["code"], left["owner"]) == ("receipt_of_upload", "customs")
