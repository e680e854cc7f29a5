"""A slice of events as the worker takes it in, without Kafka and inbox."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from shared.contracts.envelope import Envelope
from shared.db import UnitOfWork
from shared.kafka import Apply, Subscriptions
from shared.kafka.events import Decoder
from shared.kernel.clock import Clock

M = TypeVar("M")

TakeIn = Callable[[UnitOfWork, Sequence[Envelope]], Awaitable[None]]


@dataclass
class _Record:
    """An event as Kafka delivers it."""

    headers: Sequence[tuple[str, bytes | None]]
    value: bytes | None
    key: bytes | None = None
    topic: str = ""
    partition: int = 0
    offset: int = 0
    timestamp: int = field(default=-1)


def meanings_of(
    subscriptions: Subscriptions[M], events: Sequence[Envelope], *, group: str = "test"
) -> list[M]:
    """What the events mean; types that are not subscribed to are left out."""
    decoder = Decoder(subscriptions, group=group)
    decoded = (decoder.decode(_Record(event.headers(), event.data)) for event in events)
    return [event.meaning() for event in decoded if event is not None]  # type: ignore[misc]


def intake(subscriptions: Subscriptions[M], apply: Apply[M], clock: Clock) -> TakeIn:
    """`await take_in(uow, events)` decodes the events and applies them as one slice."""

    async def take_in(uow: UnitOfWork, events: Sequence[Envelope]) -> None:
        if found := meanings_of(subscriptions, events):
            await apply(uow, found, now=clock.now())

    return take_in
