"""The flights of the next 14 days, kept complete in the database."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.routing.domain.network.times import HandlingTimes
from services.routing.domain.timetable.dated import CutOff, DatedFlight, dated_flights
from services.routing.domain.timetable.schedule import Schedule
from services.routing.repository import network
from services.routing.repository.timetable import flights
from services.routing.repository.timetable.schedules import list_schedules
from services.routing.repository.turn import take_turn
from services.routing.use_cases.network import load_network
from shared.db import Reader, UnitOfWork


async def ensure_timetable(uow: UnitOfWork, *, now: datetime) -> None:
    """Fills the timetable of a new park: the network, then flights."""
    if (await flights.get_timetable_state(uow)).reference_digest is None:
        await load_network(uow)
    await extend_timetable(uow, now=now)


async def extend_timetable(uow: UnitOfWork, *, now: datetime) -> int:
    """Adds the departures that are missing up to the horizon; returns how many."""
    if (await flights.get_timetable_state(uow)).missing_days(now) is None:
        return 0
    await take_turn(uow)
    days = (await flights.get_timetable_state(uow)).missing_days(now)
    if days is None:
        return 0
    first_on, last_on = days
    schedules = await list_schedules(uow, first_on=first_on, last_on=last_on)
    if not schedules:
        return 0
    added = await add_days(uow, schedules, first_on=first_on, last_on=last_on, now=now)
    await flights.set_days(uow, first_on=first_on, last_on=last_on)
    return added


async def add_days(
    uow: UnitOfWork, schedules: Sequence[Schedule], *, first_on: date, last_on: date, now: datetime
) -> int:
    """Adds what these schedules fly on the days from `first_on` to `last_on` and is not there yet.

    The caller has taken the turn.
    """
    zones, cut_off = await get_zones(uow), await get_cut_off(uow)
    planned: list[DatedFlight] = [
        flight
        for schedule in schedules
        for flight in dated_flights(
            schedule, zones=zones, first=first_on, last=last_on, cut_off=cut_off
        )
        if flight.departs_at > now
    ]
    return await flights.add_flights(uow, planned)


async def get_zones(reader: Reader) -> dict[str, ZoneInfo]:
    """The time zone of every airport."""
    return {
        airport.iata: ZoneInfo(airport.time_zone) for airport in await network.list_airports(reader)
    }


async def get_cut_off(reader: Reader) -> CutOff:
    return _cut_off_by(await network.get_handling_times(reader))


def _cut_off_by(handling: HandlingTimes) -> CutOff:
    return lambda _schedule, leg: handling.cut_off(leg.origin)
