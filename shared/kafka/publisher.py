"""Publishes records to Kafka, and knows when the outcome is unknown.

Records are sent as batches per partition (one future per batch, not per record). After any failure
the outcome of everything in flight is unknown. The client is then discarded, so that nothing of it
can overtake what the caller sends next, and the caller sends again what was not acknowledged.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from shared.kafka import connection
from shared.settings import KafkaSettings
from shared.telemetry import get_logger, metrics

log = get_logger(__name__)

Headers = list[tuple[str, bytes | None]]

# Below the broker's limit for a request (message.max.bytes, 1 MiB); a larger record goes alone.
_BATCH_BYTES: Final = 256 * 1024
_ROUND_BYTES: Final = 32 * 1024 * 1024
_RECORD_BYTES_MAX: Final = 8 * 1024 * 1024
_REQUEST_TIMEOUT_MS: Final = 10_000
_START_TIMEOUT_S: Final = 10.0
_CLOSE_TIMEOUT_S: Final = 1.0
_STOP_TIMEOUT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = field(default_factory=list)
    timestamp_ms: int | None = None


# The client library's future of one batch: done when the broker has it.
Acknowledgement = asyncio.Future[Any]


class PublishFailed(KafkaError):  # type: ignore[misc]
    """Not all records were acknowledged; which ones arrived is not known."""

    retriable = True


class Publisher:
    """One idempotent producer (acks=all), created on demand and replaced after each failure.

    One `publish` at a time: what is sent next must not meet the remains of a failed one.
    """

    def __init__(self, kafka: KafkaSettings, *, client_id: str, timeout_s: float = 15.0) -> None:
        self._kafka = kafka
        self._client_id = client_id
        self._timeout_s = timeout_s
        self._producer: AIOKafkaProducer | None = None
        self._sent: list[Acknowledgement] = []  # one acknowledgement a batch
        self._abandoned: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    def another(self, name: str) -> "Publisher":
        """A second producer for the same Kafka, for what must not wait for this one."""
        client_id = f"{self._client_id}-{name}"
        return Publisher(self._kafka, client_id=client_id, timeout_s=self._timeout_s)

    async def publish(self, records: Iterable[OutgoingRecord]) -> None:
        """Returns once all are acknowledged; records of one key keep their order.

        Raises PublishFailed if `timeout_s` pass without _ROUND_BYTES of them being acknowledged, or
        the broker's refusal of a record.
        """
        for round_ in _rounds(records):
            async with self._working() as producer:
                self._sent.clear()
                await _send(producer, self._kafka, round_, self._sent)

    async def partitions(self, topic: str) -> list[int]:
        """Raises UnknownTopicOrPartitionError after a while if there is no such topic."""
        async with self._working() as producer:
            return sorted(await producer.partitions_for(self._kafka.wire_topic(topic)))

    async def close(self) -> None:
        """There is nothing to flush: `publish` has waited for every acknowledgement."""
        async with self._turn:
            self._abandon()
            with suppress(KeyError):  # it may never have had anything to send
                metrics.KAFKA_CONNECTED.remove(self._client_id)
            if self._abandoned:
                await asyncio.wait(self._abandoned, timeout=_CLOSE_TIMEOUT_S)

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[AIOKafkaProducer]:
        """A started producer for one call at a time; any error discards it."""
        async with self._turn:
            try:
                async with asyncio.timeout(self._timeout_s):
                    yield await self._started()
            except TimeoutError as error:
                self._says_connected(False)
                self._abandon()
                raise PublishFailed("not acknowledged in time") from error
            except BaseException as error:
                if isinstance(error, KafkaError) and error.retriable:
                    self._says_connected(False)
                self._abandon()
                raise
            else:
                self._says_connected(True)

    def _says_connected(self, connected: bool) -> None:
        metrics.KAFKA_CONNECTED.labels(self._client_id).set(connected)

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = connection.producer(
                self._kafka,
                client_id=self._client_id,
                acks="all",
                enable_idempotence=True,
                linger_ms=0,
                max_batch_size=_BATCH_BYTES,
                max_request_size=_RECORD_BYTES_MAX,
                request_timeout_ms=_REQUEST_TIMEOUT_MS,
                metadata_max_age_ms=60_000,
            )
            self._producer = producer
            self._says_connected(False)
            async with asyncio.timeout(_START_TIMEOUT_S):
                await producer.start()
        return self._producer

    def _abandon(self) -> None:
        """Stops the producer in the background, which may take a while if the broker is gone.

        What it still has in flight may arrive later. That repeats records in order: the first copy
        of each still arrives in the order in which the caller sends.
        """
        producer, self._producer = self._producer, None
        sent, self._sent = self._sent, []
        if producer is not None:
            ending = asyncio.create_task(_stop_now(producer, sent), name="ending a producer")
            self._abandoned.add(ending)
            ending.add_done_callback(self._abandoned.discard)


async def _stop_now(producer: Any, sent: list[Acknowledgement]) -> None:
    """`stop()` alone would wait for unsent batches, which never expire with idempotence on."""
    task = producer._sender.sender_task  # noqa: SLF001 - there is no public way to give up
    try:
        if task is not None:
            # It waits for its requests in flight, which end with an answer or by their time limit.
            task.cancel()
            await asyncio.wait({task}, timeout=2 * _REQUEST_TIMEOUT_MS / 1000)
        for acknowledgement in sent:
            acknowledgement.cancel()
        async with asyncio.timeout(_STOP_TIMEOUT_S):
            await producer.stop()
    except Exception as error:  # noqa: BLE001 - it is discarded in any case
        log.warning("closing a producer failed", error=repr(error), seldom=True)


def _rounds(records: Iterable[OutgoingRecord]) -> Iterator[list[OutgoingRecord]]:
    """As much at once as surely gets through in time; usually that is all of it."""
    round_: list[OutgoingRecord] = []
    size = 0
    for record in records:
        round_.append(record)
        size += len(record.value or b"")
        if size >= _ROUND_BYTES:
            yield round_
            round_, size = [], 0
    if round_:
        yield round_


async def _send(
    producer: AIOKafkaProducer,
    kafka: KafkaSettings,
    records: Iterable[OutgoingRecord],
    sent: list[Acknowledgement],
) -> None:
    by_partition: dict[tuple[str, int], list[OutgoingRecord]] = defaultdict(list)
    topics: dict[str, tuple[str, list[int]]] = {}
    for record in records:
        if record.topic not in topics:
            wire = kafka.wire_topic(record.topic)
            topics[record.topic] = (wire, sorted(await producer.partitions_for(wire)))
        topic, partitions = topics[record.topic]
        index = _hash(record.key) % len(partitions) if record.key is not None else 0
        by_partition[topic, partitions[index]].append(record)
    try:
        async with asyncio.TaskGroup() as group:
            for (topic, partition), queue in by_partition.items():
                group.create_task(_send_partition(producer, topic, partition, queue, sent))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    # Not gather: when its caller is cancelled, it would cancel what the client still works on.
    if sent:
        await asyncio.wait(sent)
    for acknowledgement in sent:
        acknowledgement.result()


async def _send_partition(
    producer: AIOKafkaProducer,
    topic: str,
    partition: int,
    records: list[OutgoingRecord],
    sent: list[Acknowledgement],
) -> None:
    """Sends batch after batch; each is on its way when the next is built."""
    batch = producer.create_batch()
    for record in records:
        while True:
            fitted = batch.append(
                timestamp=record.timestamp_ms,
                key=record.key,
                value=record.value,
                headers=record.headers,
            )
            if fitted is not None:
                break
            sent.append(await producer.send_batch(batch, topic, partition=partition))
            sent[-1].add_done_callback(_look_at)
            batch = producer.create_batch()
    batch.close()
    sent.append(await producer.send_batch(batch, topic, partition=partition))
    sent[-1].add_done_callback(_look_at)


def _look_at(acknowledgement: Acknowledgement) -> None:
    """Retrieves the error, so that asyncio does not complain when nobody waits for it any more."""
    if not acknowledgement.cancelled():
        acknowledgement.exception()


@lru_cache(maxsize=65_536)
def _hash(key: bytes) -> int:
    """Kafka's own partitioner, so that any other client puts a key on the same partition."""
    return int(murmur2(key)) & 0x7FFF_FFFF
