"""Shipments that need another itinerary, and the legs they have flown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.routing.domain.network.records import Mode
from services.routing.domain.shipments.house_waybill import house_waybill
from services.routing.domain.shipments.planning import Unplaced
from services.routing.domain.shipments.shipment import Leg, Shipment, ShipmentStatus
from services.routing.repository.shipments.goods import from_documents
from shared.db import INSTANT, INTEGER, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.json import JsonObject


def _unplaced(  # noqa: PLR0917 - a row's columns
    id: str,  # noqa: A002 - the name of the column
    order_id: str,
    merchant_id: str,
    destination_country: str,
    gross_weight_g: int,
    volume_cm3: int,
    pieces: int,
    status: str,
    issued_waybill: str | None,
    waybill_number: int | None,
    origin: str,
    first_leg_no: int,
    handled_at: datetime | None,
    is_cleared: bool,
    came_at: datetime | None,
    came_by: Mode | None,
    delivery_region: str | None,
    hs_codes: list[str] | None,
    dangerous_goods: list[JsonObject] | None,
) -> Unplaced:
    return Unplaced(
        shipment=Shipment(
            id,
            order_id,
            merchant_id,
            destination_country,
            gross_weight_g,
            volume_cm3,
            pieces,
            delivery_region=delivery_region,
            hs_codes=None if hs_codes is None else frozenset(hs_codes),
            dangerous_goods=from_documents(dangerous_goods),
        ),
        status=ShipmentStatus(status),
        house_waybill=issued_waybill or house_waybill(waybill_number or 0),
        origin=origin,
        first_leg_no=first_leg_no,
        handled_at=handled_at,
        is_cleared=is_cleared,
        came_at=came_at,
        came_by=came_by,
    )


_UNPLACED: Final = """
    SELECT s.id, s.order_id, s.tenant_id AS merchant_id, s.destination_country, s.gross_weight_g,
        s.volume_cm3, s.pieces, s.state AS status, s.house_waybill AS issued_waybill,
        CASE WHEN s.house_waybill IS NULL THEN nextval('routing.house_waybill_number') END
            AS waybill_number,
        coalesce(f.destination, s.location) AS origin,
        coalesce(last.leg_no + 1, 0) AS first_leg_no, s.ready_at AS handled_at,
        s.released_at IS NOT NULL AND s.screened_at IS NOT NULL AND s.cancel_requested_at IS NULL
            AS is_cleared,
        coalesce(f.arrived_at, f.arrives_at) AS came_at, f.mode AS came_by, s.delivery_region,
        s.hs_codes, s.dangerous_goods
    FROM routing.shipments s
    LEFT JOIN LATERAL (
        SELECT l.leg_no, l.flight_id FROM routing.shipment_legs l
        WHERE l.shipment_id = s.id ORDER BY l.leg_no DESC LIMIT 1) last ON true
    LEFT JOIN routing.flights f ON f.id = last.flight_id
"""

_DUE_FOR_REBOOKING: Final = sql(
    f"""
    {_UNPLACED}
    WHERE s.rebook_at <= :now AND s.state IN ('waiting', 'manifested', 'departed')
    ORDER BY s.rebook_at, s.id LIMIT :rows_max
    """,
    _unplaced,
    now=INSTANT,
    rows_max=INTEGER,
)

_DUE_IDS: Final = sql(
    """
    SELECT id FROM routing.shipments
    WHERE rebook_at <= :now AND state IN ('waiting', 'manifested', 'departed')
    ORDER BY rebook_at, id LIMIT :rows_max
    """,
    str,
    now=INSTANT,
    rows_max=INTEGER,
)

_IS_DUE: Final = sql(
    """
    SELECT rebook_at <= :now AND state IN ('waiting', 'manifested', 'departed')
    FROM routing.shipments WHERE id = :shipment_id
    """,
    bool,
    now=INSTANT,
    shipment_id=TEXT,
)

_UNPLACED_BY_ID: Final = sql(f"{_UNPLACED} WHERE s.id = :shipment_id", _unplaced, shipment_id=TEXT)

# Only of those that never had an itinerary is there no house waybill.
_UNROUTABLE: Final = sql(
    f"{_UNPLACED} WHERE s.id = ANY(:shipment_ids) AND s.state = 'unroutable' ORDER BY s.id",
    _unplaced,
    shipment_ids=TEXTS,
)

_ANY_DUE: Final = sql(
    "SELECT EXISTS (SELECT 1 FROM routing.shipments WHERE rebook_at <= :now)", bool, now=INSTANT
)

_FLOWN_LEGS: Final = sql(
    """
    SELECT f.id AS flight_id, f.flight_number, f.mode, f.origin, f.destination, f.departs_at,
        f.arrives_at, f.synthetic
    FROM routing.shipment_legs l JOIN routing.flights f ON f.id = l.flight_id
    WHERE l.shipment_id = :shipment_id AND l.leg_no < :first_leg_no ORDER BY l.leg_no
    """,
    Leg,
    shipment_id=TEXT,
    first_leg_no=INTEGER,
)


async def any_due_for_rebooking(uow: UnitOfWork, *, now: datetime) -> bool:
    return bool(await uow.fetch_value(_ANY_DUE, now=now))


async def list_due_for_rebooking(
    uow: UnitOfWork, *, now: datetime, rows_max: int
) -> list[Unplaced]:
    return await uow.fetch_all(_DUE_FOR_REBOOKING, now=now, rows_max=rows_max)


async def list_due_ids(uow: UnitOfWork, *, now: datetime, rows_max: int) -> list[str]:
    return await uow.fetch_values(_DUE_IDS, now=now, rows_max=rows_max)


async def list_unroutable(uow: UnitOfWork, shipment_ids: Sequence[str]) -> list[Unplaced]:
    """Those of them that still have no itinerary, the oldest first."""
    return await uow.fetch_all(_UNROUTABLE, shipment_ids=shipment_ids)


async def is_due(uow: UnitOfWork, shipment_id: str, *, now: datetime) -> bool:
    return bool(await uow.fetch_value(_IS_DUE, now=now, shipment_id=shipment_id))


async def get_unplaced(uow: UnitOfWork, shipment_id: str) -> Unplaced:
    unplaced = await uow.fetch_first(_UNPLACED_BY_ID, shipment_id=shipment_id)
    assert unplaced is not None, shipment_id
    return unplaced


async def list_flown_legs(uow: UnitOfWork, unplaced: Unplaced) -> list[Leg]:
    return await uow.fetch_all(
        _FLOWN_LEGS,
        shipment_id=unplaced.shipment.id,
        first_leg_no=unplaced.first_leg_no,
    )
