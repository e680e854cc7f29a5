"""Reads the topics of a consumer group and survives what happens to Kafka.

Offsets are committed after the database's commit, several times a second; the inbox recognises what
is delivered again in between. Polling never stops: a partition that waits (database down, a dead
letter not yet acknowledged) is paused, so the group stays together. A client that makes no progress
is replaced, because not every fault of a broker ends in an error.
"""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from shared.kafka import connection
from shared.kafka.events import Record
from shared.kafka.faults import Backoff, Fault, fault_of
from shared.kafka.partition import PartitionFeed
from shared.kafka.processing import Processor
from shared.kernel.clock import monotonic_s, real_time_ms
from shared.kernel.tasks import told_to_end
from shared.settings import KafkaSettings
from shared.telemetry import get_logger, metrics

log = get_logger(__name__)

_POLL_MS: Final = 200
_RECORDS_MAX: Final = 1000
_COMMIT_S: Final = 0.25
_MEASURE_S: Final = 1.0
_SILENCE_S: Final = 10.0  # after this Kafka counts as down; fetches answer twice a second
_COMMIT_TIMEOUT_S: Final = 5.0
_REVOKE_GRACE_S: Final = 4.0
_STOP_GRACE_S: Final = 2.0
# Work must resume soon after Kafka is back: nothing else limits how long the chain stands still.
_RETRY_S_MAX: Final = 1.0
_START_TIMEOUT_S: Final = 30.0


class NoProgress(Exception):
    """The broker has not answered the client for too long."""


class FeedEnded(Exception):
    """The task of a partition ended although the partition is still assigned."""


