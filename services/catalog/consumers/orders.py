"""What the events of routing and customs mean to catalog: observations of an order on its way."""

from datetime import datetime
from typing import Final

from services.catalog.domain.orders.facts import (
    Channel,
    Clearance,
    Decision,
    Declaration,
    Leg,
    OrderFacts,
    Plan,
    Screening,
    decision_rank,
)
from services.catalog.domain.orders.findings import Finding
from services.catalog.domain.orders.timeline import Entry, Observation
from shared.contracts.customs.declarations import (
    DeclarationAccepted,
    DeclarationBlocked,
    DeclarationCancelDeclined,
    DeclarationCancelled,
    DeclarationCancelRequested,
    DeclarationClosed,
    DeclarationInspection,
    DeclarationReleased,
    DeclarationReturned,
    DeclarationScreened,
    DeclarationSubmitted,
    DeclarationWithdrawn,
)
from shared.contracts.envelope import EventPayload
from shared.contracts.routing.promises import PromiseGraded
from shared.contracts.routing.shipments import (
    ItineraryLeg,
    ShipmentBooked,
    ShipmentDelivered,
    ShipmentDeparted,
    ShipmentStatus,
    ShipmentUnroutable,
)
from shared.kafka import Received
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
# Where the sentence alone does not say what the matter is.
_WITH_MEANING: Final = frozenset({Clearance.INSPECTION, Clearance.BLOCKED})


def on_shipment_booked(event: Received[ShipmentBooked]) -> Observation:
    plan = Plan(
        rank=event.envelope.aggregate_version,
        shipment_id=event.payload.shipment_id,
        house_waybill=event.payload.house_waybill,
        itinerary=tuple(_leg(leg) for leg in event.payload.itinerary),
        promised_at=event.payload.promised_at,
    )
    way = " ".join(
        f"{leg.flight_number} {leg.origin}-{leg.destination}" for leg in event.payload.itinerary
    )
    sentence = _REBOOKED if event.payload.rebooked else _BOOKED
    detail = words(sentence, way=way, waybill=event.payload.house_waybill)
    return _observed(event, event.payload.order_id, OrderFacts(plan=plan), detail)


def on_shipment_unroutable(event: Received[ShipmentUnroutable]) -> Observation:
    refusal = Finding(
        event.payload.code,
        Words(event.payload.reason, event.payload.reason_zh or event.payload.reason),
        Words(event.payload.remedy, event.payload.remedy_zh or event.payload.remedy),
    )
    plan = Plan(
        event.envelope.aggregate_version,
        event.payload.shipment_id,
        unroutable=refusal.line,
        refusal=refusal,
    )
    detail = Words(refusal.line, f"{refusal.detail.zh} {refusal.fix.zh}".strip())
    return _observed(event, event.payload.order_id, OrderFacts(plan=plan), detail)


def on_shipment_departed(event: Received[ShipmentDeparted]) -> Observation:
    detail = words(_LEFT, flight=event.payload.flight_number, waybill=event.payload.master_waybill)
    facts = OrderFacts(departed=True)
    return _observed(event, event.payload.order_id, facts, detail, event.payload.departed_at)


def on_shipment_status(event: Received[ShipmentStatus]) -> Observation:
    flight = f", {event.payload.flight_number}" if event.payload.flight_number else ""
    detail = words(_REPORTED, code=event.payload.code, airport=event.payload.airport, flight=flight)
    return _observed(event, event.payload.order_id, OrderFacts(), detail, event.payload.occurred_at)


def on_shipment_delivered(event: Received[ShipmentDelivered]) -> Observation:
    on_time = event.payload.delivered_at <= event.payload.promised_at
    detail = words(_DELIVERED if on_time else _DELIVERED_LATE, airport=event.payload.airport)
    facts = OrderFacts(delivered=True)
    return _observed(event, event.payload.order_id, facts, detail, event.payload.delivered_at)


def on_promise_graded(event: Received[PromiseGraded]) -> Observation:
    """Whether the buyer had it in time: a line of the timeline."""
    promise = event.payload
    detail = words(_PROMISE[promise.grade], minutes=promise.late_min or 0)
    return _observed(event, promise.order_id, OrderFacts(), detail, promise.at)


