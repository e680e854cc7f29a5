"""Reads for screens: flights of the park."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import text

from services.routing.domain.flights.flight import FlightNotFound
from shared.db import Reader, Statement

_FLIGHT: Final = Statement(
    text("""
    SELECT f.*, f.state AS status, f.cancel_reason AS reason FROM routing.flights f
    WHERE f.id = :flight_id
    """)
)

_FLIGHT_PAGE: Final = Statement(
    text("""
    SELECT f.*, f.state AS status, f.cancel_reason AS reason FROM routing.flights f
    WHERE (f.departs_at, f.id) > (CAST(:after_at AS timestamptz), CAST(:after_id AS text))
      AND (CAST(:departing_from AS timestamptz) IS NULL OR f.departs_at >= :departing_from)
      AND (CAST(:departing_to AS timestamptz) IS NULL OR f.departs_at < :departing_to)
      AND (CAST(:flight_number AS text) IS NULL OR f.flight_number = :flight_number)
      AND (CAST(:origin AS text) IS NULL OR f.origin = :origin)
      AND (CAST(:destination AS text) IS NULL OR f.destination = :destination)
      AND (CAST(:status AS text) IS NULL OR f.state = :status)
      AND (CAST(:booked AS boolean) IS NULL OR (f.booked_shipments > 0) = :booked)
    ORDER BY f.departs_at, f.id LIMIT :most
    """)
)


async def get_flight(reader: Reader, *, flight_id: str) -> Record:
    """Raises FlightNotFound."""
    row = await reader.fetch_first(_FLIGHT, flight_id=flight_id)
    if row is None:
        raise FlightNotFound(flight=flight_id)
    return row


async def list_flights(
    reader: Reader, *, after: tuple[datetime, str], most: int, filters: Mapping[str, Any]
) -> list[Record]:
    """`filters`: flight_number, origin, destination, departing_from, departing_to, status and
    booked.
    """
    after_at, after_id = after
    return await reader.fetch_all(
        _FLIGHT_PAGE, after_at=after_at, after_id=after_id, most=most, **filters
    )
