"""Jobs of routing: each finds what is due by business time, and does it.

Several workers may run them at once: what is due is decided again once the turn is taken.
"""

from collections.abc import Sequence

from services.routing.use_cases import network
from services.routing.use_cases.flights import manifests
from services.routing.use_cases.promises import grading
from services.routing.use_cases.shipments import booking, clearance, second_look
from services.routing.use_cases.timetable import imports
from services.routing.use_cases.timetable.horizon import ensure_timetable
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from shared.telemetry import get_logger

log = get_logger(__name__)

_REBOOKED_AT_ONCE = 100
_FORGOTTEN_AT_ONCE = 1000
# A run looks at 200 at most, whatever has changed and however many there are.
_LOOKED_AT_ONCE = 50
_LOOKS = 4
_GRADED_AT_ONCE = 200


async def load_network(context: JobContext) -> None:
    async with context.db.transaction(PARK) as uow:
        if await network.load_network(uow):
            log.info("network data loaded")


async def extend_timetable(context: JobContext) -> None:
    async with context.db.transaction(PARK) as uow:
        await ensure_timetable(uow, now=context.clock.now())


async def close_manifests(context: JobContext) -> None:
    """A transaction per flight: one that cannot close does not hold up the others."""
    async with context.db.read(PARK) as reader:
        due = await manifests.list_flights_to_close(reader, now=context.clock.now())

    async def close(flight_id: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await manifests.close_manifest(uow, flight_id=flight_id, now=context.clock.now())

    await context.each_by_itself(due, close)


async def rebook_shipments(context: JobContext) -> None:
    """In small transactions, until nothing is due. A shipment for which no search can be made does
    not hold up the others.
    """

    async def together() -> int:
        async with context.db.transaction(PARK) as uow:
            return await booking.rebook_due(
                uow, now=context.clock.now(), shipments_max=_REBOOKED_AT_ONCE
            )

    async def due() -> list[str]:
        async with context.db.transaction(PARK) as uow:
            return await booking.list_due(
                uow, now=context.clock.now(), shipments_max=_REBOOKED_AT_ONCE
            )

    async def one(shipment_id: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await booking.rebook_one(uow, shipment_id=shipment_id, now=context.clock.now())

    async def put_off(shipment_id: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await booking.put_off(uow, shipment_id=shipment_id, now=context.clock.now())

    rebooked = _REBOOKED_AT_ONCE
    while rebooked == _REBOOKED_AT_ONCE:
        rebooked = await context.together_or_each(together, due, one, put_off=put_off)


async def look_again(context: JobContext) -> None:
    """At shipments without an itinerary, once there is more to be had. One for which no search can
    be made does not hold up the others.
    """
    for _ in range(_LOOKS):
        async with context.db.transaction(PARK) as uow:
            found = await second_look.next_shipments(uow, shipments_max=_LOOKED_AT_ONCE)
        if not found:
            return
        await _look_at(context, found)
        async with context.db.transaction(PARK) as uow:
            await second_look.pass_by(uow, found[-1])


async def _look_at(context: JobContext, found: Sequence[str]) -> None:
    async def look(shipment_ids: Sequence[str]) -> int:
        async with context.db.transaction(PARK) as uow:
            return await second_look.look_again(uow, shipment_ids, now=context.clock.now())

    async def together() -> int:
        return await look(found)

    async def each() -> Sequence[str]:
        return found

    async def one(shipment_id: str) -> None:
        await look([shipment_id])

    await context.together_or_each(together, each, one)


async def import_timetables(context: JobContext) -> None:
    """One file after the other, until none waits."""
    while await imports.run_next_import(context.db, context.clock):
        pass


async def forget_early_facts(context: JobContext) -> None:
    """Of orders that never came, so that they do not pile up: the cancelled ones above all."""
    forgotten = _FORGOTTEN_AT_ONCE
    while forgotten == _FORGOTTEN_AT_ONCE:
        async with context.db.transaction(PARK) as uow:
            forgotten = await clearance.forget_early_facts(uow, rows_max=_FORGOTTEN_AT_ONCE)


async def grade_promises(context: JobContext) -> None:
    """Those that are due, and those that were overdue and have ended since."""
    while True:
        now = context.clock.now()
        async with context.db.read(PARK) as reader:
            due = await grading.list_due(reader, now=now, promises_max=_GRADED_AT_ONCE)
        async with context.db.transaction(PARK) as uow:
            graded = await grading.grade(uow, promise_ids=due, now=now)
        if graded < _GRADED_AT_ONCE:
            return
