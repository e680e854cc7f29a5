"""Writes on flights: what is reported of them, and their cancellation."""

from datetime import date, datetime
from typing import Final

from services.routing.domain.flights.flight import Flight, FlightStatus
from services.routing.domain.network.records import Mode
from shared.db import (
    DAY,
    INSTANT,
    INTEGER,
    TEXT,
    UnitOfWork,
    sql,
)


def _flight(  # noqa: PLR0917 - a row's columns
    id: str,  # noqa: A002 - the name of the column
    number: str,
    carrier: str,
    mode: Mode,
    origin: str,
    destination: str,
    departs_at: datetime,
    arrives_at: datetime,
    cut_off_at: datetime | None,
    status: str,
    master_waybill: str | None,
    departed_at: datetime | None,
    arrived_at: datetime | None,
    delivered_at: datetime | None,
    synthetic: bool,
    version: int,
) -> Flight:
    return Flight(
        id,
        number,
        carrier,
        mode,
        origin,
        destination,
        departs_at,
        arrives_at,
        cut_off_at,
        FlightStatus(status),
        master_waybill,
        departed_at,
        arrived_at,
        delivered_at,
        synthetic,
        version,
    )


_COLUMNS: Final = """
    id, flight_number AS number, carrier, mode, origin, destination, departs_at, arrives_at,
    cut_off_at, state AS status, master_waybill, departed_at, arrived_at, delivered_at, synthetic,
    version
"""
_FLIGHT: Final = sql(
    f"SELECT {_COLUMNS} FROM routing.flights WHERE id = :flight_id",  # noqa: S608 - a constant
    _flight,
    flight_id=TEXT,
)
_FLIGHTS_OF_DAY: Final = sql(
    f"""
    SELECT {_COLUMNS} FROM routing.flights
    WHERE flight_number = :flight_number AND departs_on = :departs_on
    ORDER BY departs_at, id
    """,  # noqa: S608 - a constant
    _flight,
    flight_number=TEXT,
    departs_on=DAY,
)

_SET_REPORTED: Final = sql(
    """
    UPDATE routing.flights SET state = :status, departed_at = :departed_at,
        arrived_at = :arrived_at, delivered_at = :delivered_at, version = :version
    WHERE id = :flight_id AND state = :known_status AND version = :known_version
      AND departed_at IS NOT DISTINCT FROM :known_departed_at
      AND arrived_at IS NOT DISTINCT FROM :known_arrived_at
      AND delivered_at IS NOT DISTINCT FROM :known_delivered_at
    """,
    flight_id=TEXT,
    status=TEXT,
    departed_at=INSTANT,
    arrived_at=INSTANT,
    delivered_at=INSTANT,
    version=INTEGER,
    known_status=TEXT,
    known_version=INTEGER,
    known_departed_at=INSTANT,
    known_arrived_at=INSTANT,
    known_delivered_at=INSTANT,
)

_CANCEL: Final = sql(
    """
    UPDATE routing.flights
    SET state = 'cancelled', cancelled_at = :now, cancel_reason = :reason, version = version + 1,
        manifest_shipments = 0, manifest_weight_g = 0
    WHERE id = :flight_id AND state IN ('scheduled', 'closed')
    RETURNING version
    """,
    int,
    flight_id=TEXT,
    reason=TEXT,
    now=INSTANT,
)

# Every shipment with room on the flight needs other legs instead of those it has not flown. One on
# the manifest of an earlier flight stays there, and needs other legs from its destination on.
_STRAND: Final = sql(
    """
    UPDATE routing.shipments s
    SET state = CASE WHEN s.state = 'departed' OR s.state = 'manifested' AND l.leg_no > s.leg_no
            THEN s.state ELSE 'waiting' END,
        master_waybill = CASE
            WHEN s.state = 'departed' OR s.state = 'manifested' AND l.leg_no > s.leg_no
            THEN s.master_waybill END,
        rebook_at = :now
    FROM routing.shipment_legs l
    WHERE l.flight_id = :flight_id AND l.shipment_id = s.id
      AND l.leg_no >= s.leg_no + CASE WHEN s.location IS NULL THEN 1 ELSE 0 END
      AND s.state IN ('booked', 'manifested', 'departed')
    RETURNING s.id
    """,
    str,
    flight_id=TEXT,
    now=INSTANT,
)


async def find_flight(uow: UnitOfWork, flight_id: str) -> Flight | None:
    return await uow.fetch_first(_FLIGHT, flight_id=flight_id)


async def list_flights_of_day(
    uow: UnitOfWork, *, flight_number: str, departs_on: date
) -> list[Flight]:
    """Of a through flight these may be several legs, by departure."""
    return await uow.fetch_all(_FLIGHTS_OF_DAY, flight_number=flight_number, departs_on=departs_on)


async def set_reported(uow: UnitOfWork, flight: Flight, *, known: Flight) -> None:
    """What was reported of it, and what that led to. `known` is the flight as it was read."""
    saved = await uow.execute(
        _SET_REPORTED,
        flight_id=flight.id,
        status=flight.status,
        departed_at=flight.departed_at,
        arrived_at=flight.arrived_at,
        delivered_at=flight.delivered_at,
        version=flight.version,
        known_status=known.status,
        known_version=known.version,
        known_departed_at=known.departed_at,
        known_arrived_at=known.arrived_at,
        known_delivered_at=known.delivered_at,
    )
    assert saved == 1, "the flight changed after it was read"


async def cancel_flight(uow: UnitOfWork, *, flight_id: str, reason: str, now: datetime) -> int:
    """The flight's new version."""
    version = await uow.fetch_value(_CANCEL, flight_id=flight_id, reason=reason, now=now)
    assert version is not None, "it was seen to be cancellable in this turn"
    return version


async def strand(uow: UnitOfWork, *, flight_id: str, now: datetime) -> list[str]:
    return await uow.fetch_values(_STRAND, flight_id=flight_id, now=now)
