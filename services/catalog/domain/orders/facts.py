"""What is known about an order, and the status that follows from it.

Facts come from three services, over topics without an order among each other. So the facts form a
join-semilattice: every slot keeps the newest statement (by the version of its aggregate), and
"departed" once true stays true. Joining them in any order, any number of times, gives the same
result, and the status is a pure function of it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

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

    Their order is that of the procedure, by which decisions of the same instant are ranked: what is
    blocked was not sent yet, what was returned may be accepted after all.
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
    """By customs' clock. Its seconds are coarse: at the same instant the later step counts, as it
    does for customs' own state.
    """
    return int(at.timestamp() * 1_000_000) * len(_STEPS) + _STEPS[clearance]


@dataclass(frozen=True, slots=True)
class Leg:
    origin: str
    destination: str
    flight_number: str
    mode: str
    departs_at: datetime
    arrives_at: datetime
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Routing's latest itinerary, or why there is none. `rank`: the shipment's version.

    `unroutable` is one English line, `refusal` the same with its code, in both languages.
    """

    rank: int
    shipment_id: str
    house_waybill: str | None = None
    itinerary: tuple[Leg, ...] = ()
    promised_at: datetime | None = None
    unroutable: str | None = None
    refusal: Finding | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Customs' latest decision. `rank` is `decision_rank`, not the declaration's version as in the
    slots below: receipts arrive late and in any order, so the version says when we received a
    decision, not when it was taken. `detail`: the words of whoever decided; `meaning`: ours.
    """

    rank: int
    clearance: Clearance
    detail: str | None = None
    meaning: Words | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """The status as customs gives it: shown to the merchant, not interpreted."""

    rank: int
    id: str
    status: str


@dataclass(frozen=True, slots=True)
class Channel:
    rank: int
    channel: str


@dataclass(frozen=True, slots=True)
class Screening:
    """The latest screening in a security lane."""

    rank: int
    lane: int
    passed: bool


@dataclass(frozen=True, slots=True)
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
        """What holds the order up; None if nothing does, or once it was cancelled or has left."""
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

    @property
    def finding_code(self) -> str | None:
        return None if self.finding is None else self.finding.code

    def _held(self) -> Finding:
        if self.screening is not None and not self.screening.passed:
            return not_screened(self.screening.lane)
        assert self.decision is not None
        decision = self.decision
        return held_by_customs(decision.clearance.value, decision.meaning, decision.detail)

    @property
    def reason(self) -> str | None:
        """Why it was cancelled, in the words of whoever cancelled it; None if it was not."""
        return self.cancelled if self.status is Status.CANCELLED else None

    @property
    def why(self) -> str | None:
        """Why the order is held up or cancelled, in one line for its event."""
        finding = self.finding
        return finding.line if finding is not None else self.reason


S = TypeVar("S", Plan, Decision, Declaration, Channel, Screening)


def _newest(a: S | None, b: S | None) -> S | None:
    if a is None or b is None:
        return b if a is None else a
    # Two statements of one rank are equal unless a service is at fault. Even then `repr` keeps the
    # result independent of the order of arrival.
    return max(a, b, key=lambda slot: (slot.rank, repr(slot)))


def _greater(a: str | None, b: str | None) -> str | None:
    return max((text for text in (a, b) if text is not None), default=None)
