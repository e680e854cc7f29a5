"""Events about flights, which belong to the park and to no merchant."""

from datetime import timedelta
from typing import Any

from shared.contracts.routing.flights import FlightCancelled, FlightDeparted, FlightRescheduled
from shared.kernel.ids import new_id
from tests.support.events.building import AT, built


def a_flight_departed(**changes: Any) -> FlightDeparted:
    facts = {
        "flight_id": new_id("flt"),
        "flight_number": "O3701",
        "mode": "air",
        "origin": "EHU",
        "destination": "LGG",
        "departed_at": AT + timedelta(hours=8),
        "master_waybill": "999-12345675",
        "shipments": 1,
        "gross_weight_g": 690,
    }
    return built(FlightDeparted, facts, changes)


def a_flight_cancelled(**changes: Any) -> FlightCancelled:
    facts = {
        "flight_id": new_id("flt"),
        "flight_number": "O3701",
        "origin": "EHU",
        "destination": "LGG",
        "departs_at": AT + timedelta(hours=8),
        "reason": "fog",
    }
    return built(FlightCancelled, facts, changes)


def a_flight_rescheduled(**changes: Any) -> FlightRescheduled:
    facts = {
        "flight_id": new_id("flt"),
        "flight_number": "O3701",
        "origin": "EHU",
        "destination": "LGG",
        "departs_at": AT + timedelta(hours=10),
        "arrives_at": AT + timedelta(hours=21),
        "previous_departs_at": AT + timedelta(hours=8),
        "previous_arrives_at": AT + timedelta(hours=19),
        "reason": "late inbound aircraft",
        "synthetic": True,
    }
    return built(FlightRescheduled, facts, changes)
