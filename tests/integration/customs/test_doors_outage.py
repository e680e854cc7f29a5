"""An outage of a door strands nothing, and a message that is refused stops no other."""

from services.customs import jobs
from services.customs.clients.doors.door import DeliveryRefused, DoorDown
from services.customs.domain.doors.breaker import FAILURES_MAX, put_off_for
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from tests.support.doors import ScriptedDoor
from tests.support.worlds.customs import CustomsWorld


async def test_while_a_door_is_down_messages_wait_and_then_all_of_them_leave(
    customs: CustomsWorld,
) -> None:
    context, door = JobContext(customs.db, customs.clock), ScriptedDoor()
    orders = [customs.an_order(lines=1) for _ in range(3)]
    door.failure = DoorDown(door=door.name, reason="away")
    for order in orders:
        await customs.consume(customs.placed(order), customs.booked(order))
        for _ in range(FAILURES_MAX):
            await jobs.send_documents(context, park=customs.park, door=door)
            await customs.let_all_be_tried()
    during = [(await customs.declaration(order))["status"] for order in orders]
    tried = len(door.tried)

    door.failure = None
    await customs.sql(
        "UPDATE customs.doors SET probe_at = now() WHERE name = $1 RETURNING 1", door.name
    )
    await jobs.deliver(context, door=door)

    # Once it is open, nobody tries before the back-off is over.
    assert tried <= FAILURES_MAX + 1
    after = [(await customs.declaration(order))["status"] for order in orders]
    assert not set(during) & set(after), (during, after)
    assert all(any(order.house_waybill.encode() in body for body in door.taken) for order in orders)


async def test_a_message_that_the_door_cannot_take_stops_no_other(customs: CustomsWorld) -> None:
    """Whatever makes it fail: its guid is the oldest, and the door is down for it each time."""
    context, door = JobContext(customs.db, customs.clock), ScriptedDoor()
    bad, good = customs.an_order(), customs.an_order()
    door.failure = DoorDown(door=door.name, reason="HTTP 500")
    door.fails_at = bad.house_waybill.encode()
    await customs.consume(customs.placed(bad), customs.booked(bad))
    for _ in range(FAILURES_MAX + 1):
        await jobs.send_documents(context, park=customs.park, door=door)
        await customs.let_all_be_tried()
        await customs.sql("UPDATE customs.doors SET probe_at = now() WHERE name = $1", door.name)
    await customs.consume(customs.placed(good), customs.booked(good))

    await jobs.send_documents(context, park=customs.park, door=door)

    assert (await customs.declaration(good))["status"] == "transmitted"
    guid = (await customs.declaration(bad))["message_guid"]
    (kept,) = await customs.sql(
        "SELECT status, tries, last_error FROM customs.outgoing_messages WHERE guid = $1", guid
    )
    assert kept == {
        "status": "composed",
        "tries": FAILURES_MAX + 2,
        "last_error": "HTTP 500",
    }
    (breaker,) = await customs.sql(
        "SELECT status, failures FROM customs.doors WHERE name = $1", door.name
    )
    await _end(customs, door)
    assert (breaker["status"], breaker["failures"]) == ("closed", 1)


async def _end(customs: CustomsWorld, door: ScriptedDoor) -> None:
    """The door can take it, so it leaves."""
    door.failure = None
    await customs.let_all_be_tried()
    await jobs.deliver(JobContext(customs.db, customs.clock), door=door)


async def test_what_a_door_failed_to_take_lets_the_others_go_first(customs: CustomsWorld) -> None:
    context, door = JobContext(customs.db, customs.clock), ScriptedDoor()
    bad = customs.an_order()
    door.failure = DoorDown(door=door.name, reason="HTTP 500")
    door.fails_at = bad.house_waybill.encode()
    await customs.consume(customs.placed(bad), customs.booked(bad))
    before = real_now()
    await jobs.send_documents(context, park=customs.park, door=door)
    await jobs.send_documents(context, park=customs.park, door=door)

    guid = (await customs.declaration(bad))["message_guid"]
    (kept,) = await customs.sql(
        "SELECT tries, next_try_at FROM customs.outgoing_messages WHERE guid = $1", guid
    )
    await _end(customs, door)
    assert (door.tried[:-1], kept["tries"]) == ([guid], 1)
    assert before + put_off_for(1) <= kept["next_try_at"] <= real_now() + put_off_for(1)


async def test_a_message_that_is_refused_is_not_sent_again_and_stops_no_other(
    customs: CustomsWorld,
) -> None:
    context, door = JobContext(customs.db, customs.clock), ScriptedDoor()
    refused, taken = customs.an_order(), customs.an_order()
    door.failure = DeliveryRefused(door=door.name, reason="HTTP 422 no such sender")
    await customs.consume(customs.placed(refused), customs.booked(refused))
    await jobs.send_documents(context, park=customs.park, door=door)
    tried = list(door.tried)
    door.failure = None
    await customs.consume(customs.placed(taken), customs.booked(taken))
    await jobs.send_documents(context, park=customs.park, door=door)

    rows = await customs.sql(
        "SELECT status, last_error FROM customs.outgoing_messages WHERE guid = ANY($1)", tried
    )
    assert {(row["status"], row["last_error"]) for row in rows} == {
        ("refused", "HTTP 422 no such sender")
    }
    assert not set(tried) & set(door.tried[len(tried) :])
    assert any(taken.house_waybill.encode() in body for body in door.taken)
