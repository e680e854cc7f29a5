"""Facts about merchants, orders and flights, and how two facts about the same thing are merged.

Merging is commutative, associative and idempotent: events may arrive in any order and any number
of times, and the result is the same. That makes the figures exact. Three rules are enough: the
earliest instant, the value of the highest version, and the only value that is known.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final, TypeVar

F = TypeVar("F", "MerchantFact", "FlightFact")


@dataclass(frozen=True, slots=True)
class MerchantFact:
    merchant_id: str
    tenant_id: str
    belt: str
    has_office: bool
    synthetic: bool
    registered_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class OrderFact:
    """One row per order. `…_at` are business instants, the earliest known of their kind.

    `version` is catalog's version of the order that `state` is from; `booking` is routing's
    version of the shipment that `promised_at` is from.
    """

    order_id: str
    tenant_id: str
    belt: str | None = None
    market: str | None = None
    store: str | None = None
    currency: str | None = None
    total_minor: int | None = None
    gross_weight_g: int | None = None
    net_weight_g: int | None = None
    ordered_at: datetime | None = None
    placed_at: datetime | None = None
    backordered_at: datetime | None = None
    cancelled_at: datetime | None = None
    booked_at: datetime | None = None
    unroutable_at: datetime | None = None
    submitted_at: datetime | None = None
    blocked_at: datetime | None = None
    accepted_at: datetime | None = None
    inspection_at: datetime | None = None
    returned_at: datetime | None = None
    screened_at: datetime | None = None
    released_at: datetime | None = None
    closed_at: datetime | None = None
    departed_at: datetime | None = None
    delivered_at: datetime | None = None
    departed_weight_g: int | None = None
    state: str | None = None
    version: int = 0
    promised_at: datetime | None = None
    booking: int = 0


@dataclass(frozen=True, slots=True)
class FlightFact:
    """A departed flight, as its newest report describes it."""

    flight_id: str
    tenant_id: str
    flight_number: str
    mode: str
    origin: str
    destination: str
    departed_at: datetime
    shipments: int
    gross_weight_g: int
    synthetic: bool
    version: int


Fact = MerchantFact | OrderFact | FlightFact


@dataclass(frozen=True, slots=True)
class Counted:
    """One event of the stream: its id, its business instant, and the fact it states, if any."""

    event_id: str
    occurred_at: datetime
    fact: Fact | None


# Field → the field that holds the version it came with.
VERSIONED: Final[dict[str, str]] = {"state": "version", "promised_at": "booking"}
EARLIEST: Final = tuple(
    f.name for f in fields(OrderFact) if f.name.endswith("_at") and f.name not in VERSIONED
)
_KEYS: Final = {"order_id", "tenant_id"}
# What the order was when it was placed: the same in every event that states it.
STATED: Final = tuple(
    f.name
    for f in fields(OrderFact)
    if f.name not in {*_KEYS, *EARLIEST, *VERSIONED, *VERSIONED.values()}
)


def merge_orders(one: OrderFact, other: OrderFact) -> OrderFact:
    """Both are about the same order."""
    assert one.order_id == other.order_id, (one.order_id, other.order_id)
    merged: dict[str, object] = {}
    for name in EARLIEST:
        known = [at for fact in (one, other) if (at := getattr(fact, name)) is not None]
        merged[name] = min(known, default=None)
    for name in STATED:
        a, b = getattr(one, name), getattr(other, name)
        # If a producer ever stated two values, the choice must not depend on which came first.
        merged[name] = a if b is None else b if a is None else max(a, b)
    for name, version in VERSIONED.items():
        # A version is used once, so equal versions carry the same value.
        newer = other if getattr(other, version) > getattr(one, version) else one
        merged[name], merged[version] = getattr(newer, name), getattr(newer, version)
    return replace(one, **merged)  # type: ignore[arg-type]


def newest(one: F, other: F) -> F:
    """For facts that an event states as a whole: the higher version."""
    return other if other.version > one.version else one


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the stream has been counted. Slices spread over slots, so that they do not wait for
    each other.
    """

    slot: int
    newest_at: datetime


@dataclass(frozen=True, slots=True)
class MergedFacts:
    """A slice of events as it is saved: one fact per merchant, order and flight."""

    merchants: list[MerchantFact]
    orders: list[OrderFact]
    flights: list[FlightFact]
    progress: Progress | None


def merge_facts(events: Iterable[Counted]) -> MergedFacts:
    merchants: dict[str, MerchantFact] = {}
    orders: dict[str, OrderFact] = {}
    flights: dict[str, FlightFact] = {}
    progress: Progress | None = None
    for event in events:
        progress = _advanced(progress, event)
        match event.fact:
            case OrderFact() as order:
                known = orders.get(order.order_id)
                orders[order.order_id] = merge_orders(known, order) if known else order
            case MerchantFact() as merchant:
                key = merchant.merchant_id
                merchants[key] = newest(merchants.get(key, merchant), merchant)
            case FlightFact() as flight:
                flights[flight.flight_id] = newest(flights.get(flight.flight_id, flight), flight)
    return MergedFacts(
        list(merchants.values()), list(orders.values()), list(flights.values()), progress
    )


def _advanced(progress: Progress | None, event: Counted) -> Progress:
    """The first event of a slice chooses the slot, by the last digit of its id: a random one."""
    if progress is None:
        return Progress(int(event.event_id[-1], 16), event.occurred_at)
    if event.occurred_at > progress.newest_at:
        return Progress(progress.slot, event.occurred_at)
    return progress
