"""Whatever happens in whatever order, a flight has taken exactly what its shipments hold, and no
shipment goes a way that its states do not allow."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.routing.domain.shipment import TRANSITIONS, ShipmentStatus
from services.routing.domain.status import StatusUpdate
from services.routing.use_cases.booking import rebook_due
from services.routing.use_cases.flights import cancel_flight
from services.routing.use_cases.status_updates import record_status_updates
from shared.db import Statement
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK
from tests.integration.routing.routing_builders import (
    START,
    Park,
)

_STATES = Statement(
    text("SELECT id, state FROM routing.shipments WHERE tenant_id = :tenant ORDER BY id")
)

# What an airline may be told at a moment drawn by lot: too early, or of a flight that is off.
REFUSALS = ("routing.flight.manifest_open", "routing.flight.cancelled")
STEPS = (
    ["place"] * 8 + ["ready"] * 6 + ["cancel", "close", "close", "DEP", "ARR", "DLV", "fog", "time"]
)


@pytest.mark.parametrize("seed", range(4))
async def test_the_books_balance_after_every_step(park: Park, seed: int) -> None:
    chance = random.Random(seed)
    via, _ = await park.airport()
    end, country = await park.airport()
    for n in range(3):
        await park.flight(park.hub, via, departs_h=8 + 4 * n, weight_kg=12)
        await park.flight(via, end, departs_h=14 + 5 * n, weight_kg=9, mode="road")
    await park.flight(park.hub, end, departs_h=30, weight_kg=15)
    orders: list[str] = []
    states = States(park)

    for _ in range(50):
        await _step(park, chance, country, orders)
        await park.check_books()
        await states.follow()

    # Whatever chance did, one more flight takes goods to the door.
    hours = (park.clock.now() - START) / timedelta(hours=1)
    last = await park.flight(park.hub, end, departs_h=hours + 10, weight_kg=15)
    orders += [await park.place(country) for _ in range(3)]
    await park.make_ready(*orders[-3:])
    await park.close(last)
    for code in ("DEP", "ARR", "DLV"):
        await _report(park, code, last)
        await park.check_books()
        await states.follow()

    assert [(await park.shipment(order_id))["state"] for order_id in orders[-3:]] == [
        "delivered"
    ] * 3
    for order_id in orders:
        await park.event_types(order_id)  # versions without gaps


class States:
    """Of all shipments of a park: each goes only where the table of states lets it."""

    def __init__(self, park: Park) -> None:
        self._park = park
        self._known: dict[str, ShipmentStatus] = {}

    async def follow(self) -> None:
        async with self._park.db.read(self._park.merchant) as reader:
            rows = await reader.fetch_all(_STATES, tenant=self._park.merchant)
        for row in rows:
            before = self._known.get(row["id"], ShipmentStatus.WAITING)
            after = self._known[row["id"]] = ShipmentStatus(row["state"])
            assert after in _reachable(before), (before, after)


def _reachable(state: ShipmentStatus) -> set[ShipmentStatus]:
    """One step of the test may be several of the table: a late manifest closes, then departs."""
    found = {state}
    while further := {after for s in found for after in TRANSITIONS[s]} - found:
        found |= further
    return found


async def _step(park: Park, chance: random.Random, country: str, orders: list[str]) -> None:
    step, flight_id = chance.choice(STEPS), chance.choice(park.flights)
    if step == "place":
        orders.append(
            await park.place(
                country,
                weight_g=chance.randint(1, 4_000),
                volume_cm3=chance.randint(1, 24_000),
            )
        )
    elif step in ("ready", "cancel") and orders:
        act = park.make_ready if step == "ready" else park.cancel
        await act(chance.choice(orders))
    elif step == "close":
        if (await park.flight_row(flight_id))["cut_off_at"] is not None:
            await park.close(flight_id)
    elif step == "time":
        park.clock.advance(hours=1)
    elif step == "fog" and chance.random() < 0.3:
        await _try_cancel(park, flight_id)
    elif step in ("DEP", "ARR", "DLV"):
        await _report(park, step, flight_id)
    async with park.db.transaction(PARK) as uow:
        await rebook_due(uow, now=park.clock.now(), limit=100)


async def _try_cancel(park: Park, flight_id: str) -> None:
    try:
        async with park.db.transaction(PARK) as uow:
            await cancel_flight(uow, flight_id=flight_id, reason="fog", now=park.clock.now())
    except AirlaneError as refusal:
        assert refusal.code == "routing.flight.not_cancellable"  # noqa: PT017 - or it went well


async def _report(park: Park, code: str, flight_id: str) -> None:
    flight = await park.flight_row(flight_id)
    airport = flight["origin"] if code == "DEP" else flight["destination"]
    update = StatusUpdate(code, airport, park.clock.now(), flight_id=flight_id)
    async with park.db.transaction(PARK) as uow:
        (outcome,) = await record_status_updates(
            uow, updates=[update], reported_by="test", now=park.clock.now()
        )
    if isinstance(outcome, AirlaneError):
        assert outcome.code in REFUSALS
