"""From Kafka to dossiers: one function for whole slices, because an order's way is many small
events. Everything else on these topics passes by.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from services.customs.domain.dossier import (
    CancelFact,
    DepartureFact,
    DossierFacts,
    OrderFact,
    ShipmentFact,
)
from services.customs.domain.rulebook import Rulebook
from services.customs.use_cases import dossiers
from shared.contracts.catalog.orders import OrderCancelled, OrderPlaced
from shared.contracts.envelope import Envelope, MalformedEvent
from shared.contracts.routing.flights import FlightDeparted
from shared.contracts.routing.shipments import ShipmentBooked, ShipmentDeparted, ShipmentUnroutable
from shared.db import UnitOfWork
from shared.kernel.clock import Clock, real_now

OnBatch = Callable[[UnitOfWork, Sequence[Envelope]], Awaitable[None]]


def on_order_placed(event: Envelope) -> DossierFacts:
    order = event.payload(OrderPlaced)
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
    return DossierFacts(
        order_id=order.order_id,
        merchant_id=order.merchant_id,
        order=OrderFact(event.aggregate_version, document),
        traceparent=event.traceparent,
    )


def on_order_cancelled(event: Envelope) -> DossierFacts:
    order = event.payload(OrderCancelled)
    return DossierFacts(
        order_id=order.order_id,
        merchant_id=order.merchant_id,
        cancel=CancelFact(order.reason, event.time),
        traceparent=event.traceparent,
    )


def on_shipment_booked(event: Envelope) -> DossierFacts:
    booked = event.payload(ShipmentBooked)
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
    return DossierFacts(
        order_id=booked.order_id,
        merchant_id=booked.merchant_id,
        shipment=ShipmentFact(
            version=event.aggregate_version,
            shipment_id=booked.shipment_id,
            waybill=waybill,
            flight_id=first.flight_id if first else None,
            flight_number=first.flight_number if first else None,
            cut_off_at=booked.cut_off_at,
        ),
        traceparent=event.traceparent,
    )


def on_shipment_unroutable(event: Envelope) -> DossierFacts:
    shipment = event.payload(ShipmentUnroutable)
    return DossierFacts(
        order_id=shipment.order_id,
        merchant_id=shipment.merchant_id,
        shipment=ShipmentFact(
            version=event.aggregate_version,
            shipment_id=shipment.shipment_id,
            unroutable={
                "code": shipment.code,
                "reason": shipment.reason,
                "remedy": shipment.remedy,
            },
        ),
        traceparent=event.traceparent,
    )


def on_shipment_departed(event: Envelope) -> DossierFacts:
    departed = event.payload(ShipmentDeparted)
    return DossierFacts(
        order_id=departed.order_id,
        merchant_id=departed.merchant_id,
        departure=DepartureFact(
            departed_at=departed.departed_at,
            flight_id=departed.flight_id,
            flight_number=departed.flight_number,
            master_waybill=departed.master_waybill,
            house_waybill=departed.house_waybill,
        ),
        traceparent=event.traceparent,
    )


def on_flight_departed(event: Envelope) -> dict[str, Any]:
    flight = event.payload(FlightDeparted)
    return {
        "id": flight.flight_id,
        "flight_number": flight.flight_number,
        "mode": flight.mode,
        "master_waybill": flight.master_waybill,
        "shipments": flight.shipments,
        "departed_at": flight.departed_at.isoformat(),
    }


DOSSIER_EVENTS: Final[dict[str, Callable[[Envelope], DossierFacts]]] = {
    OrderPlaced.event_type: on_order_placed,
    OrderCancelled.event_type: on_order_cancelled,
    ShipmentBooked.event_type: on_shipment_booked,
    ShipmentUnroutable.event_type: on_shipment_unroutable,
    ShipmentDeparted.event_type: on_shipment_departed,
}


def _facts_of(event: Envelope) -> DossierFacts:
    """Slices run for the whole park: that an event speaks of its own tenant is checked here."""
    facts = DOSSIER_EVENTS[event.type](event)
    if facts.merchant_id != event.tenant_id:
        raise MalformedEvent(f"an event of {event.tenant_id} speaks of {facts.merchant_id}")
    return facts


def on_events(rulebook: Rulebook, clock: Clock) -> OnBatch:
    """The batch handler of the worker. Runs for the whole park."""

    async def on_batch(uow: UnitOfWork, events: Sequence[Envelope]) -> None:
        facts = [_facts_of(event) for event in events if event.type in DOSSIER_EVENTS]
        flights = [
            on_flight_departed(event) for event in events if event.type == FlightDeparted.event_type
        ]
        await dossiers.record_facts(
            uow, facts=facts, rulebook=rulebook, now=clock.now(), real_now=real_now()
        )
        await dossiers.record_flights(uow, flights=flights)

    return on_batch
