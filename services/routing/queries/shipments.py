"""Reads for screens: shipments of a tenant."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.routing.domain.acceptance.goods import DangerousGood
from services.routing.domain.network.records import Mode
from services.routing.domain.shipments.planning import HUB, Unplaced
from services.routing.domain.shipments.shipment import (
    Shipment,
    ShipmentNotFound,
    ShipmentStatus,
)
from shared.db import INSTANT, TEXT, Filters, Listing, Reader, Window
from shared.kernel.json import JsonObject


@dataclass(frozen=True, slots=True)
class ItineraryLeg:
    origin: str
    destination: str
    flight_number: str
    flight_id: str
    mode: Mode
    departs_at: datetime
    arrives_at: datetime
    departed_at: datetime | None
    arrived_at: datetime | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class LoggedStatus:
    code: str
    airport: str
    flight_number: str | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ShipmentSummary:
    """`legs` and `declared` are as the database has them; `itinerary` and `dangerous_goods` read
    them.
    """

    id: str
    order_id: str
    merchant_id: str
    status: str
    house_waybill: str | None
    master_waybill: str | None
    destination_country: str
    gross_weight_g: int
    volume_cm3: int
    pieces: int
    declared: list[JsonObject] | None
    airport: str | None
    cut_off_at: datetime | None
    promised_at: datetime | None
    first_promised_at: datetime | None
    refusal_code: str | None
    refusal_reason: str | None
    refusal_remedy: str | None
    refusal_reason_zh: str | None
    refusal_remedy_zh: str | None
    placed_at: datetime
    booked_at: datetime | None
    released_at: datetime | None
    screened_at: datetime | None
    departed_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    declaration_cancelled_at: datetime | None
    cancel_requested_at: datetime | None
    stopped_by: str | None
    legs: list[JsonObject]

    @property
    def dangerous_goods(self) -> tuple[DangerousGood, ...] | None:
        return _dangerous_goods(self.declared)

    @property
    def itinerary(self) -> list[ItineraryLeg]:
        return [
            ItineraryLeg(
                origin=leg["origin"],
                destination=leg["destination"],
                flight_number=leg["flight_number"],
                flight_id=leg["flight_id"],
                mode=leg["mode"],
                departs_at=_instant(leg["departs_at"]),
                arrives_at=_instant(leg["arrives_at"]),
                departed_at=_instant_or_none(leg["departed_at"]),
                arrived_at=_instant_or_none(leg["arrived_at"]),
                synthetic=leg["synthetic"],
            )
            for leg in self.legs
        ]


@dataclass(frozen=True, slots=True)
class ShipmentDetails(ShipmentSummary):
    log: list[JsonObject]

    @property
    def status_updates(self) -> list[LoggedStatus]:
        return [
            LoggedStatus(
                code=entry["code"],
                airport=entry["airport"],
                flight_number=entry["flight_number"],
                occurred_at=_instant(entry["occurred_at"]),
            )
            for entry in self.log
        ]


@dataclass(frozen=True, slots=True)
class SoughtPlace:
    """What a search for a shipment's itinerary needs of it, at the park's airport."""

    id: str
    order_id: str
    merchant_id: str
    status: str
    destination_country: str
    delivery_region: str | None
    gross_weight_g: int
    volume_cm3: int
    pieces: int
    hs_codes: list[str] | None
    declared: list[JsonObject] | None
    house_waybill: str | None
    handled_at: datetime | None
    is_cleared: bool

    def to_domain(self) -> Unplaced:
        return Unplaced(
            shipment=Shipment(
                id=self.id,
                order_id=self.order_id,
                merchant_id=self.merchant_id,
                destination_country=self.destination_country,
                gross_weight_g=self.gross_weight_g,
                volume_cm3=self.volume_cm3,
                pieces=self.pieces,
                hs_codes=None if self.hs_codes is None else frozenset(self.hs_codes),
                dangerous_goods=_dangerous_goods(self.declared),
                delivery_region=self.delivery_region,
            ),
            status=ShipmentStatus(self.status),
            house_waybill=self.house_waybill or "",
            origin=HUB,
            first_leg_no=0,
            handled_at=self.handled_at,
            is_cleared=self.is_cleared,
        )


def _dangerous_goods(declared: list[JsonObject] | None) -> tuple[DangerousGood, ...] | None:
    return None if declared is None else tuple(DangerousGood(**good) for good in declared)


def _instant(text: str) -> datetime:
    """An instant in a JSON document has the offset of the database's session."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _instant_or_none(text: str | None) -> datetime | None:
    return None if text is None else _instant(text)


