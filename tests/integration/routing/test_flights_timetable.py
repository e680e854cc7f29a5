"""The timetable fills itself, once, and moves on with business time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from services.routing import jobs
from services.routing.clients.network_files import DATA, read_network
from services.routing.use_cases.flights import manifests
from services.routing.use_cases.itineraries.copy import COPY
from services.routing.use_cases.network import load_network
from services.routing.use_cases.timetable.horizon import extend_timetable
from shared.db import Database, UnitOfWork, sql
from shared.db.migrate import upgrade
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.support.worlds.routing import (
    START,
    RoutingWorld,
)

DbFor = Callable[[str], Awaitable[Database]]


@dataclass(frozen=True, slots=True)
class Flights:
    flights: int
    routes: int
    first_at: datetime
    last_at: datetime
    synthetic: bool
    without_cut_off: int


COUNT = sql(
    """
    SELECT count(*) AS flights, count(DISTINCT route_id) AS routes, min(departs_at) AS first_at,
        max(departs_at) AS last_at, bool_and(synthetic) AS synthetic,
        count(*) FILTER (WHERE origin = 'EHU' AND cut_off_at IS NULL) AS without_cut_off
    FROM routing.flights
    """,
    Flights,
)


async def fresh(postgres: Postgres) -> tuple[Database, str]:
    name = await postgres.create_database()
    await postgres.bootstrap(name, "routing")
    await upgrade("routing", postgres.owner_dsn("routing", name))
    return Database(postgres.app_dsn("routing", name), schema="routing", size=2), name


async def test_a_fresh_park_gets_routes_and_two_weeks_of_flights_and_then_day_by_day(
    postgres: Postgres, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, name = await fresh(postgres)
    try:
        # The first order comes before any job has run.
        monkeypatch.setattr(COPY, "basis", None)
        first_in = RoutingWorld(db, clock)
        shipment = await first_in.shipment(await first_in.place("GB"))
        await jobs.extend_timetable(JobContext(db, clock))
        async with db.read(PARK) as reader:
            first = await reader.fetch_first(COUNT)
        async with db.transaction(PARK) as uow:
            assert not await load_network(uow), "nothing to load twice"
            assert await extend_timetable(uow, now=clock.now()) == 0
        clock.advance(days=1)
        async with db.transaction(PARK) as uow:
            added = await extend_timetable(uow, now=clock.now())
            assert await extend_timetable(uow, now=clock.now()) == 0
        async with db.read(PARK) as reader:
            after = await reader.fetch_first(COUNT)
    finally:
        await db.close()
        await postgres.drop_database(name)

    assert (shipment.state, shipment.ready_at) == ("booked", START + timedelta(hours=4))
    assert first is not None
    assert after is not None
    assert (first.routes, first.synthetic, first.without_cut_off) == (
        len(read_network(DATA).routes),
        True,
        0,
    )
    assert first.first_at > START
    assert first.last_at >= START + timedelta(days=14)
    assert after.flights == first.flights + added
    assert added > 50


async def test_a_flight_that_cannot_close_for_whatever_reason_does_not_hold_up_the_others(
    world: RoutingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, _ = await world.airport()
    flights = [await world.flight(world.hub, end, departs_h=-2000) for _ in range(3)]
    close_manifest = manifests.close_manifest

    async def broken_for_one(uow: UnitOfWork, *, flight_id: str, now: datetime) -> None:
        if flight_id == flights[1]:
            raise KeyError(flight_id)
        await close_manifest(uow, flight_id=flight_id, now=now)

    monkeypatch.setattr(manifests, "close_manifest", broken_for_one)

    await jobs.close_manifests(JobContext(world.db, world.clock))

    states = [(await world.flight_row(flight)).state for flight in flights]
    assert states == ["closed", "scheduled", "closed"]


async def test_the_job_closes_what_is_due_and_leaves_the_rest(world: RoutingWorld) -> None:
    end, country = await world.airport()
    due = await world.flight(world.hub, end, departs_h=-2000)
    later = await world.flight(world.hub, end, departs_h=100)
    order_id = await world.place(country)

    await jobs.close_manifests(JobContext(world.db, world.clock))
    await jobs.rebook_shipments(JobContext(world.db, world.clock))

    assert (await world.flight_row(due)).state == "closed"
    assert (await world.flight_row(later)).state == "scheduled"
    assert await world.legs(order_id) == [later]
