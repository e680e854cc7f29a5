"""What the events of others mean to customs: facts of one order's dossier, or of a flight."""

from collections.abc import Sequence
from datetime import datetime

from services.customs.domain.declarations.facts import (
    CancelFact,
    DepartureFact,
    DossierFacts,
    OrderFact,
    ShipmentFact,
)
from services.customs.domain.declarations.rulebook import Rulebook
from services.customs.domain.departures.flight import DepartedFlight
from services.customs.use_cases import departures
from services.customs.use_cases.declarations import facts as dossiers
from shared.contracts.catalog.orders import OrderCancelled, OrderPlaced
from shared.contracts.envelope import EventPayload, MalformedEvent
from shared.contracts.routing.shipments import ShipmentBooked, ShipmentDeparted, ShipmentUnroutable
from shared.db import UnitOfWork
from shared.kafka import Apply, Received
from shared.kernel.clock import real_now

Fact = DossierFacts | DepartedFlight


def on_order_placed(event: Received[OrderPlaced]) -> DossierFacts:
    order = event.payload
    document = {
        "order_id": order.order_id,
        "merchant_id": order.merchant_id,
        "currency": order.currency,
        "country": order.ship_to.country,
        "total_minor": order.total_minor,
        "net_weight_g": order.net_weight_g,
        "gross_weight_g": order.gross_weight_g,
        "lines": [
            {
                "line": line.line,
                "sku": line.sku,
                "title": line.title_en,
                "quantity": line.quantity,
                "unit_price_minor": line.unit_price_minor,
                "hs_code": line.hs_code,
                "net_weight_g": line.net_weight_g,
                "gross_weight_g": line.gross_weight_g,
            }
            for line in order.lines
        ],
    }
    return _own(
        event,
        DossierFacts(
            order_id=order.order_id,
            merchant_id=order.merchant_id,
            order=OrderFact(event.envelope.aggregate_version, document),
            traceparent=event.envelope.traceparent,
        ),
    )


def on_order_cancelled(event: Received[OrderCancelled]) -> DossierFacts:
    order = event.payload
    return _own(
        event,
        DossierFacts(
            order_id=order.order_id,
            merchant_id=order.merchant_id,
            cancel=CancelFact(order.reason, event.envelope.time),
            traceparent=event.envelope.traceparent,
        ),
    )


def on_shipment_booked(event: Received[ShipmentBooked]) -> DossierFacts:
    booked = event.payload
    first = booked.itinerary[0] if booked.itinerary else None
    waybill = {
        "order_id": booked.order_id,
        "shipment_id": booked.shipment_id,
        "house_waybill": booked.house_waybill,
        "country": booked.destination_country,
        "gross_weight_g": booked.gross_weight_g,
        "pieces": booked.pieces,
        "mode": first.mode if first else "air",
        "flight_id": first.flight_id if first else None,
        "flight_number": first.flight_number if first else None,
        "departs_at": first.departs_at.isoformat() if first else None,
    }
    return _own(
        event,
        DossierFacts(
            order_id=booked.order_id,
            merchant_id=booked.merchant_id,
            shipment=ShipmentFact(
                version=event.envelope.aggregate_version,
                shipment_id=booked.shipment_id,
                waybill=waybill,
                flight_id=first.flight_id if first else None,
                flight_number=first.flight_number if first else None,
                cut_off_at=booked.cut_off_at,
            ),
            traceparent=event.envelope.traceparent,
        ),
    )


def on_shipment_unroutable(event: Received[ShipmentUnroutable]) -> DossierFacts:
    shipment = event.payload
    return _own(
        event,
        DossierFacts(
            order_id=shipment.order_id,
            merchant_id=shipment.merchant_id,
            shipment=ShipmentFact(
                version=event.envelope.aggregate_version,
                shipment_id=shipment.shipment_id,
                unroutable={
                    "code": shipment.code,
                    "reason": shipment.reason,
                    "remedy": shipment.remedy,
                },
            ),
            traceparent=event.envelope.traceparent,
        ),
    )


def on_shipment_departed(event: Received[ShipmentDeparted]) -> DossierFacts:
    departed = event.payload
    return _own(
        event,
        DossierFacts(
            order_id=departed.order_id,
            merchant_id=departed.merchant_id,
            departure=DepartureFact(
                departed_at=departed.departed_at,
                flight_id=departed.flight_id,
                flight_number=departed.flight_number,
                master_waybill=departed.master_waybill,
                house_waybill=departed.house_waybill,
            ),
            traceparent=event.envelope.traceparent,
        ),
    )


def _own(event: Received[EventPayload], facts: DossierFacts) -> DossierFacts:
    """Slices run for the whole park: that an event speaks of its own tenant is checked here."""
    tenant_id = event.envelope.tenant_id
    if facts.merchant_id != tenant_id:
        raise MalformedEvent(f"an event of {tenant_id} speaks of {facts.merchant_id}")
    return facts


def recording(rulebook: Rulebook) -> Apply[Fact]:
    """Takes the facts of a slice into their dossiers."""

    async def record(uow: UnitOfWork, facts: Sequence[Fact], /, *, now: datetime) -> None:
        await dossiers.record_facts(
            uow,
            facts=[fact for fact in facts if isinstance(fact, DossierFacts)],
            rulebook=rulebook,
            now=now,
            real_now=real_now(),
        )
        flights = [fact for fact in facts if isinstance(fact, DepartedFlight)]
        await departures.record_flights(uow, flights=flights)

    return record
