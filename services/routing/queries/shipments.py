"""Reads for screens: shipments of a tenant."""

from collections.abc import Mapping
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import text

from services.routing.domain.shipments.shipment import ShipmentNotFound
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
