"""Facts about shipments as events."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.domain.flights.flight import Flight
from services.routing.domain.network.refusal import Refusal
from services.routing.domain.shipments.shipment import Leg, MovedShipment, Shipment
from shared.contracts.routing.shipments import (
    ItineraryLeg,
    ShipmentBooked,
    ShipmentDelivered,
    ShipmentDeparted,
    ShipmentStatus,
    ShipmentUnroutable,
)


def shipment_booked(
    shipment: Shipment,
    *,
    legs: Sequence[Leg],
    house_waybill: str,
    cut_off_at: datetime,
    promised_at: datetime,
    rebooked: bool,
) -> ShipmentBooked:
    return ShipmentBooked(
        shipment_id=shipment.id,
        order_id=shipment.order_id,
        merchant_id=shipment.merchant_id,
        house_waybill=house_waybill,
        itinerary=tuple(_itinerary_leg(leg) for leg in legs),
        cut_off_at=cut_off_at,
        promised_at=promised_at,
        gross_weight_g=shipment.gross_weight_g,
        volume_cm3=shipment.volume_cm3,
        pieces=shipment.pieces,
        destination_country=shipment.destination_country,
        rebooked=rebooked,
    )


def _itinerary_leg(leg: Leg) -> ItineraryLeg:
    return ItineraryLeg(
        flight_id=leg.flight_id,
        flight_number=leg.flight_number,
        mode=leg.mode,
        origin=leg.origin,
        destination=leg.destination,
        departs_at=leg.departs_at,
        arrives_at=leg.arrives_at,
        synthetic=leg.synthetic,
    )


def shipment_unroutable(shipment: Shipment, refusal: Refusal) -> ShipmentUnroutable:
    return ShipmentUnroutable(
        shipment_id=shipment.id,
        order_id=shipment.order_id,
        merchant_id=shipment.merchant_id,
        code=refusal.code,
        reason=refusal.detail.en,
        remedy=refusal.fix.en,
        reason_zh=refusal.detail.zh,
        remedy_zh=refusal.fix.zh,
    )


def shipment_departed(shipment: MovedShipment, *, flight: Flight, at: datetime) -> ShipmentDeparted:
    assert shipment.master_waybill is not None, "only what is on a manifest departs"
    return ShipmentDeparted(
        shipment_id=shipment.id,
        order_id=shipment.order_id,
        merchant_id=shipment.merchant_id,
        house_waybill=shipment.house_waybill,
        master_waybill=shipment.master_waybill,
        flight_id=flight.id,
        flight_number=flight.number,
        departed_at=at,
        gross_weight_g=shipment.gross_weight_g,
    )


def shipment_status(
    shipment: MovedShipment, *, code: str, airport: str, flight_number: str | None, at: datetime
) -> ShipmentStatus:
    return ShipmentStatus(
        shipment_id=shipment.id,
        order_id=shipment.order_id,
        merchant_id=shipment.merchant_id,
        code=code,
        airport=airport,
        flight_number=flight_number,
        occurred_at=at,
    )


def shipment_delivered(shipment: MovedShipment, *, airport: str, at: datetime) -> ShipmentDelivered:
    """`promised_at` is the first promise: a later itinerary does not make it earlier kept."""
    return ShipmentDelivered(
        shipment_id=shipment.id,
        order_id=shipment.order_id,
        merchant_id=shipment.merchant_id,
        house_waybill=shipment.house_waybill,
        airport=airport,
        delivered_at=at,
        promised_at=shipment.first_promised_at,
    )
