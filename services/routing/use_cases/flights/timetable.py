"""The flights of the next 14 days: kept complete in the database, and read into memory to search.

What is in memory is a copy with a version and an age, shared by nobody: it speeds up the search and
decides nothing. Room on a flight is decided by the statement that takes it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from services.routing.domain.flights.schedule import HORIZON_DAYS, Departure, Route, departures
from services.routing.domain.flights.timetable import Flight, HandlingTimes, Timetable
from services.routing.domain.shipments.reachability import Network, Place
from services.routing.repository import flights, reference, shipments
from services.routing.use_cases.reference import load_reference
from shared.db import UnitOfWork
from shared.kernel.clock import monotonic_s

HUB: Final = "EHU"
_AGE_S_MAX: Final = 2.0
"""Room given back on a flight is seen after that long at the latest."""


@dataclass(frozen=True)
class Planning:
    """All a search needs. `routes` with the time zone of their origin."""

    timetable: Timetable
    network: Network
    handling: HandlingTimes
    allowance_h: Mapping[str, int]
    read_at_s: float

    @property
    def version(self) -> str:
        return self.timetable.version


class _Copy:
    """The newest planning of this process. Versions are unique, so databases cannot mix."""

    planning: Planning | None = None


async def prepare(uow: UnitOfWork, *, now: datetime) -> None:
    """Before the first booking of this process: a fresh park may have no reference data yet."""
    if _Copy.planning is None:
        await ensure_timetable(uow, now=now)


async def current_planning(uow: UnitOfWork, *, version: str, now: datetime) -> Planning:
    """The copy in memory if it shows schedule `version` and is young, else a fresh one."""
    copy = _Copy.planning
    if copy is None or copy.version != version:
        return await _read_planning(uow, now=now)
    if monotonic_s() - copy.read_at_s > _AGE_S_MAX:
        return await refreshed(uow, copy, now=now)
    return copy


async def refreshed(uow: UnitOfWork, planning: Planning, *, now: datetime) -> Planning:
    """The same with what is really left on each flight; exact for whoever has taken his turn."""
    version = str((await flights.timetable(uow))["version"])
    if version != planning.version:
        return await _read_planning(uow, now=now)
    timetable = planning.timetable.with_room(await flights.room(uow, now=now))
    _Copy.planning = replace(planning, timetable=timetable, read_at_s=monotonic_s())
    return _Copy.planning


async def _read_planning(uow: UnitOfWork, *, now: datetime) -> Planning:
    await ensure_timetable(uow, now=now)
    version = str((await flights.timetable(uow))["version"])
    handling = HandlingTimes(
        {
            (row["airport"], row["step"]): row["minutes"]
            for row in await reference.handling_times(uow)
        }
    )
    allowances = await reference.delivery_allowances(uow)
    _Copy.planning = Planning(
        timetable=await _read_timetable(uow, version, handling, now=now),
        network=await _read_network(uow),
        handling=handling,
        allowance_h={row["country"]: row["hours"] for row in allowances},
        read_at_s=monotonic_s(),
    )
    return _Copy.planning


async def _read_timetable(
    uow: UnitOfWork, version: str, handling: HandlingTimes, *, now: datetime
) -> Timetable:
    rows = await flights.open_flights(uow, now=now)
    # Columns stand in the order of the fields.
    open_flights = [Flight(*row) for row in rows]
    return Timetable(version, open_flights, handling, await flights.room(uow, now=now))


async def _read_network(uow: UnitOfWork) -> Network:
    airports = await reference.airports(uow)
    airports_of: dict[str, list[str]] = defaultdict(list)
    for row in airports:
        if row["iata"] != HUB:
            airports_of[row["country"]].append(row["iata"])
    return Network(
        routes=[route for route, _ in await _read_routes(uow)],
        airports={r["iata"]: Place(r["latitude_deg"], r["longitude_deg"]) for r in airports},
        airports_of=airports_of,
        countries={
            r["country"]: Place(r["latitude_deg"], r["longitude_deg"])
            for r in await reference.country_places(uow)
        },
    )


async def _read_routes(uow: UnitOfWork) -> list[tuple[Route, str]]:
    rows = await reference.routes(uow)
    names = Route.__dataclass_fields__
    return [(Route(**{name: row[name] for name in names}), row["time_zone"]) for row in rows]


async def ensure_timetable(uow: UnitOfWork, *, now: datetime) -> None:
    """Whoever comes first in a fresh park fills it: reference data, then flights."""
    if (await flights.timetable(uow))["reference_digest"] is None:
        await load_reference(uow)
    await extend_timetable(uow, now=now)


async def extend_timetable(uow: UnitOfWork, *, now: datetime) -> int:
    """Generates the departures that are missing up to the horizon; returns how many were added."""
    if _missing_days(await flights.timetable(uow), now) is None:
        return 0
    await shipments.take_turn(uow)
    days = _missing_days(await flights.timetable(uow), now)
    routes = await _read_routes(uow)
    if days is None or not routes:
        return 0
    first_on, last_on = days
    cut_off = {
        row["airport"]: timedelta(minutes=row["minutes"])
        for row in await reference.handling_times(uow)
        if row["step"] == "cut_off"
    }
    planned = [
        (departure, cut_off.get(route.origin))
        for route, time_zone in routes
        for departure in departures(route, time_zone=time_zone, first=first_on, last=last_on)
        if departure.departs_at > now
    ]
    added = await flights.add_flights(uow, **_columns(planned))
    await flights.set_days(uow, first_on=first_on, last_on=last_on)
    return added


def _missing_days(timetable: Mapping[str, date | None], now: datetime) -> tuple[date, date] | None:
    """Local days to generate. A day more at both ends covers every time zone."""
    today, horizon = now.date(), (now + timedelta(days=HORIZON_DAYS)).date()
    first_on, last_on = timetable["first_on"], timetable["last_on"]
    wanted_first, wanted_last = today - timedelta(days=1), horizon + timedelta(days=1)
    if first_on is None or last_on is None or wanted_first < first_on:
        return wanted_first, wanted_last
    if last_on >= wanted_last:
        return None
    return max(wanted_first, last_on + timedelta(days=1)), wanted_last


def _columns(planned: list[tuple[Departure, timedelta | None]]) -> dict[str, list[object]]:
    return {
        "ids": [d.id for d, _ in planned],
        "route_ids": [d.route_id for d, _ in planned],
        "numbers": [d.flight_number for d, _ in planned],
        "departs_on": [d.departs_on for d, _ in planned],
        "departs_at": [d.departs_at for d, _ in planned],
        "arrives_at": [d.arrives_at for d, _ in planned],
        "cut_off_at": [d.departs_at - c if c else None for d, c in planned],
        "capacity_g": [d.capacity_g for d, _ in planned],
        "capacity_cm3": [d.capacity_cm3 for d, _ in planned],
    }
