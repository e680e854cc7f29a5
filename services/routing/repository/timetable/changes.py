"""Writes on flights that a timetable or an operator changes, and the shipments that hold them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from services.routing.domain.flights.flight import FlightStatus
from services.routing.domain.network.records import Mode
from services.routing.domain.timetable.changes import (
    FlightChange,
    FlightPlan,
    NextTo,
    Place,
    PlannedFlight,
)
from shared.db import (
    BIGINTS,
    BOOLEAN,
    DAY,
    INSTANT,
    INSTANTS,
    INTEGER,
    TEXT,
    TEXTS,
    UnitOfWork,
    array_of,
    sql,
)


def _planned_flight(  # noqa: PLR0917 - a row's columns
    id: str,  # noqa: A002 - the name of the column
    number: str,
    operated_on: date | None,
    leg_no: int,
    status: str,
    schedule_id: str | None,
    mode: Mode,
    vehicle: str,
    origin: str,
    destination: str,
    departs_on: date,
    departs_at: datetime,
    arrives_at: datetime,
    cut_off_at: datetime | None,
    capacity_g: int,
    capacity_cm3: int,
    synthetic: bool,
    remaining_g: int,
    remaining_cm3: int,
    booked_shipments: int,
    version: int,
) -> PlannedFlight:
    plan = FlightPlan(
        schedule_id,
        mode,
        vehicle,
        origin,
        destination,
        departs_on,
        departs_at,
        arrives_at,
        cut_off_at,
        capacity_g,
        capacity_cm3,
        synthetic,
    )
    return PlannedFlight(
        id,
        number,
        operated_on,
        leg_no,
        FlightStatus(status),
        plan,
        remaining_g,
        remaining_cm3,
        booked_shipments,
        version,
    )


_COLUMNS: Final = """
    id, flight_number AS number, operated_on, leg_no, state AS status, schedule_id, mode, vehicle,
    origin, destination, departs_on, departs_at, arrives_at, cut_off_at, capacity_g, capacity_cm3,
    synthetic, remaining_g, remaining_cm3, booked_shipments, version
