"""Reads for screens: shipments of a tenant, flights and reference data of the park."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import text

from services.routing.domain.shipment import FlightNotFound, ShipmentNotFound
from shared.db import Reader, Statement


def _instant(column: str) -> str:
    """SQL: a timestamptz as text with a Z; jsonb alone would write it in the session's zone."""
    return f"(to_jsonb({column} AT TIME ZONE 'UTC') #>> '{{}}') || 'Z'"


_ITINERARY: Final = f"""
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'origin', f.origin, 'destination', f.destination, 'flight_number', f.flight_number,
            'flight_id', f.id, 'mode', f.mode, 'synthetic', f.synthetic,
            'departs_at', {_instant("f.departs_at")}, 'arrives_at', {_instant("f.arrives_at")},
            'departed_at', {_instant("f.departed_at")}, 'arrived_at', {_instant("f.arrived_at")})
            ORDER BY l.leg_no), '[]')
     FROM routing.shipment_legs l JOIN routing.flights f ON f.id = l.flight_id
     WHERE l.shipment_id = s.id) AS itinerary
"""  # noqa: S608 - names of columns
_STATUS_UPDATES: Final = f"""
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'code', t.code, 'airport', t.airport, 'flight_number', f.flight_number,
            'occurred_at', {_instant("t.occurred_at")}) ORDER BY t.occurred_at, t.id), '[]')
     FROM routing.shipment_statuses t LEFT JOIN routing.flights f ON f.id = t.flight_id
     WHERE t.shipment_id = s.id) AS status_updates
"""  # noqa: S608 - names of columns
_OWN: Final = "(CAST(:tenant AS text) = '*' OR s.tenant_id = :tenant)"

_SHIPMENT: Final = Statement(
    text(f"""
    SELECT s.*, s.state AS status, s.location AS airport, {_ITINERARY}, {_STATUS_UPDATES}
    FROM routing.shipments s
    WHERE s.id = :shipment_id AND {_OWN}
    """)  # noqa: S608 - constants of this module
)

# Newest first: ids are ordered by time.
_SHIPMENT_PAGE: Final = Statement(
    text(f"""
    SELECT s.*, s.state AS status, s.location AS airport, {_ITINERARY} FROM routing.shipments s
    WHERE {_OWN} AND s.id < :before
      AND (CAST(:order_id AS text) IS NULL OR s.order_id = :order_id)
      AND (CAST(:house_waybill AS text) IS NULL OR s.house_waybill = :house_waybill)
      AND (CAST(:placed_from AS timestamptz) IS NULL OR s.placed_at >= :placed_from)
      AND (CAST(:placed_to AS timestamptz) IS NULL OR s.placed_at < :placed_to)
      AND (CAST(:status AS text) IS NULL OR s.state = :status)
      AND (CAST(:airport AS text) IS NULL OR s.location = :airport)
      AND (CAST(:flight_id AS text) IS NULL OR s.id IN (
          SELECT l.shipment_id FROM routing.shipment_legs l WHERE l.flight_id = :flight_id))
    ORDER BY s.id DESC LIMIT :most
    """)  # noqa: S608 - constants of this module
)
LAST: Final = "~"
"""Sorts after every id."""

SHIPMENT_FILTERS: Final = (
    "order_id",
    "flight_id",
    "house_waybill",
    "status",
    "airport",
    "placed_from",
    "placed_to",
)

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

_AIRPORT_PAGE: Final = Statement(
    text("""
    SELECT iata, icao, name, city, country, latitude_deg, longitude_deg, time_zone
    FROM routing.airports
    WHERE iata > :after AND (CAST(:country AS text) IS NULL OR country = :country)
    ORDER BY iata LIMIT :most
    """)
)

_ROUTE_PAGE: Final = Statement(
    text("""
    SELECT id, carrier, number, origin, destination, mode, scope, vehicle, weekly_frequency,
           payload_kg, distance_km, basis, note
    FROM routing.routes
    WHERE number > :after AND (CAST(:origin AS text) IS NULL OR origin = :origin)
      AND (CAST(:destination AS text) IS NULL OR destination = :destination)
      AND (CAST(:scope AS text) IS NULL OR scope = :scope)
    ORDER BY number LIMIT :most
    """)
)


async def get_shipment(reader: Reader, *, shipment_id: str) -> Record:
    """With itinerary and status updates. Raises ShipmentNotFound."""
    row = await reader.fetch_first(_SHIPMENT, shipment_id=shipment_id, tenant=reader.tenant)
    if row is None:
        raise ShipmentNotFound(shipment=shipment_id)
    return row


async def list_shipments(
    reader: Reader, *, before: str, most: int, filters: Mapping[str, Any]
) -> list[Record]:
    """`filters`: all of SHIPMENT_FILTERS."""
    return await reader.fetch_all(
        _SHIPMENT_PAGE, before=before, most=most, tenant=reader.tenant, **filters
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


async def list_airports(
    reader: Reader, *, after: str, most: int, filters: Mapping[str, str | None]
) -> list[Record]:
    return await reader.fetch_all(_AIRPORT_PAGE, after=after, most=most, **filters)


async def list_routes(
    reader: Reader, *, after: int, most: int, filters: Mapping[str, str | None]
) -> list[Record]:
    """`filters`: origin, destination, scope."""
    return await reader.fetch_all(_ROUTE_PAGE, after=after, most=most, **filters)
