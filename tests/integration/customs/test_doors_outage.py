"""An outage of a door strands nothing, and a message that is refused stops no other."""

from services.customs import jobs
from services.customs.clients.doors.door import DeliveryRefused, DoorDown
from services.customs.domain.doors.breaker import FAILURES_MAX
from shared.kafka import JobContext
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
