"""What Kafka holds, read from its first record: the digest that the checks compare and the report
counts. Pure: records in, facts out.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

from shared.contracts.envelope import Envelope
from shared.kafka.reading import Ends, StoredRecord

Aggregate = tuple[str, str]  # topic and subject

_FIRST: Final = ("catalog.order.placed", "catalog.order.backordered")
# The steps of the way: the report's phases are the times between them.
STEPS: Final = (
    "catalog.order.placed",
    "routing.shipment.booked",
    "customs.declaration.submitted",
    "customs.declaration.accepted",
    "customs.declaration.released",
    "customs.declaration.screened",
    "routing.shipment.departed",
    "routing.shipment.delivered",
)
_DECLARATION: Final = "customs.declaration."
_RETURNED: Final = "customs.declaration.returned"
# What customs may say first to a list.
_DECISIONS: Final = frozenset(
    f"{_DECLARATION}{name}" for name in ("accepted", "inspection", "released", "returned")
)
# Where an event says when its fact happened: analytics counts by that, not by the event's time.
_HAPPENED: Final = {
    "catalog.order.placed": "placed_at",
    "customs.declaration.submitted": "at",
    "customs.declaration.released": "at",
    "routing.shipment.delivered": "delivered_at",
}


@dataclass(frozen=True)
class DepartedFlight:
    """A leg that left, by air or by road. `shipments`: how many were aboard."""

    mode: str
    flight_number: str
    origin: str
    destination: str
    departed_at: datetime
    shipments: int
    gross_weight_g: int

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """From the payload of `routing.flight.departed`."""
        return cls(
            mode=data["mode"],
            flight_number=data["flight_number"],
            origin=data["origin"],
            destination=data["destination"],
            departed_at=datetime.fromisoformat(data["departed_at"]),
            shipments=data["shipments"],
            gross_weight_g=data["gross_weight_g"],
        )


@dataclass
class OrderTrace:
    """All events about one order. `at`: the first time of each step, business time;
    `happened`: of some steps, the earliest instant that their events give."""

    first: list[str] = field(default_factory=list)
    placed: int = 0
    status: str = ""
    at: dict[str, datetime] = field(default_factory=dict)
    happened: dict[str, datetime] = field(default_factory=dict)
    departed_weight_g: int = 0
    declaration_status: str = ""
    channel: str = ""
    first_decision: str = ""  # the event of what customs said first
    returns: list[str] = field(default_factory=list)  # customs' reasons
    lane: int | None = None
    screenings: int = 0
    rebooked: int = 0
    cancelled: bool = False


@dataclass
class Audit:
    records: int = 0
    malformed: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)  # distinct event ids and their types
    since: set[str] = field(default_factory=set)  # of them, written after a given end
    gaps: list[str] = field(default_factory=list)
    disorder: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    orders: dict[str, OrderTrace] = field(default_factory=lambda: defaultdict(OrderTrace))
    flights: list[DepartedFlight] = field(default_factory=list)

    @property
    def duplicates(self) -> int:
        """Records that repeat an event: allowed on the wire, without effect."""
        return self.records - len(self.ids) - len(self.malformed)


def audit(records: Iterable[StoredRecord], since: Ends) -> Audit:
    """`since`: the ends of the partitions from where on webhooks must have arrived."""
    found = Audit()
    versions: dict[Aggregate, dict[int, str]] = defaultdict(dict)
    for record in records:
        found.records += 1
        place = f"{record.topic}/{record.partition}@{record.offset}"
        event = record.envelope
        if event is None:
            found.malformed.append(place)
            continue
        if record.offset >= since.get((record.topic, record.partition), 0):
            found.since.add(event.id)
        if event.id in found.ids:
            continue
        found.ids[event.id] = event.type
        _check_version(found, versions[record.topic, event.subject], event)
        _follow(found, event)
    for (topic, subject), known in versions.items():
        if len(known) != max(known):
            missing = sorted(set(range(1, max(known))) - known.keys())[:3]
            found.gaps.append(f"{topic} {subject} lacks version {missing}")
    return found


def _check_version(found: Audit, known: dict[int, str], event: Envelope) -> None:
    version = event.aggregate_version
    if version in known:
        found.doubles.append(f"{event.subject} v{version}: {known[version]} and {event.id}")
    elif known and version < max(known):
        found.disorder.append(f"{event.subject}: v{version} after v{max(known)}")
    known[version] = event.id


def _follow(found: Audit, event: Envelope) -> None:
    if event.type == "routing.flight.departed":
        found.flights.append(DepartedFlight.of(json.loads(event.data)))
        return
    if not event.type.startswith(("catalog.order.", _DECLARATION, "routing.shipment.")):
        return
    data = json.loads(event.data)
    trace = found.orders[data["order_id"]]
    if event.type in STEPS:
        trace.at.setdefault(event.type, event.time)
        _happened(trace, event.type, data)
    if event.type in _FIRST:
        _first_event(trace, event)
    elif event.type == "catalog.order.status_changed":
        trace.status = data["status"]
    elif event.type == "catalog.order.cancelled":
        trace.cancelled = True
    elif event.type == "routing.shipment.booked":
        trace.rebooked += bool(data["rebooked"])
    elif event.type.startswith(_DECLARATION):
        _follow_declaration(trace, event.type, data)


def _follow_declaration(trace: OrderTrace, step: str, data: Mapping[str, Any]) -> None:
    trace.declaration_status = data["status"]
    trace.channel = data["channel"] or trace.channel
    if step in _DECISIONS:
        trace.first_decision = trace.first_decision or step.removeprefix(_DECLARATION)
    if step == _RETURNED:
        trace.returns.append(data.get("detail") or "no reason given")
    if step == "customs.declaration.screened":
        trace.screenings += 1
        trace.lane = data["lane"]


def _happened(trace: OrderTrace, step: str, data: Mapping[str, Any]) -> None:
    if step in _HAPPENED:
        at = datetime.fromisoformat(data[_HAPPENED[step]])
        trace.happened[step] = min(at, trace.happened.get(step, at))
    elif step == "routing.shipment.departed":
        trace.departed_weight_g = data["gross_weight_g"]


def _first_event(trace: OrderTrace, event: Envelope) -> None:
    if event.aggregate_version == 1:
        trace.first.append(event.type)
    trace.placed += event.type == "catalog.order.placed"
    if not trace.status:
        trace.status = "placed" if event.type == "catalog.order.placed" else "backordered"