class Consumer:
    """One member of `group`. `run` lasts until its `stop` is set."""

    def __init__(
        self,
        *,
        kafka: KafkaSettings,
        group: str,
        topics: Collection[str],
        processor: Processor,
        slice_max: int = 100,
        silence_s_max: float = 30.0,
    ) -> None:
        self._kafka = kafka
        self._group = group
        self._client_id = f"airlane-{group}-consumer"
        self._connected = metrics.KAFKA_CONNECTED.labels(self._client_id)
        self._topics = sorted(map(kafka.wire_topic, topics))
        self._processor = processor
        self._slice_max = slice_max
        self._silence_s_max = silence_s_max
        self._stop = asyncio.Event()
        self._feeds: dict[TopicPartition, PartitionFeed] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._poll: asyncio.Task[dict[TopicPartition, list[Record]]] | None = None
        self._heard_at_s = 0.0
        self._client: AIOKafkaConsumer | None = None
        self._is_member = False  # the group is stable, and what is assigned is known

    @property
    def is_assigned(self) -> bool:
        return self._client is not None and bool(self._client.assignment())

    async def run(self, stop: asyncio.Event) -> None:
        self._stop = stop
        backoff = Backoff(stop, max_s=_RETRY_S_MAX)
        while not stop.is_set():
            started_at_s = monotonic_s()
            try:
                await self._session()
            except (Exception, asyncio.CancelledError) as error:
                if told_to_end():
                    raise
                known = fault_of(error) is Fault.TRANSIENT or isinstance(error, NoProgress)
                if known:
                    log.warning(
                        "consumer interrupted", group=self._group, error=repr(error), seldom=True
                    )
                else:
                    log.exception("consumer failed", group=self._group, seldom=True)
            if monotonic_s() - started_at_s > 60:
                backoff.reset()
            if not stop.is_set():
                await backoff.pause()

    async def _session(self) -> None:
        """The life of one client."""
        self._connected.set(0)
        client = connection.consumer(
            self._kafka,
            group=self._group,
            client_id=self._client_id,
            isolation_level="read_committed",
            session_timeout_ms=10_000,
            heartbeat_interval_ms=3_000,
            max_poll_interval_ms=300_000,
            request_timeout_ms=15_000,
            metadata_max_age_ms=30_000,
            fetch_max_wait_ms=500,
        )
        client.subscribe(topics=self._topics, listener=_Rebalance(self))
        try:
            async with asyncio.timeout(_START_TIMEOUT_S):
                await client.start()
            self._client = client
            self._connected.set(1)
            self._heard_at_s = monotonic_s()
            await self._poll_until_stopped(client)
        finally:
            await self._close(client)

    async def _poll_until_stopped(self, client: AIOKafkaConsumer) -> None:
        commit_at_s = measure_at_s = 0.0
        stopping = asyncio.create_task(self._stop.wait())
        try:
            while not self._stop.is_set():
                if self._poll is None:
                    self._poll = asyncio.create_task(
                        client.getmany(timeout_ms=_POLL_MS, max_records=_RECORDS_MAX)
                    )
                await asyncio.wait(
                    {self._poll, stopping},
                    timeout=_COMMIT_S,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                self._take()
                self._balance(client)
                now_s = monotonic_s()
                if now_s >= commit_at_s:
                    await self._commit(client, self._feeds)
                    commit_at_s = now_s + _COMMIT_S
                if now_s >= measure_at_s:
                    await self._measure(client)
                    measure_at_s = now_s + _MEASURE_S
        finally:
            stopping.cancel()

    def _take(self) -> None:
        """Passes the polled records to the feeds. Raises what the poll raised."""
        if self._poll is None or not self._poll.done():
            return
        poll, self._poll = self._poll, None
        for tp, records in poll.result().items():
            feed = self._feeds.get(tp)
            if feed is None:
                feed = PartitionFeed(tp, self._processor, self._stop, slice_max=self._slice_max)
                self._feeds[tp] = feed
            feed.put(records)

    def _balance(self, client: AIOKafkaConsumer) -> None:
        paused = client.paused()
        for tp, feed in self._feeds.items():
            if feed.task.done() and not self._stop.is_set():
                raise FeedEnded(f"{tp.topic}/{tp.partition}") from _error_of(feed.task)
            if feed.is_full and tp not in paused:
                client.pause(tp)
            elif feed.may_resume and tp in paused:
                client.resume(tp)

    async def _commit(
        self,
        client: AIOKafkaConsumer,
        feeds: Mapping[TopicPartition, PartitionFeed],
        timeout_s: float = _COMMIT_TIMEOUT_S,
    ) -> None:
        """Commits what was done since the last commit; the next one makes up for a failure."""
        offsets = {
            tp: feed.next_offset
            for tp, feed in feeds.items()
            if feed.next_offset is not None and feed.next_offset != self._committed.get(tp)
        }
        if not offsets:
            return
        try:
            async with asyncio.timeout(timeout_s):
                await client.commit(offsets)
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            log.warning("offsets not committed", group=self._group, error=repr(error), seldom=True)
        else:
            self._committed.update(offsets)

    async def _measure(self, client: AIOKafkaConsumer) -> None:
        """Gauges per topic, and the watchdog."""
        assigned, paused = client.assignment(), client.paused()
        if self._is_member:
            with suppress(IllegalStateError):  # revoked meanwhile
                await self._measure_lag(client, assigned)
        heard_ms = [client.last_poll_timestamp(tp) or 0 for tp in assigned - paused]
        # Having no partitions may be right (more members than partitions), but a broken group looks
        # the same. So does having all paused, when only the heartbeats keep us in the group.
        silence_s = (real_time_ms() - max(heard_ms)) / 1000 if heard_ms else 0.0
        if any(heard_ms):  # a partition that was only just assigned has had no answer yet
            self._connected.set(silence_s < _SILENCE_S)
        if assigned and silence_s <= self._silence_s_max:
            self._heard_at_s = monotonic_s()
        limit_s = self._silence_s_max * (1 if assigned else 4)
        if monotonic_s() - self._heard_at_s > limit_s:
            raise NoProgress(f"no answer for {limit_s:.0f} s")

    async def _measure_lag(
        self, client: AIOKafkaConsumer, assigned: Collection[TopicPartition]
    ) -> None:
        """A topic's gauges keep their values until every partition of it has had an answer: a new
        client does not know the lag, which is not the same as no lag.
        """
        for topic in self._topics:
            lag, age_s = 0, 0.0
            for tp in (tp for tp in assigned if tp.topic == topic):
                end = client.highwater(tp)
                if end is None:
                    break
                feed = self._feeds.get(tp)
                next_offset = feed.first_undone if feed else None
                if next_offset is None:
                    next_offset = await client.position(tp)
                lag += max(end - next_offset, 0)
                age_s = max(age_s, feed.oldest_age_s if feed else 0.0)
            else:
                metrics.CONSUMER_LAG.labels(topic).set(lag)
                metrics.CONSUMER_OLDEST_AGE.labels(topic).set(age_s)

    async def revoked(self) -> None:
        """The group is being rebalanced: finish, commit, forget. Called before new assignments."""
        self._is_member = False
        # A finished poll has records of the old assignment; the new one starts at the committed
        # offset.
        if self._poll is not None and self._poll.done():
            self._poll = None
        await self._let_go(_REVOKE_GRACE_S, commit_timeout_s=3.0)

    def assigned(self) -> None:
        self._is_member = True
        self._heard_at_s = monotonic_s()

    async def _let_go(self, grace_s: float, *, commit_timeout_s: float) -> None:
        # Polling continues meanwhile and must not touch the feeds that are being closed.
        feeds, self._feeds = self._feeds, {}
        await asyncio.gather(*(feed.close(grace_s=grace_s) for feed in feeds.values()))
        if self._client is not None:
            await self._commit(self._client, feeds, commit_timeout_s)
        self._committed.clear()

    async def _close(self, client: AIOKafkaConsumer) -> None:
        poll, self._poll = self._poll, None
        if poll is not None:
            poll.cancel()
            await asyncio.gather(poll, return_exceptions=True)
        await self._let_go(_STOP_GRACE_S, commit_timeout_s=0.7)
        self._client = None
        self._connected.set(0)
        self._is_member = False
        stopping = asyncio.create_task(client.stop())
        await asyncio.wait({stopping}, timeout=0.7)
        if not stopping.done():
            # It waits for a broker that does not answer. Without a connection it ends on its own.
            with suppress(KafkaError, OSError):
                await client._client.close()  # noqa: SLF001 - there is no public way to abort
            stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)


def _error_of(task: asyncio.Task[None]) -> BaseException | None:
    return None if task.cancelled() else task.exception()


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, _: Collection[TopicPartition]) -> None:
        await self._consumer.revoked()

    async def on_partitions_assigned(self, _: Collection[TopicPartition]) -> None:
        self._consumer.assigned()
