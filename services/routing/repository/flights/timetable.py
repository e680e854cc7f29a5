"""Writes on the timetable: which days it covers, its flights, and the room on them.

A change of what is flown renews `timetable.version`; a change of capacity does not.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from services.routing.domain.flights.schedule import GeneratedFlight, TimetableState
from services.routing.domain.flights.timetable import OpenFlight, Room
from shared.db import (
    BIGINTS,
    DAY,
    INSTANT,
    INSTANTS,
    TEXT,
    TEXTS,
    Reader,
    UnitOfWork,
    array_of,
    sql,
)
from shared.kernel.ids import new_id

_STATE: Final = sql(
    "SELECT version, first_on, last_on, reference_digest FROM routing.timetable WHERE id = 1",
    TimetableState,
)

_SET_DAYS: Final = sql(
    """
    UPDATE routing.timetable SET version = :version, first_on = least(first_on, :first_on),
        last_on = greatest(last_on, :last_on) WHERE id = 1
    """,
    version=TEXT,
    first_on=DAY,
    last_on=DAY,
)

_ADD_FLIGHTS: Final = sql(
    """
    INSERT INTO routing.flights (
        id, route_id, carrier, flight_number, departs_on, mode, vehicle, origin, destination,
        departs_at, arrives_at, cut_off_at, capacity_g, capacity_cm3, remaining_g, remaining_cm3,
        state, synthetic)
    SELECT d.id, r.id, r.carrier, d.flight_number, d.departs_on, r.mode, r.vehicle, r.origin,
        r.destination, d.departs_at, d.arrives_at, d.cut_off_at, d.capacity_g, d.capacity_cm3,
        d.capacity_g, d.capacity_cm3, 'scheduled', true
    FROM unnest(:ids, :route_ids, :numbers, :departs_on, :departs_at, :arrives_at, :cut_off_at,
                :capacity_g, :capacity_cm3)
        AS d(id, route_id, flight_number, departs_on, departs_at, arrives_at, cut_off_at,
             capacity_g, capacity_cm3)
    JOIN routing.routes r ON r.id = d.route_id
    ON CONFLICT DO NOTHING
    """,
    ids=TEXTS,
    route_ids=TEXTS,
    numbers=TEXTS,
    departs_on=array_of(DAY),
    departs_at=INSTANTS,
    arrives_at=INSTANTS,
    cut_off_at=INSTANTS,
    capacity_g=BIGINTS,
    capacity_cm3=BIGINTS,
)

_OPEN_FLIGHTS: Final = sql(
    """
    SELECT id, flight_number AS number, mode, origin, destination, departs_at, arrives_at,
        cut_off_at, capacity_g, capacity_cm3
    FROM routing.flights WHERE state = 'scheduled' AND departs_at > :now
    ORDER BY departs_at, id
    """,
    OpenFlight,
    now=INSTANT,
)


def _room(id: str, remaining_g: int, remaining_cm3: int) -> tuple[str, Room]:  # noqa: A002
    return id, (remaining_g, remaining_cm3)


_ROOM: Final = sql(
    """
    SELECT id, remaining_g, remaining_cm3 FROM routing.flights
    WHERE state = 'scheduled' AND departs_at > :now AND booked_shipments > 0
    """,
    _room,
    now=INSTANT,
)

_RENEW: Final = sql(
    "UPDATE routing.timetable SET version = :version WHERE id = 1",
    version=TEXT,
)


async def get_timetable_state(reader: Reader) -> TimetableState:
    schedule = await reader.fetch_first(_STATE)
    assert schedule is not None, "the first migration inserts it"
    return schedule


async def set_days(uow: UnitOfWork, *, first_on: date, last_on: date) -> None:
    await uow.execute(_SET_DAYS, version=new_id("tbl"), first_on=first_on, last_on=last_on)


async def renew_timetable(uow: UnitOfWork) -> None:
    await uow.execute(_RENEW, version=new_id("tbl"))


async def add_flights(uow: UnitOfWork, planned: Sequence[GeneratedFlight]) -> int:
    """Adds what is not there yet; returns how many."""
    return await uow.execute(
        _ADD_FLIGHTS,
        ids=[departure.id for departure in planned],
        route_ids=[departure.route_id for departure in planned],
        numbers=[departure.flight_number for departure in planned],
        departs_on=[departure.departs_on for departure in planned],
        departs_at=[departure.departs_at for departure in planned],
        arrives_at=[departure.arrives_at for departure in planned],
        cut_off_at=[departure.cut_off_at for departure in planned],
        capacity_g=[departure.capacity_g for departure in planned],
        capacity_cm3=[departure.capacity_cm3 for departure in planned],
    )


async def list_open_flights(uow: UnitOfWork, *, now: datetime) -> list[OpenFlight]:
    return await uow.fetch_all(_OPEN_FLIGHTS, now=now)


async def get_room(uow: UnitOfWork, *, now: datetime) -> dict[str, Room]:
    """What is left on open flights that hold something, by flight."""
    return dict(await uow.fetch_all(_ROOM, now=now))
