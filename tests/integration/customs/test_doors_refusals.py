"""A message that never reaches the port: the door refuses it, or no key may sign it. Its documents
wait for a person, who sends them again or takes them back.
"""

from typing import Any

from httpx2 import AsyncClient

from services.customs.clients.doors.door import DeliveryRefused, DeliveryTooLarge
from services.customs.clients.signers.holding import Place
from services.customs.clients.signers.key_ring import KeyRing
from services.customs.clients.signers.software import make_test_key
from services.customs.domain.messages.parties import Party
from services.customs.use_cases.movements.drawing import BILLS
from shared.kernel.clock import real_now
from shared.kernel.ids import new_id
from tests.support.doors import ScriptedDoor
from tests.support.steps import accepted, cancellations, step
from tests.support.worlds import movements as mv
from tests.support.worlds.customs import CustomsOperator, CustomsWorld, MadeOrder

REASON = "HTTP 422 no such sender"


async def refused_by_the_door(
    customs: CustomsWorld, merchant_id: str, *, orders: int = 1
) -> tuple[ScriptedDoor, list[MadeOrder]]:
    door = ScriptedDoor()
    door.failure = DeliveryRefused(door=door.name, reason=REASON)
    customs.door = door
    placed = [customs.an_order(merchant_id, lines=1) for _ in range(orders)]
    await customs.declare(*placed)
    return door, placed


