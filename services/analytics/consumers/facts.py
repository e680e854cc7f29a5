"""What the events of others mean to analytics: the fact that each one states.

Every event also says how far the stream has come, those without a fact included.
"""

from dataclasses import replace
from datetime import datetime

from services.analytics.domain.facts import Counted, Fact, FlightFact, MerchantFact, OrderFact
from shared.contracts.catalog.merchants import MerchantRegistered
from shared.contracts.catalog.orders import (
    OrderBackordered,
    OrderCancelled,
    OrderPlaced,
    OrderStatusChanged,
)
from shared.contracts.customs.declarations import (
    DeclarationAccepted,
    DeclarationBlocked,
    DeclarationClosed,
    DeclarationInspection,
    DeclarationReleased,
    DeclarationReturned,
    DeclarationScreened,
    DeclarationSubmitted,
)
from shared.contracts.envelope import Envelope, EventPayload
from shared.contracts.routing.flights import FlightDeparted
from shared.contracts.routing.shipments import (
    ShipmentBooked,
    ShipmentDelivered,
    ShipmentDeparted,
    ShipmentUnroutable,
)
from shared.kafka import Received

_Declaration = (
    DeclarationSubmitted
    | DeclarationBlocked
    | DeclarationAccepted
    | DeclarationInspection
    | DeclarationReturned
    | DeclarationScreened
    | DeclarationReleased
    | DeclarationClosed
)


def on_other_event(event: Envelope) -> Counted:
    """Of a type that states no fact which is counted yet."""
    return Counted(event.id, event.time, None)


def on_merchant_registered(event: Received[MerchantRegistered]) -> Counted:
    merchant = event.payload
    fact = MerchantFact(
        merchant_id=merchant.merchant_id,
        tenant_id=event.envelope.tenant_id,
        belt=merchant.belt,
        has_office=merchant.has_office,
        synthetic=merchant.synthetic,
        registered_at=merchant.registered_at,
        version=event.envelope.aggregate_version,
    )
    return _counted(event, fact)


def on_order_placed(event: Received[OrderPlaced]) -> Counted:
    return _counted(event, _ordered(event, state="placed", placed_at=event.payload.placed_at))


def on_order_backordered(event: Received[OrderBackordered]) -> Counted:
    at = event.envelope.time
    return _counted(event, _ordered(event, state="backordered", backordered_at=at))


def on_order_cancelled(event: Received[OrderCancelled]) -> Counted:
    fact = OrderFact(
        order_id=event.payload.order_id,
        tenant_id=event.envelope.tenant_id,
        cancelled_at=event.envelope.time,
        state="cancelled",
        version=event.envelope.aggregate_version,
    )
    return _counted(event, fact)


def on_order_status_changed(event: Received[OrderStatusChanged]) -> Counted:
    fact = OrderFact(
        order_id=event.payload.order_id,
        tenant_id=event.envelope.tenant_id,
        state=event.payload.status,
        version=event.envelope.aggregate_version,
    )
    return _counted(event, fact)


def on_declaration_submitted(event: Received[DeclarationSubmitted]) -> Counted:
    return _counted(event, replace(_declared(event), submitted_at=event.payload.at))


def on_declaration_blocked(event: Received[DeclarationBlocked]) -> Counted:
    return _counted(event, replace(_declared(event), blocked_at=event.payload.at))


def on_declaration_accepted(event: Received[DeclarationAccepted]) -> Counted:
    return _counted(event, replace(_declared(event), accepted_at=event.payload.at))


def on_declaration_inspection(event: Received[DeclarationInspection]) -> Counted:
    return _counted(event, replace(_declared(event), inspection_at=event.payload.at))


def on_declaration_returned(event: Received[DeclarationReturned]) -> Counted:
    return _counted(event, replace(_declared(event), returned_at=event.payload.at))


def on_declaration_released(event: Received[DeclarationReleased]) -> Counted:
    return _counted(event, replace(_declared(event), released_at=event.payload.at))


def on_declaration_closed(event: Received[DeclarationClosed]) -> Counted:
    return _counted(event, replace(_declared(event), closed_at=event.payload.at))


def on_declaration_screened(event: Received[DeclarationScreened]) -> Counted:
    """A failed screening holds the parcel until another one passes."""
    at = event.payload.at if event.payload.passed else None
    return _counted(event, replace(_declared(event), screened_at=at))


def on_shipment_booked(event: Received[ShipmentBooked]) -> Counted:
    fact = OrderFact(
        order_id=event.payload.order_id,
        tenant_id=event.envelope.tenant_id,
        booked_at=event.envelope.time,
        promised_at=event.payload.promised_at,
        booking=event.envelope.aggregate_version,
    )
    return _counted(event, fact)


def on_shipment_unroutable(event: Received[ShipmentUnroutable]) -> Counted:
    fact = OrderFact(
        order_id=event.payload.order_id,
        tenant_id=event.envelope.tenant_id,
        unroutable_at=event.envelope.time,
    )
    return _counted(event, fact)


def on_shipment_departed(event: Received[ShipmentDeparted]) -> Counted:
    fact = OrderFact(
        order_id=event.payload.order_id,
        tenant_id=event.envelope.tenant_id,
        departed_at=event.payload.departed_at,
        departed_weight_g=event.payload.gross_weight_g,
    )
    return _counted(event, fact)


def on_shipment_delivered(event: Received[ShipmentDelivered]) -> Counted:
    fact = OrderFact(
        order_id=event.payload.order_id,
        tenant_id=event.envelope.tenant_id,
        delivered_at=event.payload.delivered_at,
    )
    return _counted(event, fact)


def on_flight_departed(event: Received[FlightDeparted]) -> Counted:
    flight = event.payload
    fact = FlightFact(
        flight_id=flight.flight_id,
        tenant_id=event.envelope.tenant_id,
        flight_number=flight.flight_number,
        mode=flight.mode,
        origin=flight.origin,
        destination=flight.destination,
        departed_at=flight.departed_at,
        shipments=flight.shipments,
        gross_weight_g=flight.gross_weight_g,
        synthetic=flight.synthetic,
        version=event.envelope.aggregate_version,
    )
    return _counted(event, fact)


def _ordered(
    event: Received[OrderPlaced] | Received[OrderBackordered],
    *,
    state: str,
    placed_at: datetime | None = None,
    backordered_at: datetime | None = None,
) -> OrderFact:
    order = event.payload
    return OrderFact(
        order_id=order.order_id,
        tenant_id=event.envelope.tenant_id,
        belt=order.belt,
        market=order.ship_to.country,
        store=order.store,
        currency=order.currency,
        total_minor=order.total_minor,
        gross_weight_g=order.gross_weight_g,
        net_weight_g=order.net_weight_g,
        ordered_at=order.ordered_at,
        placed_at=placed_at,
        backordered_at=backordered_at,
        state=state,
        version=event.envelope.aggregate_version,
    )


def _declared(event: Received[_Declaration]) -> OrderFact:
    """Each event of a declaration adds the instant of one step."""
    return OrderFact(order_id=event.payload.order_id, tenant_id=event.envelope.tenant_id)


def _counted(event: Received[EventPayload], fact: Fact) -> Counted:
    return Counted(event.envelope.id, event.envelope.time, fact)
