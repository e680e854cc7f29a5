"""A payload in its envelope, and an envelope as the record of Kafka that the relay makes of it."""

from datetime import datetime
from typing import Any, Final

from shared.contracts.envelope import Envelope, EventPayload
from shared.kafka.publisher import OutgoingRecord
from shared.kernel.ids import new_id
from tests.support.events.building import AT

TRACEPARENT: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def enveloped(
    payload: EventPayload, *, version: int = 1, at: datetime = AT, **changes: Any
) -> Envelope:
    """`payload` on its way, as its service sends it: about its aggregate, for its merchant."""
    facts = {
        "type": payload.event_type,
        "subject": _aggregate_id(payload),
        "tenant_id": getattr(payload, "merchant_id", "park"),
        "data": payload.model_dump_json().encode(),
    }
    return an_envelope(aggregate_version=version, time=at, **(facts | changes))


def an_envelope(**changes: Any) -> Envelope:
    """An envelope of any type around any bytes, for what looks at nothing but the envelope."""
    event_type = changes.get("type", "customs.declaration.released")
    facts: dict[str, Any] = {
        "id": new_id("evt"),
        "source": f"/{event_type.partition('.')[0]}",
        "type": event_type,
        "subject": new_id("dec"),
        "time": AT,
        "tenant_id": "mer_1",
        "aggregate_version": 1,
        "traceparent": TRACEPARENT,
        "data": b"{}",
    }
    return Envelope(**(facts | changes))


def a_record(topic: str, envelope: Envelope) -> OutgoingRecord:
    return OutgoingRecord(topic, envelope.subject.encode(), envelope.data, envelope.headers())


def _aggregate_id(payload: EventPayload) -> str:
    producer, noun, _ = payload.event_type.split(".")
    names = {"stock": "product_id"}
    # Merchants' systems know products by their SKU only.
    name = "sku" if producer == "erp" else names.get(noun, f"{noun}_id")
    aggregate_id: str = getattr(payload, name)
    return aggregate_id
