"""The flights of the next 14 days, kept complete in the database."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.domain.flights.schedule import generated_flights
from services.routing.domain.network.records import Airport
from services.routing.repository import network
from services.routing.repository.flights import timetable
from services.routing.repository.turn import take_turn
from services.routing.use_cases.network import load_network
from shared.db import UnitOfWork


async def ensure_timetable(uow: UnitOfWork, *, now: datetime) -> None:
    """Fills the timetable of a new park: reference data, then flights."""
    if (await timetable.get_timetable_state(uow)).reference_digest is None:
        await load_network(uow)
    await extend_timetable(uow, now=now)


async def extend_timetable(uow: UnitOfWork, *, now: datetime) -> int:
    """Generates the departures that are missing up to the horizon; returns how many were added."""
    if (await timetable.get_timetable_state(uow)).missing_days(now) is None:
        return 0
    await take_turn(uow)
    days = (await timetable.get_timetable_state(uow)).missing_days(now)
    routes = await network.list_routes(uow)
    if days is None or not routes:
        return 0
    first_on, last_on = days
    zones = _time_zones(await network.list_airports(uow))
    handling = await network.get_handling_times(uow)
    planned = [
        departure
        for route in routes
        for departure in generated_flights(
            route,
            time_zone=zones[route.origin],
            first=first_on,
            last=last_on,
            cut_off=handling.cut_off(route.origin),
        )
        if departure.departs_at > now
    ]
    added = await timetable.add_flights(uow, planned)
    await timetable.set_days(uow, first_on=first_on, last_on=last_on)
    return added


def _time_zones(airports: Sequence[Airport]) -> dict[str, str]:
    return {airport.iata: airport.time_zone for airport in airports}
