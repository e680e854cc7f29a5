"""What each event says: contract payload in, fact out. The one place that knows the events of the
others; an event type that is not in the table carries no fact that is counted yet.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.analytics.domain.facts import FlightFact, MerchantFact, OrderFact
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

Fact = MerchantFact | OrderFact | FlightFact
Interpreter = Callable[[Any, Envelope], Fact]


def fact_of(event: Envelope) -> Fact | None:
    """None for types that carry none. Raises pydantic.ValidationError: the event is poison."""
    found = INTERPRETERS.get(event.type)
    if found is None:
        return None
    model, interpret = found
    return interpret(event.payload(model), event)


def _merchant(payload: MerchantRegistered, event: Envelope) -> MerchantFact:
    return MerchantFact(
        merchant_id=payload.merchant_id,
        tenant_id=event.tenant_id,
        belt=payload.belt,
        has_office=payload.has_office,
        synthetic=payload.synthetic,
        registered_at=payload.registered_at,
        version=event.aggregate_version,
    )


def _ordered(payload: OrderPlaced | OrderBackordered, event: Envelope) -> dict[str, Any]:
    return {
        "order_id": payload.order_id,
        "tenant_id": event.tenant_id,
        "belt": payload.belt,
        "market": payload.ship_to.country,
        "store": payload.store,
        "currency": payload.currency,
        "total_minor": payload.total_minor,
        "gross_weight_g": payload.gross_weight_g,
        "net_weight_g": payload.net_weight_g,
        "ordered_at": payload.ordered_at,
        "version": event.aggregate_version,
    }


def _placed(payload: OrderPlaced, event: Envelope) -> OrderFact:
    return OrderFact(**_ordered(payload, event), placed_at=payload.placed_at, state="placed")


def _backordered(payload: OrderBackordered, event: Envelope) -> OrderFact:
    return OrderFact(**_ordered(payload, event), backordered_at=event.time, state="backordered")


def _cancelled(payload: OrderCancelled, event: Envelope) -> OrderFact:
    return OrderFact(
        order_id=payload.order_id,
        tenant_id=event.tenant_id,
        cancelled_at=event.time,
        state="cancelled",
        version=event.aggregate_version,
    )


def _status_changed(payload: OrderStatusChanged, event: Envelope) -> OrderFact:
    return OrderFact(
        order_id=payload.order_id,
        tenant_id=event.tenant_id,
        state=payload.status,
        version=event.aggregate_version,
    )


def _booked(payload: ShipmentBooked, event: Envelope) -> OrderFact:
    return OrderFact(
        order_id=payload.order_id,
        tenant_id=event.tenant_id,
        booked_at=event.time,
        promised_at=payload.promised_at,
        booking=event.aggregate_version,
    )


def _unroutable(payload: ShipmentUnroutable, event: Envelope) -> OrderFact:
    return OrderFact(order_id=payload.order_id, tenant_id=event.tenant_id, unroutable_at=event.time)


def _departed(payload: ShipmentDeparted, event: Envelope) -> OrderFact:
    return OrderFact(
        order_id=payload.order_id,
        tenant_id=event.tenant_id,
        departed_at=payload.departed_at,
        departed_weight_g=payload.gross_weight_g,
    )


def _delivered(payload: ShipmentDelivered, event: Envelope) -> OrderFact:
    return OrderFact(
        order_id=payload.order_id, tenant_id=event.tenant_id, delivered_at=payload.delivered_at
    )


def _declaration(field: str) -> Interpreter:
    """Declaration events all say one thing: that something happened at an instant."""

    def interpret(payload: Any, event: Envelope) -> OrderFact:
        at = {field: payload.at}
        return OrderFact(order_id=payload.order_id, tenant_id=event.tenant_id, **at)

    return interpret


def _screened(payload: DeclarationScreened, event: Envelope) -> OrderFact:
    """A failed screening holds the parcel until another one passes."""
    return OrderFact(
        order_id=payload.order_id,
        tenant_id=event.tenant_id,
        screened_at=payload.at if payload.passed else None,
    )


def _flight(payload: FlightDeparted, event: Envelope) -> FlightFact:
    return FlightFact(
        flight_id=payload.flight_id,
        tenant_id=event.tenant_id,
        flight_number=payload.flight_number,
        mode=payload.mode,
        origin=payload.origin,
        destination=payload.destination,
        departed_at=payload.departed_at,
        shipments=payload.shipments,
        gross_weight_g=payload.gross_weight_g,
        synthetic=payload.synthetic,
        version=event.aggregate_version,
    )


INTERPRETERS: Final[Mapping[str, tuple[type[EventPayload], Interpreter]]] = {
    model.event_type: (model, interpret)
    for model, interpret in (
        (MerchantRegistered, _merchant),
        (OrderPlaced, _placed),
        (OrderBackordered, _backordered),
        (OrderCancelled, _cancelled),
        (OrderStatusChanged, _status_changed),
        (DeclarationSubmitted, _declaration("submitted_at")),
        (DeclarationBlocked, _declaration("blocked_at")),
        (DeclarationAccepted, _declaration("accepted_at")),
        (DeclarationInspection, _declaration("inspection_at")),
        (DeclarationReturned, _declaration("returned_at")),
        (DeclarationScreened, _screened),
        (DeclarationReleased, _declaration("released_at")),
        (DeclarationClosed, _declaration("closed_at")),
        (ShipmentBooked, _booked),
        (ShipmentUnroutable, _unroutable),
        (ShipmentDeparted, _departed),
        (ShipmentDelivered, _delivered),
        (FlightDeparted, _flight),
    )
}
