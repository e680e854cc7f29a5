"""Events about promises: kept, over LGG, by default."""

from datetime import timedelta
from typing import Any

from shared.contracts.routing.promises import PromiseGraded
from shared.kernel.ids import new_id
from tests.support.events.building import AT, built


def a_promise_graded(**changes: Any) -> PromiseGraded:
    facts = {
        "promise_id": new_id("prm"),
        "shipment_id": new_id("shp"),
        "order_id": new_id("ord"),
        "merchant_id": new_id("mer"),
        "store": "DE",
        "destination_country": "DE",
        "carriers": ("EH",),
        "promised_at": AT + timedelta(days=3),
        "delivered_at": AT + timedelta(days=2),
        "grade": "kept",
        "late_min": None,
        "fault": None,
        "is_final": True,
        "at": AT + timedelta(days=3),
    }
    return built(PromiseGraded, facts, changes)
