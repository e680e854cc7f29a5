"""Effects exactly once: inbox, effects and commit in one transaction, for a slice of one partition.

A slice that fails is rolled back and redone event by event, so that one bad event does not affect
its neighbours. An event that cannot be processed becomes a dead letter; while the database or the
broker is down, the partition waits.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Final, TypeVar

from aiokafka.errors import KafkaError

from shared.db import TEXT, TEXTS, Database, Statement, sql
from shared.db.errors import DatabaseBusy
from shared.kafka.dead_letter import bury, dead_letter
from shared.kafka.events import Apply, Decoder, Event, Record, Subscriptions
from shared.kafka.faults import LETTERS, Backoff, Fault, fault_of, fault_of_event
from shared.kafka.publisher import Publisher
from shared.kernel.clock import Clock, monotonic_s, real_now
from shared.kernel.identity import PARK
from shared.kernel.tasks import told_to_end
from shared.telemetry import get_logger, metrics

log = get_logger(__name__)

M = TypeVar("M")

ATTEMPTS_MAX: Final = 5  # for an event that fails for an unknown reason
# After this many such events in a row the fault is more likely ours than theirs: each further event
# is retried for PAUSED_S before it is given up. The first success ends that.
FAILED_IN_A_ROW_MAX: Final = 10
PAUSED_S: Final = 300.0

Progress = Callable[[int], None]


class Interrupted(Exception):
    """Asked to stop while waiting; the rest of the slice is not done."""


class HandlerCancelled(Exception):
    """`apply` was cancelled although this process is not stopping."""


class Processor:
    """Applies slices of records for one consumer group, also of several partitions at once."""

    def __init__(
        self,
        *,
        group: str,
        db: Database,
        clock: Clock,
        publisher: Publisher,
        subscriptions: Subscriptions[M],
        apply: Apply[M],
    ) -> None:
        self._group = group
        self._db = db
        self._clock = clock
        self._publisher = publisher
        # It takes what `subscriptions` return; nothing below looks into that.
        self._effects: Apply[Any] = apply
        self._failed_in_a_row: Counter[tuple[str, int]] = Counter()  # by topic and partition
        self._decoder = Decoder(subscriptions, group=group)
        self._inbox = _inbox_statement(db.schema)
        # A series that starts with its first letter shows no increase.
        for fault in LETTERS:
            metrics.DLQ_MESSAGES.labels(fault.value)
        for outcome in ("handled", "skipped", "retried", "dead_letter"):
            metrics.CONSUMER_EVENTS.labels(outcome)

    async def handle(
        self, records: Sequence[Record], progress: Progress, stop: asyncio.Event
    ) -> None:
        """Returns when every record is done: effects committed or dead letter acknowledged.

        Calls `progress(offset)` once everything up to that offset is done. Raises Interrupted.
        """
        events = []
        for record in records:
            event = await self._decode(record, stop)
            if event is not None:
                events.append(event)
        if len(events) > 1:
            await self._slice(events, progress, stop)
        else:
            for event in events:
                await self._one(event, stop)
        progress(records[-1].offset)

    async def _decode(self, record: Record, stop: asyncio.Event) -> Event | None:
        """None: not for us, or a dead letter by now. Poison is found before its slice begins."""
        try:
            event = self._decoder.decode(record)
        except ValueError as error:  # the base of MalformedEvent, OversizedEvent, ValidationError
            await self._give_up(record, error, stop, fault=fault_of(error))
            return None
        if event is None:
            metrics.CONSUMER_EVENTS.labels("skipped").inc()
            return None
        try:
            event.meaning()
        except Exception as error:  # noqa: BLE001 - sorted by fault_of
            # Anything but poison shows again in the slice, and is tried again as any failure is.
            if (fault := fault_of(error)) not in (Fault.FAILED, Fault.TRANSIENT):
                await self._give_up(record, error, stop, fault=fault)
                return None
        return event

    async def _slice(
        self, events: Sequence[Event], progress: Progress, stop: asyncio.Event
    ) -> None:
        backoff = Backoff(stop)
        while True:
            try:
                await self._apply(events)
            except Exception as error:  # noqa: BLE001 - sorted by fault_of
                fault = fault_of(error)
                if fault is not Fault.TRANSIENT:
                    break
                # A deadlock or a lock that was not free: smaller transactions hold fewer locks.
                if isinstance(error, DatabaseBusy):
                    break
                log.warning(
                    "waiting with a slice", group=self._group, error=repr(error), seldom=True
                )
                await _pause(backoff)
            else:
                return
        for event in events:
            await self._one(event, stop)
            progress(event.record.offset)

    async def _one(self, event: Event, stop: asyncio.Event) -> None:
        backoff, attempts, first_at = Backoff(stop), 0, real_now()
        with ExitStack() as stack:
            give_up_at_s = self._patience_ends_at_s(event, stack)
            while True:
                try:
                    await self._apply([event])
                except Exception as error:  # noqa: BLE001 - sorted by fault_of_event
                    fault, failure = fault_of_event(error), error
                else:
                    return
                attempts += fault is not Fault.TRANSIENT
                is_hopeless = attempts >= ATTEMPTS_MAX and monotonic_s() >= give_up_at_s
                if fault is not Fault.TRANSIENT and (fault is not Fault.FAILED or is_hopeless):
                    break
                metrics.CONSUMER_EVENTS.labels("retried").inc()
                log.warning(
                    "an event has to wait",
                    group=self._group,
                    type=event.envelope.type,
                    id=event.envelope.id,
                    fault=fault.value,
                    error=repr(failure),
                    seldom=True,
                )
                await _pause(backoff)
            await self._give_up(
                event.record, failure, stop, fault=fault, attempts=attempts, first_at=first_at
            )
            self._failed_in_a_row[_place(event)] += fault is Fault.FAILED

    def _patience_ends_at_s(self, event: Event, stack: ExitStack) -> float:
        if self._failed_in_a_row[_place(event)] < FAILED_IN_A_ROW_MAX:
            return 0.0
        log.error("a partition pauses: its events fail one after another", group=self._group)
        stack.enter_context(metrics.CONSUMER_PAUSED.labels(event.record.topic).track_inprogress())
        return monotonic_s() + PAUSED_S

    async def _apply(self, events: Sequence[Event]) -> None:
        try:
            await self._transact(events)
        except asyncio.CancelledError as error:
            if told_to_end():
                raise
            raise HandlerCancelled("something it awaited was cancelled") from error

    async def _transact(self, events: Sequence[Event]) -> None:
        """One transaction: insert ids into the inbox, apply the events that are new, commit."""
        async with self._db.transaction(PARK) as uow:
            event_ids = [event.envelope.id for event in events]
            new = set(
                await uow.fetch_values(self._inbox, consumer=self._group, event_ids=event_ids)
            )
            fresh = _first_of_each(events, new)
            if fresh:
                meanings = [event.meaning() for event in fresh]
                await self._effects(uow, meanings, now=self._clock.now())
        self._failed_in_a_row.pop(_place(events[0]), None)
        metrics.CONSUMER_EVENTS.labels("handled").inc(len(fresh))
        metrics.INBOX_DUPLICATES.inc(len(events) - len(fresh))

    async def _give_up(
        self,
        record: Record,
        error: BaseException,
        stop: asyncio.Event,
        *,
        fault: Fault,
        attempts: int = 1,
        first_at: datetime | None = None,
    ) -> None:
        now = real_now()
        letter = dead_letter(
            record,
            group=self._group,
            fault=fault,
            error=error,
            attempts=attempts,
            first_at=first_at or now,
            last_at=now,
        )
        backoff = Backoff(stop)
        while True:
            try:
                await bury(self._publisher, letter, fault)
            except (KafkaError, OSError) as failure:
                log.warning(
                    "a dead letter has to wait",
                    topic=letter.topic,
                    error=repr(failure),
                    seldom=True,
                )
                await _pause(backoff)
            else:
                metrics.CONSUMER_EVENTS.labels("dead_letter").inc()
                return


def _place(event: Event) -> tuple[str, int]:
    return event.record.topic, event.record.partition


def _first_of_each(events: Sequence[Event], new: set[str]) -> list[Event]:
    """An id that appears twice in one slice is inserted once and handled once."""
    fresh = []
    for event in events:
        if event.envelope.id in new:
            new.remove(event.envelope.id)
            fresh.append(event)
    return fresh


async def _pause(backoff: Backoff) -> None:
    if await backoff.pause():
        raise Interrupted


def _inbox_statement(schema: str) -> Statement[str]:
    return sql(
        f"INSERT INTO {schema}.inbox (consumer, event_id)"
        " SELECT :consumer, unnest(:event_ids) ON CONFLICT DO NOTHING RETURNING event_id",
        str,
        consumer=TEXT,
        event_ids=TEXTS,
    )
