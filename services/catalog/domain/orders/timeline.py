"""The timeline of an order, and what other services observe of it."""

from dataclasses import dataclass
from datetime import datetime

from services.catalog.domain.orders.facts import OrderFacts
from shared.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `event` is the type of an event, `detail` one sentence, `original`
    what customs itself said.
    """

    at: datetime
    service: str
    event: str
    detail: Words
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What one event of another service says about one order. `traceparent` is the event's."""

    order_id: str
    merchant_id: str
    facts: OrderFacts
    entry: Entry
    traceparent: str | None = None
