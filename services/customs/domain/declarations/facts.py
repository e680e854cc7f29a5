"""What one slice of events says about one order. Facts of an order may arrive in any order and more
than once; the newest version of a document wins, and the database row does the rest.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class OrderFact:
    version: int
    document: dict[str, Any]  # JSON of documents.OrderDocument


@dataclass(frozen=True)
class ShipmentFact:
    """A booking (`waybill`) or its absence (`unroutable`), by the shipment's event version."""

    version: int
    shipment_id: str
    waybill: dict[str, Any] | None = None  # JSON of documents.Waybill
    unroutable: dict[str, Any] | None = None
    flight_id: str | None = None
    flight_number: str | None = None
    cut_off_at: datetime | None = None


@dataclass(frozen=True)
class CancelFact:
    reason: str
    at: datetime


@dataclass(frozen=True)
class DepartureFact:
    departed_at: datetime
    flight_id: str
    flight_number: str
    master_waybill: str
    house_waybill: str


@dataclass(frozen=True)
class DossierFacts:
    order_id: str
    merchant_id: str
    order: OrderFact | None = None
    shipment: ShipmentFact | None = None
    cancel: CancelFact | None = None
    departure: DepartureFact | None = None
    traceparent: str | None = None

    def merged(self, later: "DossierFacts") -> "DossierFacts":
        """Both, for the same order: newest versions, and the last departure."""
        order, shipment = self.order, self.shipment
        if later.order and (order is None or later.order.version > order.version):
            order = later.order
        if later.shipment and (shipment is None or later.shipment.version > shipment.version):
            shipment = later.shipment
        departure = self.departure
        if later.departure and (
            departure is None or later.departure.departed_at > departure.departed_at
        ):
            departure = later.departure
        return replace(
            self,
            order=order,
            shipment=shipment,
            cancel=later.cancel or self.cancel,
            departure=departure,
            traceparent=later.traceparent or self.traceparent,
        )
