"""Facts about shipments as events."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.routing.domain.shipments.reachability import Refusal
from shared.contracts.routing.shipments import (
    ItineraryLeg,
    ShipmentBooked,
    ShipmentDelivered,
    ShipmentDeparted,
    ShipmentStatus,
    ShipmentUnroutable,
)

Row = Mapping[str, Any]


def itinerary_leg(flight: Row) -> ItineraryLeg:
    return ItineraryLeg(
        flight_id=flight["id"],
        flight_number=flight["flight_number"],
        mode=flight["mode"],
        origin=flight["origin"],
        destination=flight["destination"],
        departs_at=flight["departs_at"],
        arrives_at=flight["arrives_at"],
        synthetic=flight["synthetic"],
    )


def shipment_booked(
    shipment: Row, *, booking: Row, legs: Sequence[ItineraryLeg], promised_at: datetime
) -> ShipmentBooked:
    """`shipment` as it was placed, `booking` what the hold returned."""
    return ShipmentBooked(
        shipment_id=shipment["id"],
        order_id=shipment["order_id"],
        merchant_id=shipment["tenant_id"],
        house_waybill=booking["house_waybill"],
        itinerary=tuple(legs),
        cut_off_at=booking["cut_off_at"],
        promised_at=promised_at,
        gross_weight_g=shipment["gross_weight_g"],
        volume_cm3=shipment["volume_cm3"],
        pieces=shipment["pieces"],
        destination_country=shipment["destination_country"],
        rebooked=booking["bookings"] > 1,
    )


def shipment_unroutable(shipment: Row, refusal: Refusal) -> ShipmentUnroutable:
    return ShipmentUnroutable(
        shipment_id=shipment["id"],
        order_id=shipment["order_id"],
        merchant_id=shipment["tenant_id"],
        code=refusal.code,
        reason=refusal.detail.en,
        remedy=refusal.fix.en,
        reason_zh=refusal.detail.zh,
        remedy_zh=refusal.fix.zh,
    )


def shipment_departed(shipment: Row, *, flight: Row, at: datetime) -> ShipmentDeparted:
    return ShipmentDeparted(
        shipment_id=shipment["id"],
        order_id=shipment["order_id"],
        merchant_id=shipment["tenant_id"],
        house_waybill=shipment["house_waybill"],
        master_waybill=shipment["master_waybill"],
        flight_id=flight["id"],
        flight_number=flight["flight_number"],
        departed_at=at,
        gross_weight_g=shipment["gross_weight_g"],
    )


def shipment_status(
    shipment: Row, *, code: str, airport: str, flight_number: str | None, at: datetime
) -> ShipmentStatus:
    return ShipmentStatus(
        shipment_id=shipment["id"],
        order_id=shipment["order_id"],
        merchant_id=shipment["tenant_id"],
        code=code,
        airport=airport,
        flight_number=flight_number,
        occurred_at=at,
    )


def shipment_delivered(shipment: Row, *, airport: str, at: datetime) -> ShipmentDelivered:
    """`promised_at` is the first promise: a later itinerary does not make it earlier kept."""
    return ShipmentDelivered(
        shipment_id=shipment["id"],
        order_id=shipment["order_id"],
        merchant_id=shipment["tenant_id"],
        house_waybill=shipment["house_waybill"],
        airport=airport,
        delivered_at=at,
        promised_at=shipment["first_promised_at"],
    )
