"""Whatever happens in whatever order, a flight has taken exactly what its shipments hold."""

import random

import pytest

from services.routing.domain.status import StatusUpdate
from services.routing.use_cases.booking import rebook_due
from services.routing.use_cases.flights import cancel_flight
from services.routing.use_cases.status_updates import record_status_updates
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK
from tests.integration.routing.routing_builders import (
    Park,
)

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

    for _ in range(50):
        await _step(park, chance, country, orders)
        await park.check_books()

    for order_id in orders:
        await park.event_types(order_id)  # versions without gaps


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
        await record_status_updates(uow, updates=[update], reported_by="test", now=park.clock.now())
