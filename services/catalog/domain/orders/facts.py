"""What is known about an order's way, and the status that follows from it.

Facts come from three services over topics that keep no order among each other. So knowledge is a
join-semilattice: every slot keeps the newest statement (by the version of its aggregate), and
"departed" once true stays true. Joining in any order, any number of times, ends the same; the
status is a pure function of what is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from services.catalog.domain.orders.findings import (
    Finding,
    held_by_customs,
    not_screened,
    out_of_stock,
    unroutable,
)
from shared.kernel.words import Words


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
    """What customs last decided; the names are those of the declaration's events.

    In the order of the way, as customs itself ranks what it says at one instant: what is blocked
    was not sent yet, what was returned may be accepted after all.
    """

    BLOCKED = "blocked"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    INSPECTION = "inspection"
    RELEASED = "released"
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
    """Rank of a decision: by customs' clock; at the same instant, since its seconds are coarse, the
    later step counts, as for customs' own state."""
    return int(at.timestamp() * 1_000_000) * len(_STEPS) + _STEPS[clearance]


@dataclass(frozen=True)
class Plan:
    """Routing's newest word: an itinerary, or why there is none. `rank`: the shipment's version.

    `unroutable` is one English line, `refusal` the same with its code, in both languages.
    """

    rank: int
    shipment_id: str
    house_waybill: str | None = None
    itinerary: tuple[dict[str, Any], ...] = ()
    promised_at: str | None = None
    unroutable: str | None = None
    refusal: Finding | None = None


@dataclass(frozen=True)
class Decision:
    """Customs' newest decision. `rank` is `decision_rank`, while the slots below have the version
    of the declaration: receipts come late and in any order, so the version only says when we
    heard of a decision, not when it was taken. `detail`: the words of whoever decided; `meaning`:
    ours for it.
    """

    rank: int
    clearance: Clearance
    detail: str | None = None
    meaning: Words | None = None


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
    def finding(self) -> Finding | None:
        """What stops the order; None while it moves on, and once it was cancelled or has left."""
        match self.status:
            case Status.BACKORDERED:
                return out_of_stock(self.shortage or "")
            case Status.UNROUTABLE:
                assert self.plan is not None
                return self.plan.refusal or unroutable(self.plan.unroutable or "")
            case Status.HELD:
                return self._held()
            case _:
                return None

    def _held(self) -> Finding:
        if self.screening is not None and not self.screening.passed:
            return not_screened(self.screening.lane)
        assert self.decision is not None
        decision = self.decision
        return held_by_customs(decision.clearance.value, decision.meaning, decision.detail)

    @property
    def reason(self) -> str | None:
        """Why it was cancelled, in the words of whoever did; None if it is not."""
        return self.cancelled if self.status is Status.CANCELLED else None

    @property
    def why(self) -> str | None:
        """Why the order does not simply move on, in one line for its event; None while it does."""
        finding = self.finding
        return finding.line if finding is not None else self.reason


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
    """One line of the timeline. `event` is the event's type, `detail` one sentence, `original` what
    customs itself said.
    """

    at: datetime
    service: str
    event: str
    detail: Words
    original: str | None = None


def entry_of(row: Mapping[str, Any]) -> Entry:
    """From a row of the timeline; one of version 0.1 is told in English only."""
    detail = Words(row["detail"], row["detail_zh"] or row["detail"])
    return Entry(row["at"], row["service"], row["event"], detail, row["original"])


@dataclass(frozen=True)
class Observation:
    """What one event tells about one order."""

    order_id: str
    tenant_id: str
    facts: OrderFacts
    entry: Entry
    traceparent: str | None = None


def to_json(facts: OrderFacts) -> dict[str, Any]:
    """As stored; empty slots are left out. What is new since version 0.1 stands beside the slots:
    inside them that version would not read it.
    """
    stored: dict[str, Any] = {}
    for name, value in vars(facts).items():
        if isinstance(value, Plan | Decision | Declaration | Channel | Screening):
            stored[name] = {k: v for k, v in vars(value).items() if k not in _BESIDE}
        elif value:
            stored[name] = value
    if facts.plan is not None and facts.plan.refusal is not None:
        refusal = facts.plan.refusal
        stored["refusal"] = {
            "code": refusal.code,
            "detail": refusal.detail.by_language(),
            "fix": refusal.fix.by_language(),
        }
    if facts.decision is not None and facts.decision.meaning is not None:
        stored["meaning"] = facts.decision.meaning.by_language()
    return stored


_BESIDE: Final = frozenset({"refusal", "meaning"})


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
        refusal = _refusal_from_json(stored.get("refusal"))
        facts = replace(facts, plan=Plan(**plan | {"itinerary": itinerary}, refusal=refusal))
    if decision := stored.get("decision"):
        clearance = Clearance(decision["clearance"])
        meaning = Words.of(stored["meaning"]) if "meaning" in stored else None
        facts = replace(
            facts, decision=Decision(**decision | {"clearance": clearance}, meaning=meaning)
        )
    if declaration := stored.get("declaration"):
        facts = replace(facts, declaration=Declaration(**declaration))
    if channel := stored.get("channel"):
        facts = replace(facts, channel=Channel(**channel))
    if screening := stored.get("screening"):
        facts = replace(facts, screening=Screening(**screening))
    return facts


def _refusal_from_json(stored: dict[str, Any] | None) -> Finding | None:
    if stored is None:
        return None
    return Finding(stored["code"], Words.of(stored["detail"]), Words.of(stored["fix"]))


# Legs stored by version 0.1 had these names.
_LEG_NAMES_OF_0_1: Final = {"from": "origin", "to": "destination", "flight": "flight_number"}


def _leg_from_json(stored: dict[str, Any]) -> dict[str, Any]:
    return {_LEG_NAMES_OF_0_1.get(name, name): value for name, value in stored.items()}