_COLUMNS: Final = """
    s.id, s.order_id, s.tenant_id AS merchant_id, s.state AS status, s.house_waybill,
    s.master_waybill, s.destination_country, s.gross_weight_g, s.volume_cm3, s.pieces,
    s.dangerous_goods AS declared, s.location AS airport, s.cut_off_at, s.promised_at,
    s.first_promised_at, s.refusal_code,
    s.refusal_reason, s.refusal_remedy, s.refusal_reason_zh, s.refusal_remedy_zh, s.placed_at,
    s.booked_at, s.released_at, s.screened_at, s.departed_at, s.delivered_at, s.cancelled_at,
    s.declaration_cancelled_at, s.cancel_requested_at,
    CASE WHEN s.stopped_version > s.declaration_cancelled_version THEN s.stopped_by END
        AS stopped_by,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'origin', f.origin, 'destination', f.destination, 'flight_number', f.flight_number,
            'flight_id', f.id, 'mode', f.mode, 'synthetic', f.synthetic,
            'departs_at', f.departs_at, 'arrives_at', f.arrives_at,
            'departed_at', f.departed_at, 'arrived_at', f.arrived_at)
            ORDER BY l.leg_no), '[]')
     FROM routing.shipment_legs l JOIN routing.flights f ON f.id = l.flight_id
     WHERE l.shipment_id = s.id) AS legs
"""
# Of a departure, an arrival or a delivery, what was reported last.
_LOG: Final = """
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'code', t.code, 'airport', t.airport, 'flight_number', f.flight_number,
            'occurred_at', t.occurred_at) ORDER BY t.occurred_at, t.id), '[]')
     FROM routing.shipment_statuses t LEFT JOIN routing.flights f ON f.id = t.flight_id
     WHERE t.shipment_id = s.id AND NOT (t.code IN ('DEP', 'ARR', 'DLV') AND EXISTS (
        SELECT 1 FROM routing.shipment_statuses newer
        WHERE newer.shipment_id = t.shipment_id AND newer.code = t.code AND newer.id > t.id
          AND newer.flight_id IS NOT DISTINCT FROM t.flight_id))) AS log
"""

# Newest first: ids are ordered by time.
_NEWEST_FIRST: Final = "s.id DESC"
_OLDER: Final = "s.id < :after_id"
_OWN: Final = "s.tenant_id = :tenant"

_SHIPMENTS: Final = Listing(
    f"SELECT {_COLUMNS} FROM routing.shipments s",  # noqa: S608 - a constant of this module
    ShipmentSummary,
    order_by=_NEWEST_FIRST,
    after=_OLDER,
    tenant=_OWN,
    filters={
        "order_id": "s.order_id = :order_id",
        "house_waybill": "s.house_waybill = :house_waybill",
        "placed_from": "s.placed_at >= :placed_from",
        "placed_to": "s.placed_at < :placed_to",
        "status": "s.state = :status",
        "airport": "s.location = :airport",
        "flight_id": """s.id IN (
            SELECT l.shipment_id FROM routing.shipment_legs l WHERE l.flight_id = :flight_id)""",
    },
    after_id=TEXT,
    order_id=TEXT,
    house_waybill=TEXT,
    placed_from=INSTANT,
    placed_to=INSTANT,
    status=TEXT,
    airport=TEXT,
    flight_id=TEXT,
)

_SHIPMENT: Final = Listing(
    f"SELECT {_COLUMNS}, {_LOG} FROM routing.shipments s",  # noqa: S608 - constants of this module
    ShipmentDetails,
    order_by=_NEWEST_FIRST,
    after=_OLDER,
    tenant=_OWN,
    where="s.id = :shipment_id",
    after_id=TEXT,
    shipment_id=TEXT,
)

_SOUGHT: Final = Listing(
    """
    SELECT s.id, s.order_id, s.tenant_id AS merchant_id, s.state AS status, s.destination_country,
        s.delivery_region, s.gross_weight_g, s.volume_cm3, s.pieces, s.hs_codes,
        s.dangerous_goods AS declared, s.house_waybill, s.ready_at AS handled_at,
        s.released_at IS NOT NULL AND s.screened_at IS NOT NULL AND s.cancel_requested_at IS NULL
            AS is_cleared
    FROM routing.shipments s
    """,
    SoughtPlace,
    order_by=_NEWEST_FIRST,
    after=_OLDER,
    tenant=_OWN,
    where="s.id = :shipment_id",
    after_id=TEXT,
    shipment_id=TEXT,
)


async def get_sought_place(reader: Reader, *, shipment_id: str) -> Unplaced:
    """Raises ShipmentNotFound."""
    found = await _SOUGHT.page(reader, Window(1), shipment_id=shipment_id)
    if not found:
        raise ShipmentNotFound(shipment=shipment_id)
    return found[0].to_domain()


async def get_shipment(reader: Reader, *, shipment_id: str) -> ShipmentDetails:
    """With itinerary and status updates. Raises ShipmentNotFound."""
    found = await _SHIPMENT.page(reader, Window(1), shipment_id=shipment_id)
    if not found:
        raise ShipmentNotFound(shipment=shipment_id)
    return found[0]


async def list_shipments(reader: Reader, window: Window, filters: Filters) -> list[ShipmentSummary]:
    return await _SHIPMENTS.page(reader, window, filters)
