"""What catalog hears from routing and customs, put into the words of `domain.order_facts`: one pure
function per event, and one handler that takes them by the slice, because every order is told of a
dozen times on its way.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.catalog.domain.order import OrderNotFound
from services.catalog.domain.order_facts import (
    Channel,
    Clearance,
    Decision,
    Declaration,
    Entry,
    Observation,
    OrderFacts,
    Plan,
    Screening,
    decision_rank,
)
from services.catalog.use_cases.order_way import record_observations
from shared.contracts.customs import (
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
from shared.contracts.routing import (
    ItineraryLeg,
    ShipmentBooked,
    ShipmentDelivered,
    ShipmentDeparted,
    ShipmentStatus,
    ShipmentUnroutable,
)
from shared.db import UnitOfWork
from shared.kafka import BatchHandler
from shared.kernel.clock import Clock

DeclarationDecided = (
    DeclarationSubmitted
    | DeclarationAccepted
    | DeclarationInspection
    | DeclarationBlocked
    | DeclarationReleased
    | DeclarationReturned
    | DeclarationClosed
)
Observer = Callable[[Any, Envelope], Observation]
Observers = Mapping[type[EventPayload], Observer]

_CLEARANCE: Final[dict[type[EventPayload], tuple[Clearance, str]]] = {
    DeclarationSubmitted: (Clearance.SUBMITTED, "export list sent to the Single Window"),
    DeclarationAccepted: (Clearance.ACCEPTED, "entered by customs"),
    DeclarationInspection: (Clearance.INSPECTION, "held by customs for inspection"),
    DeclarationBlocked: (Clearance.BLOCKED, "not sent: our own check found faults"),
    DeclarationReleased: (Clearance.RELEASED, "released by customs"),
    DeclarationReturned: (Clearance.RETURNED, "sent back by customs"),
    DeclarationClosed: (Clearance.CLOSED, "closed by customs after departure"),
}


def observing(observers: Observers, clock: Clock) -> BatchHandler:
    """The handler of a slice. Types that are not in `observers` are none of our business.

    An order we do not know, or of another tenant than the event says, is refused: alone in its
    slice (the kit sees to that) the event becomes a dead letter. It may belong to a database that
    was restored from an older copy.
    """
    by_type = {payload.event_type: (payload, observe) for payload, observe in observers.items()}

    async def on_events(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
        observations = []
        for envelope in envelopes:
            if envelope.type in by_type:
                model, observe = by_type[envelope.type]
                observations.append(observe(envelope.payload(model), envelope))
        if await record_observations(uow, observations=observations, now=clock.now()):
            raise OrderNotFound

    return on_events


def shipment_booked(payload: ShipmentBooked, envelope: Envelope) -> Observation:
    plan = Plan(
        rank=envelope.aggregate_version,
        shipment_id=payload.shipment_id,
        house_waybill=payload.house_waybill,
        itinerary=tuple(_leg(leg) for leg in payload.itinerary),
        promised_at=payload.promised_at.isoformat(),
    )
    way = " ".join(
        f"{leg.flight_number} {leg.origin}-{leg.destination}" for leg in payload.itinerary
    )
    again = "rebooked" if payload.rebooked else "booked"
    detail = f"{again} on {way}; house waybill {payload.house_waybill}"
    return _observed(payload.order_id, envelope, OrderFacts(plan=plan), detail)


def shipment_unroutable(payload: ShipmentUnroutable, envelope: Envelope) -> Observation:
    reason = f"{payload.reason} {payload.remedy}".strip()
    plan = Plan(envelope.aggregate_version, payload.shipment_id, unroutable=reason)
    return _observed(payload.order_id, envelope, OrderFacts(plan=plan), reason)


def shipment_departed(payload: ShipmentDeparted, envelope: Envelope) -> Observation:
    detail = f"left on {payload.flight_number}; master waybill {payload.master_waybill}"
    facts = OrderFacts(departed=True)
    return _observed(payload.order_id, envelope, facts, detail, payload.departed_at)


def shipment_status(payload: ShipmentStatus, envelope: Envelope) -> Observation:
    flight = f", {payload.flight_number}" if payload.flight_number else ""
    detail = f"{payload.code} at {payload.airport}{flight}"
    return _observed(payload.order_id, envelope, OrderFacts(), detail, payload.occurred_at)


def shipment_delivered(payload: ShipmentDelivered, envelope: Envelope) -> Observation:
    late = "" if payload.delivered_at <= payload.promised_at else ", later than promised"
    detail = f"delivered by {payload.airport}{late}"
    facts = OrderFacts(delivered=True)
    return _observed(payload.order_id, envelope, facts, detail, payload.delivered_at)


def declaration_decided(payload: DeclarationDecided, envelope: Envelope) -> Observation:
    clearance, sentence = _CLEARANCE[type(payload)]
    rank = envelope.aggregate_version
    facts = OrderFacts(
        decision=Decision(decision_rank(payload.at, clearance), clearance, payload.detail),
        declaration=Declaration(rank, payload.declaration_id, payload.status),
        channel=Channel(rank, payload.channel) if payload.channel else None,
    )
    detail = f"{sentence}: {payload.detail}" if payload.detail else sentence
    return _observed(payload.order_id, envelope, facts, detail, payload.at)


def declaration_screened(payload: DeclarationScreened, envelope: Envelope) -> Observation:
    rank = envelope.aggregate_version
    facts = OrderFacts(
        screening=Screening(rank, payload.lane, payload.passed),
        declaration=Declaration(rank, payload.declaration_id, payload.status),
        channel=Channel(rank, payload.channel) if payload.channel else None,
    )
    verdict = "passed" if payload.passed else "did not pass"
    detail = f"{verdict} security lane {payload.lane}"
    return _observed(payload.order_id, envelope, facts, detail, payload.at)


def _observed(
    order_id: str,
    envelope: Envelope,
    facts: OrderFacts,
    detail: str,
    at: datetime | None = None,
) -> Observation:
    """`at`: the instant of the fact, where the payload knows it better than the envelope."""
    service, _, _ = envelope.type.partition(".")
    return Observation(
        order_id=order_id,
        tenant_id=envelope.tenant_id,
        facts=facts,
        entry=Entry(at or envelope.time, service, envelope.type, detail),
        traceparent=envelope.traceparent,
    )


def _leg(leg: ItineraryLeg) -> dict[str, Any]:
    return {
        "origin": leg.origin,
        "destination": leg.destination,
        "flight_number": leg.flight_number,
        "mode": leg.mode,
        "departs_at": leg.departs_at.isoformat(),
        "arrives_at": leg.arrives_at.isoformat(),
        "synthetic": leg.synthetic,
    }