def on_declaration_decided(event: Received[DeclarationDecided]) -> Observation:
    clearance, sentence = _CLEARANCE[type(event.payload)]
    rank = event.envelope.aggregate_version
    meaning = Words.of(event.payload.meaning) if event.payload.meaning else None
    if meaning is None and clearance is Clearance.BLOCKED and event.payload.detail:
        meaning = Words.as_said(event.payload.detail)
    facts = OrderFacts(
        decision=Decision(
            decision_rank(event.payload.at, clearance), clearance, event.payload.detail, meaning
        ),
        declaration=Declaration(rank, event.payload.declaration_id, event.payload.status),
        channel=Channel(rank, event.payload.channel) if event.payload.channel else None,
    )
    detail = words(sentence)
    if meaning is not None and clearance in _WITH_MEANING:
        detail = Words(f"{detail.en}: {meaning.en}", f"{detail.zh}：{meaning.zh}")
    # What our own check found is in the sentence already.
    original = None if clearance is Clearance.BLOCKED else event.payload.detail
    return _observed(
        event, event.payload.order_id, facts, detail, event.payload.at, original=original
    )


def on_cancellation(
    event: Received[
        DeclarationCancelRequested
        | DeclarationCancelled
        | DeclarationCancelDeclined
        | DeclarationWithdrawn
    ],
) -> Observation:
    """The list is taken back, or customs is asked to cancel it, and answers. It is no decision
    about the goods.
    """
    rank = event.envelope.aggregate_version
    facts = OrderFacts(
        declaration=Declaration(rank, event.payload.declaration_id, event.payload.status)
    )
    return _observed(
        event,
        event.payload.order_id,
        facts,
        words(_CANCELLATION[type(event.payload)]),
        event.payload.at,
        original=event.payload.detail,
    )


def on_declaration_screened(event: Received[DeclarationScreened]) -> Observation:
    rank = event.envelope.aggregate_version
    facts = OrderFacts(
        screening=Screening(rank, event.payload.lane, event.payload.passed),
        declaration=Declaration(rank, event.payload.declaration_id, event.payload.status),
        channel=Channel(rank, event.payload.channel) if event.payload.channel else None,
    )
    detail = words(_PASSED if event.payload.passed else _NOT_PASSED, lane=event.payload.lane)
    return _observed(event, event.payload.order_id, facts, detail, event.payload.at)


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
_PROMISE: Final = {
    "kept": Text("promised delivery kept", "已按承诺时间妥投"),
    "late": Text("delivered {minutes} min later than promised", "妥投比承诺时间晚 {minutes} 分钟"),
    "overdue": Text("not delivered by the promised time", "承诺时间已过，尚未妥投"),
    "void": Text("the promised delivery no longer counts", "原承诺不再适用"),
}
_CANCELLATION: Final[dict[type[EventPayload], Text]] = {
    DeclarationCancelRequested: Text(
        "customs asked to cancel the export list", "已向海关申请撤销清单"
    ),
    DeclarationCancelled: Text("export list cancelled by customs", "海关已撤销清单"),
    DeclarationWithdrawn: Text("declaration withdrawn", "申报已撤回"),
    DeclarationCancelDeclined: Text(
        "customs declined to cancel the export list", "海关不同意撤销清单，清单仍有效"
    ),
}
_PASSED: Final = Text("passed security lane {lane}", "已通过安检通道 {lane}")
_NOT_PASSED: Final = Text("did not pass security lane {lane}", "未通过安检通道 {lane}")


def _observed(
    event: Received[EventPayload],
    order_id: str,
    facts: OrderFacts,
    detail: Words,
    at: datetime | None = None,
    *,
    original: str | None = None,
) -> Observation:
    """`at`: when it happened, where the payload says so more exactly than the envelope."""
    envelope = event.envelope
    service, _, _ = envelope.type.partition(".")
    return Observation(
        order_id=order_id,
        merchant_id=envelope.tenant_id,
        facts=facts,
        entry=Entry(at or envelope.time, service, envelope.type, detail, original),
        traceparent=envelope.traceparent,
    )


def _leg(leg: ItineraryLeg) -> Leg:
    return Leg(
        origin=leg.origin,
        destination=leg.destination,
        flight_number=leg.flight_number,
        mode=leg.mode,
        departs_at=leg.departs_at,
        arrives_at=leg.arrives_at,
        synthetic=leg.synthetic,
    )
