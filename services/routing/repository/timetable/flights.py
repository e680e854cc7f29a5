"""The dated flights of the timetable: which days exist, new ones, and what a search reads of them.

Every change of what is flown gets the next change number from a trigger; a change of the room on a
flight does not.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from services.routing.domain.itineraries.flights import FlightRow, Room
from services.routing.domain.timetable.dated import DatedFlight
from services.routing.domain.timetable.state import TimetableState
from shared.db import (
    BIGINT,
    DAY,
    INSTANT,
    INSTANTS,
    INTEGER,
    TEXTS,
    Reader,
    UnitOfWork,
    array_of,
    sql,
)

_STATE: Final = sql(
    """
    SELECT version || '/' || (SELECT version FROM routing.rate_book) AS version,
        coalesce(pg_sequence_last_value('routing.flight_change'), 0) AS change_no, first_on,
        last_on, reference_digest
    FROM routing.timetable WHERE id = 1
    """,
    TimetableState,
)

_SET_DAYS: Final = sql(
    """
    UPDATE routing.timetable SET first_on = least(first_on, :first_on),
        last_on = greatest(last_on, :last_on) WHERE id = 1
    """,
    first_on=DAY,
    last_on=DAY,
)

_ADD_FLIGHTS: Final = sql(
    """
    INSERT INTO routing.flights (
        id, schedule_id, operated_on, leg_no, route_id, carrier, flight_number, departs_on, mode,
        vehicle, origin, destination, departs_at, arrives_at, cut_off_at, capacity_g, capacity_cm3,
        remaining_g, remaining_cm3, state, synthetic)
    SELECT d.id, s.id, d.operated_on, d.leg_no, s.route_id, s.carrier, s.flight_number,
        d.departs_on, l.mode, l.vehicle, l.origin, l.destination, d.departs_at, d.arrives_at,
        d.cut_off_at, CAST(l.payload_kg AS bigint) * 1000, CAST(l.volume_dm3 AS bigint) * 1000,
        CAST(l.payload_kg AS bigint) * 1000, CAST(l.volume_dm3 AS bigint) * 1000, 'scheduled',
        s.basis = 'synthetic'
    FROM unnest(:ids, :schedule_ids, :operated_on, :leg_nos, :departs_on, :departs_at, :arrives_at,
                :cut_off_at)
        AS d(id, schedule_id, operated_on, leg_no, departs_on, departs_at, arrives_at, cut_off_at)
    JOIN routing.schedules s ON s.id = d.schedule_id
    JOIN routing.schedule_legs l ON l.schedule_id = d.schedule_id AND l.leg_no = d.leg_no
    ON CONFLICT DO NOTHING
    """,
    ids=TEXTS,
    schedule_ids=TEXTS,
    operated_on=array_of(DAY),
    leg_nos=array_of(INTEGER),
    departs_on=array_of(DAY),
    departs_at=INSTANTS,
    arrives_at=INSTANTS,
    cut_off_at=INSTANTS,
)

_READ: Final = """
    SELECT f.id, f.flight_number AS number, f.carrier, f.mode, f.vehicle, f.origin, f.destination,
        coalesce(f.schedule_id || '/' || f.operated_on, f.id) AS trip, f.leg_no, f.departs_on,
        f.departs_at, f.arrives_at, f.cut_off_at, f.capacity_g, f.capacity_cm3, l.distance_km,
        f.state = 'scheduled' AS is_open, f.synthetic, f.change_no
    FROM routing.flights f
    LEFT JOIN routing.schedule_legs l ON l.schedule_id = f.schedule_id AND l.leg_no = f.leg_no
"""
_OPEN_FLIGHTS: Final = sql(
    f"""
    {_READ} WHERE f.state = 'scheduled' AND f.departs_at > :now AND f.change_no > :after_no
    ORDER BY f.change_no LIMIT :rows_max
    """,
    FlightRow,
    now=INSTANT,
    after_no=BIGINT,
    rows_max=INTEGER,
)
_CHANGED_FLIGHTS: Final = sql(
    f"{_READ} WHERE f.change_no > :after_no ORDER BY f.change_no LIMIT :rows_max",
    FlightRow,
    after_no=BIGINT,
    rows_max=INTEGER,
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


async def get_timetable_state(reader: Reader) -> TimetableState:
    schedule = await reader.fetch_first(_STATE)
    assert schedule is not None, "the first migration inserts it"
    return schedule


async def set_days(uow: UnitOfWork, *, first_on: date, last_on: date) -> None:
    await uow.execute(_SET_DAYS, first_on=first_on, last_on=last_on)


async def add_flights(uow: UnitOfWork, planned: Sequence[DatedFlight]) -> int:
    """Adds what is not there yet; returns how many."""
    return await uow.execute(
        _ADD_FLIGHTS,
        ids=[flight.id for flight in planned],
        schedule_ids=[flight.schedule_id for flight in planned],
        operated_on=[flight.operated_on for flight in planned],
        leg_nos=[flight.leg_no for flight in planned],
        departs_on=[flight.departs_on for flight in planned],
        departs_at=[flight.departs_at for flight in planned],
        arrives_at=[flight.arrives_at for flight in planned],
        cut_off_at=[flight.cut_off_at for flight in planned],
    )


async def list_open_flights(
    reader: Reader, *, now: datetime, after_no: int, rows_max: int
) -> list[FlightRow]:
    """Those that can be booked, by change number."""
    return await reader.fetch_all(_OPEN_FLIGHTS, now=now, after_no=after_no, rows_max=rows_max)


async def list_changed_flights(reader: Reader, *, after_no: int, rows_max: int) -> list[FlightRow]:
    """Those that have changed since, whatever became of them, by change number."""
    return await reader.fetch_all(_CHANGED_FLIGHTS, after_no=after_no, rows_max=rows_max)


async def get_room(reader: Reader, *, now: datetime) -> dict[str, Room]:
    """What is left on open flights that hold something, by flight."""
    return dict(await reader.fetch_all(_ROOM, now=now))
