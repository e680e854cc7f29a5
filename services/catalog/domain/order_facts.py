"""What is known about an order's way, and the status that follows from it.

Facts come from three services over topics that keep no order among each other. So knowledge is a
join-semilattice: every slot keeps the newest statement (by the version of its aggregate), and
"departed" once true stays true. Joining in any order, any number of times, ends the same; the
status is a pure function of what is known.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar


class Status(StrEnum):
    PLACED = "placed"
    BACKORDERED = "backordered"
    BOOKED = "booked"
    UNROUTABLE = "unroutable"
    DECLARED = "declared"
    HELD = "held"
    RELEASED = "released"
    DEPARTED = "departed"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Clearance(StrEnum):
    """What customs last decided; the names are those of the declaration's events."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    INSPECTION = "inspection"
    BLOCKED = "blocked"
    RELEASED = "released"
    RETURNED = "returned"
    CLOSED = "closed"


_STATUS_OF_CLEARANCE: Final = {
    Clearance.SUBMITTED: Status.DECLARED,
    Clearance.ACCEPTED: Status.DECLARED,
    Clearance.INSPECTION: Status.HELD,
    Clearance.BLOCKED: Status.HELD,
    Clearance.RETURNED: Status.HELD,
    Clearance.RELEASED: Status.RELEASED,
    # Closed follows departure; until that is known here, the goods are at least released.
    Clearance.CLOSED: Status.RELEASED,
}


_STEPS: Final = {clearance: step for step, clearance in enumerate(Clearance)}


def decision_rank(at: datetime, clearance: Clearance) -> int:
    """Rank of a decision: by customs' clock; at the same instant the later step counts."""
    return int(at.timestamp() * 1_000_000) * len(_STEPS) + _STEPS[clearance]


@dataclass(frozen=True)
class Plan:
    """Routing's newest word: an itinerary, or why there is none. `rank`: the shipment's version."""

    rank: int
    shipment_id: str
    house_waybill: str | None = None
    itinerary: tuple[dict[str, Any], ...] = ()
    promised_at: str | None = None
    unroutable: str | None = None


@dataclass(frozen=True)
class Decision:
    """Customs' newest decision. `rank` is `decision_rank`, while the slots below have the version
    of the declaration: receipts come late and in any order, so the version only says when we
    heard of a decision, not when it was taken.
    """

    rank: int
    clearance: Clearance
    detail: str | None = None


@dataclass(frozen=True)
class Declaration:
    """How customs itself names the state: shown to the merchant, not interpreted."""

    rank: int
    id: str
    status: str


@dataclass(frozen=True)
class Channel:
    rank: int
    channel: str


@dataclass(frozen=True)
class Screening:
    """The newest pass of a security lane."""

    rank: int
    lane: int
    passed: bool


