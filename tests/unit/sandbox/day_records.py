"""A small day as the three ledgers hold it: two orders, one delivered and one waiting for stock."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from deploy.sandbox.ledgers.audit import Audit
from deploy.sandbox.ledgers.catalog_orders import CatalogOrder
from deploy.sandbox.partner.ledger import WebhookLedger
from shared.kafka.reading import StoredRecord
from tests.support.events.envelopes import an_envelope

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
ORDERS, SHIPMENTS = "airlane.catalog.orders.v1", "airlane.routing.shipments.v1"
DECLARATIONS, FLIGHTS = "airlane.customs.declarations.v1", "airlane.routing.flights.v1"


def record(
    topic: str, event: str, subject: str, version: int, offset: int, **data: Any
) -> StoredRecord:
    envelope = an_envelope(
        id=f"evt_{subject}_{version}",
        type=event,
        subject=subject,
        time=AT + timedelta(minutes=offset),
        aggregate_version=version,
        data=json.dumps(data).encode(),
    )
    return StoredRecord(topic, 0, offset, 0, envelope)


def log_of_a_day() -> list[StoredRecord]:
    facts: dict[str, Any] = {
        "order_id": "ord_1",
        "channel": None,
        "rebooked": False,
        "placed_at": AT.isoformat(),
        "gross_weight_g": 700,
    }
    changed = "catalog.order.status_changed"
    declared = facts | {"status": "released", "channel": "green", "lane": 2}
    submitted = declared | {"at": (AT + timedelta(minutes=3)).isoformat()}
    released = declared | {"at": (AT + timedelta(minutes=5.5)).isoformat()}
    # Placed at 16:00 of the park's clock, delivered at 01:00 two days later.
    delivered = facts | {"delivered_at": (AT + timedelta(hours=33)).isoformat()}
    flight = {
        "mode": "air",
        "flight_number": "O3701",
        "origin": "EHU",
        "destination": "LGG",
        "shipments": 1,
        "gross_weight_g": 2_500_000,
        "departed_at": (AT + timedelta(hours=9)).isoformat(),
    }
    return [
        record(ORDERS, "catalog.order.placed", "ord_1", 1, 0, **facts),
        record(ORDERS, "catalog.order.backordered", "ord_2", 1, 1, order_id="ord_2"),
        record(SHIPMENTS, "routing.shipment.booked", "shp_1", 1, 2, **facts),
        record(DECLARATIONS, "customs.declaration.submitted", "dec_1", 1, 3, **submitted),
        record(DECLARATIONS, "customs.declaration.released", "dec_1", 2, 4, **released),
        record(DECLARATIONS, "customs.declaration.screened", "dec_1", 3, 5, **declared),
        record(FLIGHTS, "routing.flight.departed", "flt_1", 1, 6, **flight),
        record(SHIPMENTS, "routing.shipment.departed", "shp_1", 2, 7, **facts),
        record(SHIPMENTS, "routing.shipment.delivered", "shp_1", 3, 8, **delivered),
        record(ORDERS, changed, "ord_1", 2, 9, order_id="ord_1", status="delivered"),
    ]


def listed(order_id: str, status: str, reason: str = "") -> CatalogOrder:
    return CatalogOrder(
        id=order_id,
        merchant_id="mer_1",
        store="DE",
        order_number=f"{order_id}-run",
        status=status,
        country="DE",
        amount=Decimal("12.50"),
        currency="GBP",
        reason=reason,
    )


CATALOG = {
    "ord_1": listed("ord_1", "delivered"),
    "ord_2": listed("ord_2", "backordered", "Not enough: 22086 0/6. Restock."),
}
ACCEPTED = {"ord_1": "1-run", "ord_2": "2-run"}


def ledger_of(found: Audit) -> WebhookLedger:
    return WebhookLedger(types=dict(found.ids), attempts=Counter(dict.fromkeys(found.ids, 1)))
