"""Facts about one order, from the events of other services. They arrive in any order and more than
once. The newest version of a document wins, within a slice here, across slices in the database row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from services.customs.domain.declarations.documents import OrderDocument, Unroutable, Waybill


@dataclass(frozen=True, slots=True)
class OrderFact:
    version: int
    document: OrderDocument


@dataclass(frozen=True, slots=True)
class ShipmentFact:
    """A booking (`waybill`) or its absence (`unroutable`), by the shipment's event version."""

    version: int
    shipment_id: str
    waybill: Waybill | None = None
    unroutable: Unroutable | None = None
    cut_off_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CancelFact:
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DepartureFact:
    departed_at: datetime
    flight_id: str
    flight_number: str
    master_waybill: str
    house_waybill: str


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """What one or several events say about the dossier of an order."""

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


def merge_by_order(facts: Iterable[DossierFacts]) -> list[DossierFacts]:
    """One per order, in the order of `order_id`: rows are always locked in that order."""
    by_order: dict[str, DossierFacts] = {}
    for fact in facts:
        known = by_order.get(fact.order_id)
        by_order[fact.order_id] = known.merged(fact) if known else fact
    return [by_order[order_id] for order_id in sorted(by_order)]