async def get(client: AsyncClient, row: dict[str, Any], what: str = "") -> Any:
    answer = await client.get(f"/v1/declarations/{row['id']}{what}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_refused_list_waits_for_the_park_and_goes_again_when_it_is_sent(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    door, (order,) = await refused_by_the_door(customs, merchant_id)
    row = await customs.declaration(order)

    shown = await get(merchant, row)
    assert (shown["status"], shown["allowed"]) == ("send_failed", ["cancel", "resend"])
    (item, *_) = (await get(office.http, row, "/missing"))["items"]
    assert (item["code"], item["owner"]) == ("repair", "park")
    assert (item["refused"]["said"], item["refused"]["status"]) == (REASON, "send_failed")
    # The message is everybody's who has a list in it.
    (item, *_) = (await get(merchant, row, "/missing"))["items"]
    assert (item["owner"], item["refused"]["said"]) == ("park", None)

    for client, said in ((office.http, REASON), (merchant, None)):
        entries = (await get(client, row, "/timeline"))["items"]
        (told,) = [one["original"] for one in entries if one["event"] == "refused"]
        assert told == said

    door.failure = None
    assert (await step(merchant, row, "resend")).status_code == 200
    await customs.send()

    sent = await customs.declaration(order)
    assert (sent["status"], sent["attempts"]) == ("transmitted", 2)
    tried = await customs.sql(
        "SELECT app_time FROM customs.attempts WHERE document_id = $1 ORDER BY number",
        row["list_id"],
    )
    assert tried[0]["app_time"] < tried[1]["app_time"]


async def test_what_a_door_refused_goes_again_many_at_a_time(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    door, orders = await refused_by_the_door(customs, merchant_id, orders=2)
    ids = [(await customs.declaration(one))["list_id"] for one in orders]

    door.failure = None
    answer = await office.http.post("/v1/documents:resend", json={"document_ids": ids})
    await customs.send()

    assert [one["status"] for one in answer.json()["items"]] == [200, 200]
    assert [(await customs.declaration(one))["status"] for one in orders] == ["transmitted"] * 2


async def test_what_was_taken_back_stands_in_nobodys_way(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    """However many of the oldest were taken back, the others are found."""
    door, orders = await refused_by_the_door(customs, merchant_id, orders=2)
    taken_back, wanted = [await customs.declaration(one) for one in orders]
    await step(merchant, taken_back, "cancel", reason="x")
    door.failure = None

    of = {"of": {"kind": "list", "status": "send_failed"}}
    items = (await office.http.post("/v1/documents:resend", json=of)).json()["items"]

    assert {one["status"] for one in items} == {200}
    await customs.send()
    found = [(await customs.declaration(one))["status"] for one in orders]
    assert (found, wanted["status"]) == (["withdrawn", "transmitted"], "send_failed")


async def test_a_refused_list_is_taken_back_at_once(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    _, (one, other) = await refused_by_the_door(customs, merchant_id, orders=2)
    row = await customs.declaration(one)

    assert (await step(merchant, row, "cancel", reason="x")).json()["status"] == "withdrawn"
    await customs.consume(customs.cancelled(other))

    assert (await customs.declaration(other))["status"] == "withdrawn"


async def test_an_order_cancelled_before_the_refusal_is_withdrawn_by_it(
    customs: CustomsWorld, merchant_id: str
) -> None:
    door = ScriptedDoor()
    door.failure = OSError("killed")
    customs.door = door
    await customs.declare(order := customs.an_order(merchant_id))
    await customs.consume(customs.cancelled(order))
    before = await customs.declaration(order)
    door.failure = DeliveryRefused(door=door.name, reason=REASON)
    await customs.send()

    assert (before["status"], (await customs.declaration(order))["status"]) == (
        "cancel_requested",
        "withdrawn",
    )


async def test_a_refused_cancellation_is_asked_for_again_by_resend(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(accepted(customs, row))
    way, door = customs.door, ScriptedDoor()
    door.failure = DeliveryRefused(door=door.name, reason=REASON)
    customs.door = door
    await step(merchant, row, "cancel", reason="x")
    await customs.send()

    shown = await get(merchant, row)
    assert (shown["status"], "resend" in shown["allowed"]) == ("cancel_requested", True)
    (item, *_) = (await get(office.http, row, "/missing"))["items"]
    assert (item["owner"], item["refused"]["said"]) == ("park", REASON)

    customs.door = way
    assert (await step(merchant, row, "resend")).status_code == 200
    await customs.send()
    assert len(cancellations(customs)) == 1
    assert (await customs.declaration(order))["status"] == "cancel_requested"


async def test_a_refused_bill_goes_again_when_it_is_sent(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    await mv.draw_what_is_left(customs)
    flight_id, order = new_id("flt"), customs.an_order()
    await mv.released(customs, office, order, flight_id=flight_id)
    await mv.leave(customs, flight_id, order)
    way, door = customs.door, ScriptedDoor()
    door.failure = DeliveryRefused(door=door.name, reason=REASON)
    customs.door = door
    await mv.draw(customs, BILLS, later=mv.LATE)
    (bill,) = await mv.documents_of(customs, "bill", order)

    customs.door = way
    answer = await office.http.post("/v1/documents:resend", json={"document_ids": [bill["id"]]})
    await customs.send()

    (sent,) = await mv.documents_of(customs, "bill", order)
    assert answer.json()["items"][0]["status"] == 200
    assert [one["phase"] for one in (bill, sent)] == ["send_failed", "transmitted"]


async def test_a_list_that_nobody_may_sign_waits_for_the_park(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    def a_ring(holder: Party) -> KeyRing:
        return KeyRing([Place(make_test_key(holder, now=real_now()))])

    customs.signer = a_ring(Party("91420700MAA1RL0089", "示例自营商户"))
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    assert (row["status"], row["owner"]) == ("send_failed", "park")

    customs.signer = a_ring(customs.parties.declarant)
    assert (await step(merchant, row, "resend")).status_code == 200
    await customs.send()

    assert (await customs.declaration(order))["status"] == "transmitted"


async def test_what_was_refused_before_is_settled_once(
    customs: CustomsWorld, merchant_id: str
) -> None:
    """As an earlier release left it: the message is refused, and its lists do not know."""
    door = ScriptedDoor()
    door.failure = OSError("killed")
    customs.door = door
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await customs.sql(
        "UPDATE customs.outgoing_messages SET status = 'refused', last_error = 'HTTP 409'"
        " WHERE guid = $1",
        row["message_guid"],
    )
    for _ in range(2):
        await customs.send()

    settled = await customs.declaration(order)
    assert (row["status"], settled["status"]) == ("queued", "send_failed")
    assert row["message_guid"] not in door.tried[1:]


async def test_lists_too_many_for_a_message_go_again_in_smaller_ones(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    door = ScriptedDoor()
    door.failure = DeliveryTooLarge(door=door.name, reason="HTTP 413")
    customs.door = door
    await customs.register_park()
    orders = [customs.an_order(merchant_id, lines=1) for _ in range(4)]
    for order in orders:
        await customs.consume(customs.placed(order), customs.booked(order))
    await customs.send()
    rows = [await customs.declaration(order) for order in orders]
    assert {row["status"] for row in rows} == {"queued"}
    assert len({row["message_guid"] for row in rows}) == 1

    door.failure = None
    await customs.let_all_leave()
    await customs.send()
    halves = [await customs.declaration(order) for order in orders]
    assert [row["status"] for row in halves] == ["transmitted"] * 4
    assert [
        [row["message_guid"] for row in halves].count(row["message_guid"]) for row in halves
    ] == [2] * 4

    # Of the port now: one of them is too much although it is alone.
    for at_s in (1, 2):
        latest = [await customs.declaration(order) for order in orders[:2]]
        await office.answer(*(customs.receipt(row, "-621030", at_s=at_s) for row in latest))
        await customs.let_all_leave()
        await customs.send()
    alone = await customs.declaration(orders[0])
    assert (alone["status"], alone["owner"], alone["attempts"]) == ("rejected_technical", "park", 3)
    assert "cancel" in (await get(merchant, alone))["allowed"]