@dataclass(frozen=True)
class OrderFacts:
    """One slot per question. `shortage` says what was missing while nothing is reserved."""

    placed: bool = False
    shortage: str | None = None
    cancelled: str | None = None
    plan: Plan | None = None
    decision: Decision | None = None
    declaration: Declaration | None = None
    channel: Channel | None = None
    screening: Screening | None = None
    departed: bool = False
    delivered: bool = False

    def joined(self, other: "OrderFacts") -> "OrderFacts":
        """Commutative, associative, idempotent (property-tested)."""
        return OrderFacts(
            placed=self.placed or other.placed,
            shortage=_greater(self.shortage, other.shortage),
            cancelled=_greater(self.cancelled, other.cancelled),
            plan=_newest(self.plan, other.plan),
            decision=_newest(self.decision, other.decision),
            declaration=_newest(self.declaration, other.declaration),
            channel=_newest(self.channel, other.channel),
            screening=_newest(self.screening, other.screening),
            departed=self.departed or other.departed,
            delivered=self.delivered or other.delivered,
        )

    @property
    def has_left(self) -> bool:
        return self.departed or self.delivered

    @property
    def status(self) -> Status:
        """What happened to the goods outranks what was decided; decisions outrank plans."""
        if self.delivered:
            return Status.DELIVERED
        if self.departed:
            return Status.DEPARTED
        if self.cancelled is not None:
            return Status.CANCELLED
        if not self.placed:
            return Status.BACKORDERED
        return self._status_on_the_way()

    def _status_on_the_way(self) -> Status:
        if self.plan is not None and self.plan.unroutable is not None:
            return Status.UNROUTABLE
        if self.screening is not None and not self.screening.passed:
            return Status.HELD
        if self.decision is not None:
            return _STATUS_OF_CLEARANCE[self.decision.clearance]
        return Status.PLACED if self.plan is None else Status.BOOKED

    @property
    def reason(self) -> str | None:
        """Why the order does not simply move on; None while it does."""
        match self.status:
            case Status.CANCELLED:
                return self.cancelled
            case Status.BACKORDERED:
                return self.shortage
            case Status.UNROUTABLE:
                return self.plan.unroutable if self.plan else None
            case Status.HELD:
                return self._held_reason()
            case _:
                return None

    def _held_reason(self) -> str:
        if self.screening is not None and not self.screening.passed:
            return f"security lane {self.screening.lane} did not pass the parcels"
        assert self.decision is not None
        return self.decision.detail or f"customs: {self.decision.clearance}"


S = TypeVar("S", Plan, Decision, Declaration, Channel, Screening)


def _newest(a: S | None, b: S | None) -> S | None:
    if a is None or b is None:
        return b if a is None else a
    # Two statements of one rank are equal unless a service broke its word; repr keeps even then
    # the outcome independent of the order of arrival.
    return max(a, b, key=lambda slot: (slot.rank, repr(slot)))


def _greater(a: str | None, b: str | None) -> str | None:
    return max((text for text in (a, b) if text is not None), default=None)


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `event` is the event's type, `detail` one English sentence."""

    at: datetime
    service: str
    event: str
    detail: str


@dataclass(frozen=True)
class Observation:
    """What one event tells about one order."""

    order_id: str
    tenant_id: str
    facts: OrderFacts
    entry: Entry
    traceparent: str | None = None


def to_json(facts: OrderFacts) -> dict[str, Any]:
    """As stored; empty slots are left out."""
    stored: dict[str, Any] = {}
    for name, value in vars(facts).items():
        if isinstance(value, Plan | Decision | Declaration | Channel | Screening):
            stored[name] = dict(vars(value))
        elif value:
            stored[name] = value
    return stored


def from_json(stored: dict[str, Any]) -> OrderFacts:
    facts = OrderFacts(
        placed=stored.get("placed", False),
        shortage=stored.get("shortage"),
        cancelled=stored.get("cancelled"),
        departed=stored.get("departed", False),
        delivered=stored.get("delivered", False),
    )
    if plan := stored.get("plan"):
        itinerary = tuple(_leg_from_json(leg) for leg in plan["itinerary"])
        facts = replace(facts, plan=Plan(**plan | {"itinerary": itinerary}))
    if decision := stored.get("decision"):
        clearance = Clearance(decision["clearance"])
        facts = replace(facts, decision=Decision(**decision | {"clearance": clearance}))
    if declaration := stored.get("declaration"):
        facts = replace(facts, declaration=Declaration(**declaration))
    if channel := stored.get("channel"):
        facts = replace(facts, channel=Channel(**channel))
    if screening := stored.get("screening"):
        facts = replace(facts, screening=Screening(**screening))
    return facts


# Legs stored by version 0.1 had these names.
_LEG_NAMES_OF_0_1: Final = {"from": "origin", "to": "destination", "flight": "flight_number"}


def _leg_from_json(stored: dict[str, Any]) -> dict[str, Any]:
    return {_LEG_NAMES_OF_0_1.get(name, name): value for name, value in stored.items()}
