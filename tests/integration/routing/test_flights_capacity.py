"""Whatever happens in whatever order, a flight has taken exactly what its shipments hold, and no
shipment goes a way that its states do not allow."""

import random
from datetime import timedelta

import pytest

from services.routing import jobs
from services.routing.domain.shipments.shipment import TRANSITIONS, ShipmentStatus
from services.routing.domain.status_updates.status_update import StatusUpdate
from services.routing.use_cases.flights.cancellation import cancel_flight
from services.routing.use_cases.shipments.booking import rebook_due
from services.routing.use_cases.status_updates import record_status_updates
from shared.db import TEXT, sql
from shared.kafka import JobContext
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK
from tests.support.worlds.routing import (
    START,
    RoutingWorld,
)

_STATES = sql(
    "SELECT id, state FROM routing.shipments WHERE tenant_id = :tenant ORDER BY id",
    lambda id, state: (id, ShipmentStatus(state)),  # noqa: A006
    tenant=TEXT,
)

# What an airline may be told at a moment drawn by lot: too early, or of a flight that is off.
REFUSALS = (
    "routing.flight.manifest_open",
    "routing.flight.cancelled",
    "routing.shipment.not_underway",
    "routing.status_update.before_flight",
)
STEPS = (
    ["place"] * 8
    + ["ready"] * 6
    + ["cancel", "close", "close", "DEP", "ARR", "DLV", "signed", "fog", "time"]
    + ["look"] * 2
)


@pytest.mark.parametrize("seed", range(4))
async def test_the_books_balance_after_every_step(world: RoutingWorld, seed: int) -> None:
    chance = random.Random(seed)
    via, _ = await world.airport()
    end, country = await world.airport()
    for n in range(3):
        await world.flight(world.hub, via, departs_h=8 + 4 * n, weight_kg=12)
        await world.flight(via, end, departs_h=14 + 5 * n, weight_kg=9, mode="road")
    await world.flight(world.hub, end, departs_h=30, weight_kg=15)
    orders: list[str] = []
    states = States(world)

    for _ in range(50):
        await _step(world, chance, country, orders)
        await world.check_books()
        await states.follow()

    # Whatever chance did, one more flight takes goods to the door.
    hours = (world.clock.now() - START) / timedelta(hours=1)
    last = await world.flight(world.hub, end, departs_h=hours + 10, weight_kg=15)
    orders += [await world.place(country) for _ in range(3)]
    await world.make_ready(*orders[-3:])
    await world.close(last)
    for code in ("DEP", "ARR", "DLV"):
        await _report(world, code, last)
        await world.check_books()
        await states.follow()

    assert [(await world.shipment(order_id)).state for order_id in orders[-3:]] == ["delivered"] * 3
    for order_id in orders:
        await world.event_types(order_id)  # versions without gaps


class States:
    """Of all shipments of a merchant: each goes only where the table of states lets it."""

    def __init__(self, world: RoutingWorld) -> None:
        self._park = world
        self._known: dict[str, ShipmentStatus] = {}

    async def follow(self) -> None:
        async with self._park.db.read(self._park.merchant) as reader:
            rows = await reader.fetch_all(_STATES, tenant=self._park.merchant)
        for shipment_id, after in rows:
            before = self._known.get(shipment_id, ShipmentStatus.WAITING)
            self._known[shipment_id] = after
            assert after in _reachable(before), (before, after)


def _reachable(state: ShipmentStatus) -> set[ShipmentStatus]:
    """One step of the test may be several of the table: a late manifest closes, then departs."""
    found = {state}
    while further := {after for s in found for after in TRANSITIONS[s]} - found:
        found |= further
    return found


async def _step(
    world: RoutingWorld, chance: random.Random, country: str, orders: list[str]
) -> None:
    step, flight_id = chance.choice(STEPS), chance.choice(world.flights)
    if step == "place":
        orders.append(
            await world.place(
                country,
                weight_g=chance.randint(1, 4_000),
                volume_cm3=chance.randint(1, 24_000),
            )
        )
    elif step in ("ready", "cancel") and orders:
        act = world.make_ready if step == "ready" else world.cancel
        await act(chance.choice(orders))
    elif step == "close":
        if (await world.flight_row(flight_id)).cut_off_at is not None:
            await world.close(flight_id)
    elif step == "signed" and orders:
        await _sign(world, chance.choice(orders))
    elif step == "look":
        await jobs.look_again(JobContext(world.db, world.clock))
    elif step == "time":
        world.clock.advance(hours=1)
    elif step == "fog" and chance.random() < 0.3:
        await _try_cancel(world, flight_id)
    elif step in ("DEP", "ARR", "DLV"):
        await _report(world, step, flight_id)
    async with world.db.transaction(PARK) as uow:
        await rebook_due(uow, now=world.clock.now(), shipments_max=100)


async def _try_cancel(world: RoutingWorld, flight_id: str) -> None:
    try:
        async with world.db.transaction(PARK) as uow:
            await cancel_flight(uow, flight_id=flight_id, reason="fog", now=world.clock.now())
    except AirlaneError as refusal:
        assert refusal.code == "routing.flight.not_cancellable"  # noqa: PT017 - or it went well


async def _report(world: RoutingWorld, code: str, flight_id: str) -> None:
    flight = await world.flight_row(flight_id)
    airport = flight.origin if code == "DEP" else flight.destination
    await _send(world, StatusUpdate(code, airport, world.clock.now(), flight_id=flight_id))


async def _sign(world: RoutingWorld, order_id: str) -> None:
    waybill = (await world.shipment(order_id)).house_waybill
    if waybill is not None:
        await _send(world, StatusUpdate("DLV", "LHR", world.clock.now(), house_waybill=waybill))


async def _send(world: RoutingWorld, update: StatusUpdate) -> None:
    async with world.db.transaction(PARK) as uow:
        (outcome,) = await record_status_updates(
            uow, updates=[update], reported_by="test", now=world.clock.now()
        )
    if isinstance(outcome, AirlaneError):
        assert outcome.code in REFUSALS
