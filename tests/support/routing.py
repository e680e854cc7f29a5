"""Routing's own facts, as its rules see them: a flight, a traveller on it, goods without a way."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.routing.domain.flights.flight import Flight, FlightStatus
from services.routing.domain.shipments.planning import Unplaced
from services.routing.domain.shipments.shipment import Shipment, ShipmentStatus
from services.routing.domain.status_updates.effects import Traveller
from shared.kernel.ids import new_id

NOW: Final = datetime(2026, 11, 22, 8, tzinfo=UTC)


def hours(number: float) -> datetime:
    """So many hours after NOW."""
    return NOW + timedelta(hours=number)


def a_flight(**changes: Any) -> Flight:
    """From the park's airport, scheduled, its manifest open for another half hour."""
    facts: dict[str, Any] = {
        "id": "flt_" + "0" * 32,
        "number": "EH1640",
        "carrier": "EH",
        "mode": "air",
        "origin": "EHU",
        "destination": "LGG",
        "departs_at": hours(2),
        "arrives_at": hours(13),
        "cut_off_at": hours(0.5),
        "status": FlightStatus.SCHEDULED,
        "master_waybill": None,
        "departed_at": None,
        "arrived_at": None,
        "delivered_at": None,
        "synthetic": True,
        "version": 0,
    }
    return Flight(**(facts | changes))


def a_traveller(**changes: Any) -> Traveller:
    """On the manifest of its first and only flight."""
    facts: dict[str, Any] = {
        "id": new_id("shp"),
        "status": ShipmentStatus.MANIFESTED,
        "location": "EHU",
        "leg_no": 0,
        "next_leg_no": 0,
        "came_at": None,
        "onward_flight_id": None,
        "onward_departed_at": None,
        "seeks_flight": False,
    }
    return Traveller(**(facts | changes))


def an_unplaced(*, country: str = "GB", weight_g: int = 500, **changes: Any) -> Unplaced:
    """Goods at the park's airport that have just been ordered."""
    shipment_id = changes.pop("shipment_id", None) or new_id("shp")
    merchant_id = changes.pop("merchant_id", "mer_1")
    facts: dict[str, Any] = {
        "shipment": Shipment(shipment_id, new_id("ord"), merchant_id, country, weight_g, 1_000, 1),
        "status": ShipmentStatus.WAITING,
        "house_waybill": "EHAA00000011",
        "origin": "EHU",
        "first_leg_no": 0,
        "handled_at": hours(4),
        "is_cleared": False,
    }
    return Unplaced(**(facts | changes))