"""
_FLIGHT: Final = sql(
    f"SELECT {_COLUMNS} FROM routing.flights WHERE id = :flight_id FOR UPDATE",  # noqa: S608
    _planned_flight,
    flight_id=TEXT,
)
_FLIGHTS_OF_NUMBERS: Final = sql(
    f"""
    SELECT {_COLUMNS} FROM routing.flights
    WHERE flight_number = ANY(:numbers) AND operated_on BETWEEN :first_on AND :last_on
    ORDER BY id FOR UPDATE
    """,  # noqa: S608 - a constant
    _planned_flight,
    numbers=TEXTS,
    first_on=DAY,
    last_on=DAY,
)
# A flight that flies after all was cancelled before; the others are open.
_CHANGE: Final = sql(
    """
    UPDATE routing.flights f SET schedule_id = c.schedule_id, mode = c.mode, vehicle = c.vehicle,
        origin = c.origin, destination = c.destination, departs_on = c.departs_on,
        departs_at = c.departs_at, arrives_at = c.arrives_at, cut_off_at = c.cut_off_at,
        capacity_g = c.capacity_g, capacity_cm3 = c.capacity_cm3,
        remaining_g = f.remaining_g + c.capacity_g - f.capacity_g,
        remaining_cm3 = f.remaining_cm3 + c.capacity_cm3 - f.capacity_cm3,
        synthetic = c.synthetic, version = c.version, state = 'scheduled', cancelled_at = NULL,
        cancel_reason = NULL, closed_at = NULL,
        master_waybill = CASE WHEN f.state = 'scheduled' THEN f.master_waybill END
    FROM unnest(:ids, :schedule_ids, :modes, :vehicles, :origins, :destinations, :departs_on,
            :departs_at, :arrives_at, :cut_off_at, :capacity_g, :capacity_cm3, :synthetic,
            :versions, :known_states, :known_versions)
        AS c(id, schedule_id, mode, vehicle, origin, destination, departs_on, departs_at,
             arrives_at, cut_off_at, capacity_g, capacity_cm3, synthetic, version, known_state,
             known_version)
    WHERE f.id = c.id AND f.state = c.known_state AND f.version = c.known_version
    """,
    ids=TEXTS,
    schedule_ids=TEXTS,
    modes=TEXTS,
    vehicles=TEXTS,
    origins=TEXTS,
    destinations=TEXTS,
    departs_on=array_of(DAY),
    departs_at=INSTANTS,
    arrives_at=INSTANTS,
    cut_off_at=INSTANTS,
    capacity_g=BIGINTS,
    capacity_cm3=BIGINTS,
    synthetic=array_of(BOOLEAN),
    versions=array_of(INTEGER),
    known_states=TEXTS,
    known_versions=array_of(INTEGER),
)
_CANCEL: Final = sql(
    """
    UPDATE routing.flights
    SET state = 'cancelled', cancelled_at = :now, cancel_reason = :reason, version = version + 1
    WHERE id = ANY(:ids) AND state = 'scheduled'
    """,
    ids=TEXTS,
    reason=TEXT,
    now=INSTANT,
)


def _place(  # noqa: PLR0917 - a row's columns
    shipment_id: str,
    flight_id: str,
    leg_no: int,
    ready_at: datetime | None,
    came_number: str | None,
    came_operated_on: date | None,
    came_leg_no: int | None,
    came_mode: Mode | None,
    came_at: datetime | None,
    on_number: str | None,
    on_operated_on: date | None,
    on_leg_no: int | None,
    on_mode: Mode | None,
    on_at: datetime | None,
) -> Place:
    return Place(
        shipment_id,
        flight_id,
        leg_no,
        _next_to(came_number, came_operated_on, came_leg_no, came_mode, came_at),
        _next_to(on_number, on_operated_on, on_leg_no, on_mode, on_at),
        ready_at,
    )


def _next_to(
    number: str | None,
    operated_on: date | None,
    leg_no: int | None,
    mode: Mode | None,
    at: datetime | None,
) -> NextTo | None:
    if number is None or leg_no is None or mode is None or at is None:
        return None
    return NextTo(number, operated_on, leg_no, mode, at)


# Places that are not used yet, with the flights next to them as they are planned or were flown.
_PLACES: Final = sql(
    """
    SELECT l.shipment_id, l.flight_id, l.leg_no,
        CASE WHEN s.released_at IS NULL OR s.screened_at IS NULL
            OR s.cancel_requested_at IS NOT NULL THEN s.ready_at END AS ready_at,
        b.flight_number AS came_number, b.operated_on AS came_operated_on, b.leg_no AS came_leg_no,
        b.mode AS came_mode, coalesce(b.arrived_at, b.arrives_at) AS came_at,
        n.flight_number AS on_number, n.operated_on AS on_operated_on, n.leg_no AS on_leg_no,
        n.mode AS on_mode, n.departs_at AS on_at
    FROM routing.shipment_legs l
    JOIN routing.shipments s ON s.id = l.shipment_id
    LEFT JOIN routing.shipment_legs bl
        ON bl.shipment_id = l.shipment_id AND bl.leg_no = l.leg_no - 1
    LEFT JOIN routing.flights b ON b.id = bl.flight_id
    LEFT JOIN routing.shipment_legs nl
        ON nl.shipment_id = l.shipment_id AND nl.leg_no = l.leg_no + 1
    LEFT JOIN routing.flights n ON n.id = nl.flight_id
    WHERE l.flight_id = ANY(:flight_ids) AND s.state IN ('booked', 'manifested', 'departed')
      AND l.leg_no >= s.leg_no + CASE WHEN s.location IS NULL THEN 1 ELSE 0 END
    """,
    _place,
    flight_ids=TEXTS,
)
# As when a flight is cancelled, but only those named, from the first leg that does not hold.
_STRAND: Final = sql(
    """
    UPDATE routing.shipments s
    SET state = CASE WHEN s.state = 'departed' OR s.state = 'manifested' AND l.leg_no > s.leg_no
            THEN s.state ELSE 'waiting' END,
        master_waybill = CASE
            WHEN s.state = 'departed' OR s.state = 'manifested' AND l.leg_no > s.leg_no
            THEN s.master_waybill END,
        rebook_at = :now
    FROM unnest(:shipment_ids, :leg_nos) AS l(shipment_id, leg_no)
    WHERE s.id = l.shipment_id
      AND l.leg_no >= s.leg_no + CASE WHEN s.location IS NULL THEN 1 ELSE 0 END
      AND s.state IN ('booked', 'manifested', 'departed')
    RETURNING s.id
    """,
    str,
    shipment_ids=TEXTS,
    leg_nos=array_of(INTEGER),
    now=INSTANT,
)


async def find_planned_flight(uow: UnitOfWork, flight_id: str) -> PlannedFlight | None:
    """Locks the row."""
    return await uow.fetch_first(_FLIGHT, flight_id=flight_id)


async def list_flights_of_numbers(
    uow: UnitOfWork, numbers: Sequence[str], *, first_on: date, last_on: date
) -> list[PlannedFlight]:
    """Whatever their status; locks the rows. Days are operating days, both included."""
    return await uow.fetch_all(
        _FLIGHTS_OF_NUMBERS, numbers=numbers, first_on=first_on, last_on=last_on
    )


async def save_changes(uow: UnitOfWork, changes: Sequence[FlightChange]) -> None:
    if not changes:
        return
    plans = [one.after for one in changes]
    saved = await uow.execute(
        _CHANGE,
        ids=[one.before.id for one in changes],
        schedule_ids=[plan.schedule_id for plan in plans],
        modes=[plan.mode for plan in plans],
        vehicles=[plan.vehicle for plan in plans],
        origins=[plan.origin for plan in plans],
        destinations=[plan.destination for plan in plans],
        departs_on=[plan.departs_on for plan in plans],
        departs_at=[plan.departs_at for plan in plans],
        arrives_at=[plan.arrives_at for plan in plans],
        cut_off_at=[plan.cut_off_at for plan in plans],
        capacity_g=[plan.capacity_g for plan in plans],
        capacity_cm3=[plan.capacity_cm3 for plan in plans],
        synthetic=[plan.synthetic for plan in plans],
        versions=[one.version for one in changes],
        known_states=[one.before.status for one in changes],
        known_versions=[one.before.version for one in changes],
    )
    assert saved == len(changes), "a flight changed after it was read"


async def cancel_open_flights(
    uow: UnitOfWork, flights: Sequence[PlannedFlight], *, reason: str, now: datetime
) -> None:
    if flights:
        ids = [flight.id for flight in flights]
        cancelled = await uow.execute(_CANCEL, ids=ids, reason=reason, now=now)
        assert cancelled == len(flights), "a flight changed after it was read"


async def list_places(uow: UnitOfWork, flight_ids: Sequence[str]) -> list[Place]:
    """What shipments hold on these flights and have not used yet."""
    return await uow.fetch_all(_PLACES, flight_ids=flight_ids) if flight_ids else []


async def strand_places(uow: UnitOfWork, places: Sequence[Place], *, now: datetime) -> list[str]:
    """The shipments that now have no way from such a leg on; one for each is enough."""
    first: dict[str, int] = {}
    for place in places:
        first[place.shipment_id] = min(place.leg_no, first.get(place.shipment_id, place.leg_no))
    if not first:
        return []
    return await uow.fetch_values(
        _STRAND, shipment_ids=list(first), leg_nos=list(first.values()), now=now
    )
