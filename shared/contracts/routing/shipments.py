"""Shipments, from booking to delivery. Aggregate: shipment (`shp_…`)."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.contracts.envelope import ContractModel, EventPayload
from shared.contracts.topics import ROUTING_SHIPMENTS


class ItineraryLeg(ContractModel):
    """One booked leg; IATA codes, instants in UTC. `synthetic`: not from a published timetable."""

    flight_id: str
    flight_number: str
    mode: Literal["air", "road"]
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    synthetic: bool = True


class ShipmentBooked(EventPayload):
    """Capacity is held on every leg and a house waybill is issued.

    Published again with `rebooked` after a missed cut-off or a cancelled flight: the newest
    aggregate version wins; the house waybill stays.
    """

    event_type: ClassVar[str] = "routing.shipment.booked"
    topic: ClassVar[str] = ROUTING_SHIPMENTS

    shipment_id: str
    order_id: str
    merchant_id: str
    house_waybill: str
    itinerary: tuple[ItineraryLeg, ...]
    cut_off_at: datetime
    promised_at: datetime
    gross_weight_g: int
    volume_cm3: int
    pieces: int
    destination_country: str
    rebooked: bool = False


class ShipmentUnroutable(EventPayload):
    """There is no itinerary. `code` is stable, `reason` says why, and `remedy` what would make the
    shipment routable; both in English and in Chinese.
    """

    event_type: ClassVar[str] = "routing.shipment.unroutable"
    topic: ClassVar[str] = ROUTING_SHIPMENTS

    shipment_id: str
    order_id: str
    merchant_id: str
    code: str
    reason: str
    remedy: str
    reason_zh: str | None = None
    remedy_zh: str | None = None


class ShipmentDeparted(EventPayload):
    """Left the park's airport: FSU DEP of the first leg."""

    event_type: ClassVar[str] = "routing.shipment.departed"
    topic: ClassVar[str] = ROUTING_SHIPMENTS

    shipment_id: str
    order_id: str
    merchant_id: str
    house_waybill: str
    master_waybill: str
    flight_id: str
    flight_number: str
    departed_at: datetime
    gross_weight_g: int


class ShipmentStatus(EventPayload):
    """A Cargo-IMP FSU status at an airport (RCS, MAN, DEP, ARR, RCF, NFD, DLV, …)."""

    event_type: ClassVar[str] = "routing.shipment.status"
    topic: ClassVar[str] = ROUTING_SHIPMENTS

    shipment_id: str
    order_id: str
    merchant_id: str
    code: str
    airport: str
    flight_number: str | None = None
    occurred_at: datetime


class ShipmentDelivered(EventPayload):
    event_type: ClassVar[str] = "routing.shipment.delivered"
    topic: ClassVar[str] = ROUTING_SHIPMENTS

    shipment_id: str
    order_id: str
    merchant_id: str
    house_waybill: str
    airport: str
    delivered_at: datetime
    promised_at: datetime
