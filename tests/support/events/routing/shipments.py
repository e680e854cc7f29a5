"""Events about shipments: the parcels of one order, by air from EHU to LGG by default."""

from datetime import timedelta
from typing import Any

from shared.contracts.routing.shipments import (
    ItineraryLeg,
    ShipmentBooked,
    ShipmentDelivered,
    ShipmentDeparted,
    ShipmentStatus,
    ShipmentUnroutable,
)
from shared.kernel.ids import new_id
from tests.support.events.building import AT, built


def an_itinerary_leg(**changes: Any) -> ItineraryLeg:
    facts = {
        "flight_id": new_id("flt"),
        "flight_number": "O3701",
        "mode": "air",
        "origin": "EHU",
        "destination": "LGG",
        "departs_at": AT + timedelta(hours=8),
        "arrives_at": AT + timedelta(hours=20),
    }
    return built(ItineraryLeg, facts, changes)


def a_shipment_booked(**changes: Any) -> ShipmentBooked:
    facts = _shipment() | {
        "house_waybill": "EHU00000017",
        "itinerary": (an_itinerary_leg(),),
        "cut_off_at": AT + timedelta(hours=6),
        "promised_at": AT + timedelta(days=3),
        "gross_weight_g": 690,
        "volume_cm3": 500,
        "pieces": 1,
        "destination_country": "DE",
    }
    return built(ShipmentBooked, facts, changes)


def a_shipment_unroutable(**changes: Any) -> ShipmentUnroutable:
    facts = _shipment() | {
        "code": "routing.itinerary.no_capacity",
        "reason": "All flights are full.",
        "remedy": "Wait for 24 November.",
        "reason_zh": "所有航班已满。",
        "remedy_zh": "请等待 11 月 24 日。",
    }
    return built(ShipmentUnroutable, facts, changes)


def a_shipment_departed(**changes: Any) -> ShipmentDeparted:
    facts = _shipment() | {
        "house_waybill": "EHU00000017",
        "master_waybill": "999-12345675",
        "flight_id": new_id("flt"),
        "flight_number": "O3701",
        "departed_at": AT + timedelta(hours=8),
        "gross_weight_g": 690,
    }
    return built(ShipmentDeparted, facts, changes)


def a_shipment_status(**changes: Any) -> ShipmentStatus:
    facts = _shipment() | {
        "code": "RCF",
        "airport": "LGG",
        "occurred_at": AT + timedelta(hours=22),
    }
    return built(ShipmentStatus, facts, changes)


def a_shipment_delivered(**changes: Any) -> ShipmentDelivered:
    facts = _shipment() | {
        "house_waybill": "EHU00000017",
        "airport": "LGG",
        "delivered_at": AT + timedelta(days=2),
        "promised_at": AT + timedelta(days=3),
    }
    return built(ShipmentDelivered, facts, changes)


def _shipment() -> dict[str, Any]:
    return {
        "shipment_id": new_id("shp"),
        "order_id": new_id("ord"),
        "merchant_id": new_id("mer"),
    }
