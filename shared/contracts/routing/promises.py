"""Promises to buyers, graded. Aggregate: promise (`prm_…`), the first one made for a shipment."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.contracts.envelope import EventPayload
from shared.contracts.topics import ROUTING_SHIPMENTS


class PromiseGraded(EventPayload):
    """Once it is due, and again once what was overdue is delivered or cancelled: the newest
    aggregate version counts.

    `late_min`: minutes begun after the promise, of what was delivered late. `fault`: who broke it;
    `fault_carrier`: if it was a carrier, which one.
    `store` is null if it is not known.
    """

    event_type: ClassVar[str] = "routing.promise.graded"
    topic: ClassVar[str] = ROUTING_SHIPMENTS

    promise_id: str
    shipment_id: str
    order_id: str
    merchant_id: str
    store: str | None
    destination_country: str
    carriers: tuple[str, ...]
    promised_at: datetime
    delivered_at: datetime | None
    grade: Literal["kept", "late", "overdue", "void"]
    late_min: int | None
    fault: Literal["merchant", "customs", "park", "carrier", "last_mile", "unknown"] | None
    is_final: bool
    at: datetime
    fault_carrier: str | None = None
