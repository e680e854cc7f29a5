"""What a worker subscribes to, what its functions receive, and how a record gets to them.

    SUBSCRIPTIONS: Final[Subscriptions[DossierFacts]] = {
        OrderPlaced: on_order_placed,          # (event: Received[OrderPlaced]) -> DossierFacts
        ShipmentBooked: on_shipment_booked,
    }
    Worker(…, subscriptions=SUBSCRIPTIONS, apply=record_facts)

`on_<event>` says what an event means to the service and has no effects. `apply` writes what the
events of a whole slice mean to the database, in the transaction of their inbox rows.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
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
from shared.kernel.ids import is_id

P_co = TypeVar("P_co", bound=EventPayload, covariant=True)
M_co = TypeVar("M_co", covariant=True)
M_contra = TypeVar("M_contra", contravariant=True)

# On a record that was redriven: the one consumer group that has not handled it yet.
FOR_GROUP: Final = "airlane-for-group"

_TENANT: Final = re.compile(r"[a-z0-9_]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Received(Generic[P_co]):
    """An event whose envelope and payload have been validated."""

    payload: P_co
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Undecoded(Generic[M_co]):
    """In a table of subscriptions: `on` gets the event with its data as it came."""

    on: Callable[[Envelope], M_co]


# The payload of a function is of the type of its key, which a mapping's type cannot express.
Subscriptions = Mapping[type[EventPayload], Callable[[Received[Any]], M_co] | Undecoded[M_co]]


class Apply(Protocol[M_contra]):
    """Applies what the events of a slice mean, in order. The unit of work is the park's: `act_as`
    the tenant of each. `now` is business time.
    """

    async def __call__(
        self, uow: UnitOfWork, meanings: Sequence[M_contra], /, *, now: datetime
    ) -> None: ...


class Record(Protocol):
    """The part of a Kafka record that we use; `timestamp` in ms, -1 if the producer set none."""

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


class Event:
    """A record of a subscribed type, with a validated payload."""

    __slots__ = ("_meaning", "_on", "envelope", "record")

    def __init__(self, record: Record, envelope: Envelope, on: Callable[[], object]) -> None:
        self.record = record
        self.envelope = envelope
        self._on = on
        self._meaning: object = None

    def meaning(self) -> object:
        """What `on_<event>` says, asked once. Raises what that raises."""
        if self._meaning is None:
            self._meaning = self._on()
        return self._meaning


class Decoder:
    """Decodes records into events, for the subscribed types only."""

    def __init__(self, subscriptions: Subscriptions[object], *, group: str) -> None:
        self._group = group.encode()
        self._by_type = {model.event_type: (model, on) for model, on in subscriptions.items()}

    def decode(self, record: Record) -> Event | None:
        """None: not for us. Raises OversizedEvent, MalformedEvent or ValidationError: poison."""
        headers = dict(record.headers)
        if (reason := headers.get(UNDECODED)) is not None:
            raise MalformedEvent(reason.decode("utf-8", "replace"))
        if headers.get(FOR_GROUP, self._group) != self._group:
            return None
        if record.value is not None and len(record.value) > EVENT_BYTES_MAX:
            raise OversizedEvent(f"{len(record.value)} bytes are more than {EVENT_BYTES_MAX}")
        envelope = envelope_from_record(headers, record.value)
        if not is_id(envelope.id, "evt"):
            raise MalformedEvent(f"ce_id {envelope.id[:80]!r} is not an event id")
        # The tenant decides which rows the handler may touch: never the park's own scope.
        if not _TENANT.fullmatch(envelope.tenant_id):
            raise MalformedEvent(f"ce_tenantid {envelope.tenant_id[:80]!r} is not a tenant id")
        found = self._by_type.get(envelope.type)
        if found is None:
            return None
        model, on = found
        if isinstance(on, Undecoded):
            return Event(record, envelope, partial(on.on, envelope))
        received = Received(envelope.payload(model), envelope)
        return Event(record, envelope, partial(on, received))
