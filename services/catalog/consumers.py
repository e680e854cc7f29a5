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
from services.catalog.domain.order_findings import Finding
from services.catalog.use_cases.order_way import record_observations
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
from shared.contracts.routing.shipments import (
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
from shared.kernel.errors import Text
from shared.kernel.words import Words, words

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

_CLEARANCE: Final[dict[type[EventPayload], tuple[Clearance, Text]]] = {
    DeclarationSubmitted: (
        Clearance.SUBMITTED,
        Text("export list sent to the Single Window", "清单已提交单一窗口"),
    ),
    DeclarationAccepted: (Clearance.ACCEPTED, Text("entered by customs", "海关已入库")),
    DeclarationInspection: (Clearance.INSPECTION, Text("held by customs", "海关暂扣")),
    DeclarationBlocked: (
        Clearance.BLOCKED,
        Text("not sent: our own check found faults", "未申报：自查发现问题"),
    ),
    DeclarationReleased: (Clearance.RELEASED, Text("released by customs", "海关已放行")),
    DeclarationReturned: (Clearance.RETURNED, Text("sent back by customs", "海关退单")),
    DeclarationClosed: (
        Clearance.CLOSED,
        Text("closed by customs after departure", "离境后海关已结关"),
    ),
}
# Where the sentence leaves open what it is about.
_TOLD_IN_FULL: Final = frozenset({Clearance.INSPECTION, Clearance.BLOCKED})


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
    sentence = _REBOOKED if payload.rebooked else _BOOKED
    detail = words(sentence, way=way, waybill=payload.house_waybill)
    return _observed(payload.order_id, envelope, OrderFacts(plan=plan), detail)


def shipment_unroutable(payload: ShipmentUnroutable, envelope: Envelope) -> Observation:
    refusal = Finding(
        payload.code,
        Words(payload.reason, payload.reason_zh or payload.reason),
        Words(payload.remedy, payload.remedy_zh or payload.remedy),
    )
    plan = Plan(
        envelope.aggregate_version,
        payload.shipment_id,
        unroutable=refusal.line,
        refusal=refusal,
    )
    detail = Words(refusal.line, f"{refusal.detail.zh} {refusal.fix.zh}".strip())
    return _observed(payload.order_id, envelope, OrderFacts(plan=plan), detail)


def shipment_departed(payload: ShipmentDeparted, envelope: Envelope) -> Observation:
    detail = words(_LEFT, flight=payload.flight_number, waybill=payload.master_waybill)
    facts = OrderFacts(departed=True)
    return _observed(payload.order_id, envelope, facts, detail, payload.departed_at)


def shipment_status(payload: ShipmentStatus, envelope: Envelope) -> Observation:
    flight = f", {payload.flight_number}" if payload.flight_number else ""
    detail = words(_REPORTED, code=payload.code, airport=payload.airport, flight=flight)
    return _observed(payload.order_id, envelope, OrderFacts(), detail, payload.occurred_at)


def shipment_delivered(payload: ShipmentDelivered, envelope: Envelope) -> Observation:
    on_time = payload.delivered_at <= payload.promised_at
    detail = words(_DELIVERED if on_time else _DELIVERED_LATE, airport=payload.airport)
    facts = OrderFacts(delivered=True)
    return _observed(payload.order_id, envelope, facts, detail, payload.delivered_at)


def declaration_decided(payload: DeclarationDecided, envelope: Envelope) -> Observation:
    clearance, sentence = _CLEARANCE[type(payload)]
    rank = envelope.aggregate_version
    meaning = Words.of(payload.meaning) if payload.meaning else None
    if meaning is None and clearance is Clearance.BLOCKED and payload.detail:
        meaning = Words.as_said(payload.detail)
    facts = OrderFacts(
        decision=Decision(decision_rank(payload.at, clearance), clearance, payload.detail, meaning),
        declaration=Declaration(rank, payload.declaration_id, payload.status),
        channel=Channel(rank, payload.channel) if payload.channel else None,
    )
    detail = words(sentence)
    if meaning is not None and clearance in _TOLD_IN_FULL:
        detail = Words(f"{detail.en}: {meaning.en}", f"{detail.zh}：{meaning.zh}")
    # Our own check speaks for itself.
    original = None if clearance is Clearance.BLOCKED else payload.detail
    return _observed(payload.order_id, envelope, facts, detail, payload.at, original=original)


def declaration_screened(payload: DeclarationScreened, envelope: Envelope) -> Observation:
    rank = envelope.aggregate_version
    facts = OrderFacts(
        screening=Screening(rank, payload.lane, payload.passed),
        declaration=Declaration(rank, payload.declaration_id, payload.status),
        channel=Channel(rank, payload.channel) if payload.channel else None,
    )
    detail = words(_PASSED if payload.passed else _NOT_PASSED, lane=payload.lane)
    return _observed(payload.order_id, envelope, facts, detail, payload.at)


_BOOKED: Final = Text("booked on {way}; house waybill {waybill}", "已订舱 {way}；分运单 {waybill}")
_REBOOKED: Final = Text(
    "rebooked on {way}; house waybill {waybill}", "已改订 {way}；分运单 {waybill}"
)
_LEFT: Final = Text(
    "left on {flight}; master waybill {waybill}", "已随 {flight} 离港；主运单 {waybill}"
)
_REPORTED: Final = Text("{code} at {airport}{flight}", "{airport} 状态 {code}{flight}")
_DELIVERED: Final = Text("delivered at {airport}", "已在 {airport} 妥投")
_DELIVERED_LATE: Final = Text(
    "delivered at {airport}, later than promised", "已在 {airport} 妥投，晚于承诺"
)
_PASSED: Final = Text("passed security lane {lane}", "已通过安检通道 {lane}")
_NOT_PASSED: Final = Text("did not pass security lane {lane}", "未通过安检通道 {lane}")


def _observed(
    order_id: str,
    envelope: Envelope,
    facts: OrderFacts,
    detail: Words,
    at: datetime | None = None,
    *,
    original: str | None = None,
) -> Observation:
    """`at`: the instant of the fact, where the payload knows it better than the envelope."""
    service, _, _ = envelope.type.partition(".")
    return Observation(
        order_id=order_id,
        tenant_id=envelope.tenant_id,
        facts=facts,
        entry=Entry(at or envelope.time, service, envelope.type, detail, original),
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
