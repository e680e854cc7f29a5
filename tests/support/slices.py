"""A stage for the processor of slices: a store, a mailer and a handler that fail on demand."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from aiokafka.errors import KafkaConnectionError

from shared.contracts.envelope import EventPayload
from shared.db import Database, UnitOfWork
from shared.kafka.events import Received
from shared.kafka.processing import (
    Processor,
)
from shared.kafka.publisher import OutgoingRecord, Publisher
from shared.kernel.ids import floor_id
from tests.kit.clock import ManualClock
from tests.support.crates import ARecord, an_envelope


class CrateMoved(EventPayload):
    event_type = "test.crate.moved"
    topic = "crates"
    number: int


class AStore:
    """A database of which only committed rows are left."""

    schema = "test"

    def __init__(self) -> None:
        self.inbox: set[str] = set()
        self.effects: list[int] = []
        self.transactions = 0

    @asynccontextmanager
    async def transaction(self, tenant: str) -> AsyncIterator[Any]:
        assert tenant == "*"
        self.transactions += 1
        uow = AStage(self)
        yield uow
        self.inbox |= uow.inbox
        self.effects += uow.effects


@dataclass
class AStage:
    store: AStore
    inbox: set[str] = field(default_factory=set)
    effects: list[int] = field(default_factory=list)

    async def fetch_values(self, _: object, *, consumer: str, event_ids: list[str]) -> list[str]:
        self.inbox = set(event_ids) - self.store.inbox
        return list(self.inbox)


class AMailer:
    """A publisher whose broker may be away for the first letters."""

    def __init__(self, faults: int = 0) -> None:
        self.letters: list[OutgoingRecord] = []
        self.faults = faults

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        if self.faults:
            self.faults -= 1
            raise KafkaConnectionError
        self.letters += records

    @property
    def reasons(self) -> list[tuple[int, str, int]]:
        """Of each letter: offset, reason, attempts."""
        named = [dict(letter.headers) for letter in self.letters]
        return [
            (
                int(headers["dlq_offset"] or b""),
                (headers["dlq_reason"] or b"").decode(),
                int(headers["dlq_attempts"] or b""),
            )
            for headers in named
        ]


class Rig:
    """A processor whose events fail as they are told to, so many times each."""

    def __init__(self, *, letter_faults: int = 0) -> None:
        self.store, self.mailer = AStore(), AMailer(letter_faults)
        self.faults: dict[int, list[Exception]] = {}
        self.tries: Counter[int] = Counter()
        self.done: list[int] = []
        self.stop = asyncio.Event()
        self.processor = Processor(
            group="routing",
            db=cast("Database", self.store),
            clock=ManualClock(),
            publisher=cast("Publisher", self.mailer),
            subscriptions={CrateMoved: self.on_crate_moved},
            apply=self.apply,
        )

    def on_crate_moved(self, event: Received[CrateMoved]) -> int:
        return event.payload.number

    async def apply(self, uow: UnitOfWork, meanings: Sequence[int], /, *, now: datetime) -> None:
        stage = cast("AStage", uow)
        for number in meanings:
            self.tries[number] += 1
            if self.faults.get(number):
                raise self.faults[number].pop(0)
            stage.effects.append(number)

    async def handle(self, records: Sequence[ARecord]) -> None:
        await self.processor.handle(records, self.done.append, self.stop)


def a_record(number: int, *, event_id: int | None = None, offset: int | None = None) -> ARecord:
    envelope = an_envelope(
        id=floor_id("evt", number if event_id is None else event_id),
        type=CrateMoved.event_type,
        data=b'{"number": %d}' % number,
    )
    at = number if offset is None else offset
    return ARecord(value=envelope.data, headers=envelope.headers(), offset=at)
