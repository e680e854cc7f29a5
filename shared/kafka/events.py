"""What a handler gets, what a worker subscribes to, and the way from a record to either."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from shared.contracts.envelope import (
    EVENT_BYTES_MAX,
    Envelope,
    EventPayload,
    MalformedEvent,
    envelope_from_record,
)
from shared.db import UnitOfWork
from shared.kafka.batches import UNDECODED
from shared.kafka.faults import OversizedEvent
from shared.kernel.clock import Clock
from shared.kernel.ids import is_id

P_co = TypeVar("P_co", bound=EventPayload, covariant=True)

# On a record that was redriven: the one consumer group that has not handled it yet.
FOR_GROUP: Final = "airlane-for-group"

_TENANT: Final = re.compile(r"[a-z0-9_]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Received(Generic[P_co]):
    """An event whose envelope and payload are checked. `clock` is business time."""

    payload: P_co
    envelope: Envelope
    clock: Clock


Handler = Callable[[UnitOfWork, Received[Any]], Awaitable[None]]
Subscriptions = Mapping[type[EventPayload], Handler]
BatchHandler = Callable[[UnitOfWork, Sequence[Envelope]], Awaitable[None]]


class Record(Protocol):
    """What we use of a Kafka record; `timestamp` in ms, -1 if the producer set none."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


@dataclass(frozen=True, slots=True)
class Event:
    """A record that can be applied: `payload` is None where a batch handler decodes itself."""

    record: Record
    envelope: Envelope
    handler: Handler | None
    payload: EventPayload | None


class Decoder:
    """Records → events, for the subscribed types only (all types when there is no table)."""

    def __init__(self, subscriptions: Subscriptions | None, *, group: str) -> None:
        self._group = group.encode()
        self._by_type = (
            None
            if subscriptions is None
            else {model.event_type: (model, handler) for model, handler in subscriptions.items()}
        )

    def decode(self, record: Record) -> Event | None:
        """None: not for us. Raises OversizedEvent, MalformedEvent or ValidationError: poison."""
        headers = dict(record.headers)
        if (reason := headers.get(UNDECODED)) is not None:
            raise MalformedEvent(reason.decode("utf-8", "replace"))
        if headers.get(FOR_GROUP, self._group) != self._group:
            return None
        if record.value is not None and len(record.value) > EVENT_BYTES_MAX:
            raise OversizedEvent(f"{len(record.value)} bytes are above {EVENT_BYTES_MAX}")
        envelope = envelope_from_record(headers, record.value)
        if not is_id(envelope.id, "evt"):
            raise MalformedEvent(f"ce_id {envelope.id[:80]!r} is no event id")
        # The tenant decides which rows the handler may touch: never the park's own scope.
        if not _TENANT.fullmatch(envelope.tenant_id):
            raise MalformedEvent(f"ce_tenantid {envelope.tenant_id[:80]!r} is no tenant id")
        if self._by_type is None:
            return Event(record, envelope, None, None)
        found = self._by_type.get(envelope.type)
        if found is None:
            return None
        model, handler = found
        return Event(record, envelope, handler, envelope.payload(model))
