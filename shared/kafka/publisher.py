"""Puts records on Kafka and knows when it does not know.

Records go out as batches built per partition (one future per batch, not per record). After any
failure the outcome of everything in flight is unknown; the client is thrown away, so that nothing
of it can overtake what the caller sends next, and the caller sends again what was not acknowledged.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed
from aiokafka.partitioner import murmur2

from shared.telemetry import get_logger

log = get_logger(__name__)

Headers = list[tuple[str, bytes]]

# Below the broker's limit for a request (message.max.bytes, 1 MiB); a larger record goes alone.
_BATCH_BYTES: Final = 256 * 1024
_RECORD_BYTES_MAX: Final = 8 * 1024 * 1024
_REQUEST_TIMEOUT_MS: Final = 10_000
_START_TIMEOUT_S: Final = 10.0
_CLOSE_TIMEOUT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = field(default_factory=list)
    timestamp_ms: int | None = None


class PublishFailed(KafkaError):  # type: ignore[misc]
    """Not all records were acknowledged; which ones arrived is not known."""

    retriable = True


class Publisher:
    """One idempotent producer (acks=all), made when needed and made anew after each failure.

    One `publish` at a time: what is sent next must not meet the remains of a failure.
    """

    def __init__(self, bootstrap: str, *, client_id: str, timeout_s: float = 15.0) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._timeout_s = timeout_s
        self._producer: AIOKafkaProducer | None = None
        self._turn = asyncio.Lock()

    async def publish(self, records: Iterable[OutgoingRecord]) -> None:
        """Returns once all are acknowledged; order per key is the order given.

        Raises PublishFailed after at most `timeout_s`, or the broker's refusal of a record.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(self._timeout_s):
                    producer = await self._started()
                    await _send(producer, records)
            except TimeoutError as error:
                await self._abandon()
                raise PublishFailed("not acknowledged in time") from error
            except BaseException:
                await self._abandon()
                raise

    async def partitions(self, topic: str) -> list[int]:
        """Raises UnknownTopicOrPartitionError after a while if there is no such topic."""
        async with self._turn:
            producer = await self._started()
            return sorted(await producer.partitions_for(topic))

    async def close(self) -> None:
        """Everything acknowledged has been waited for already: there is nothing to flush."""
        async with self._turn:
            await self._abandon()

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
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
            async with asyncio.timeout(_START_TIMEOUT_S):
                await producer.start()
        return self._producer

    async def _abandon(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await _stop_now(producer)
        except Exception as error:  # noqa: BLE001 - it is thrown away whatever it says
            log.warning("closing a producer failed", error=repr(error))


async def _stop_now(producer: Any) -> None:
    """`stop()` alone would wait for in-flight batches, which never expire with idempotence on:
    fail them first and end the task that retries them.
    """
    accumulator, sender = producer._message_accumulator, producer._sender  # noqa: SLF001
    accumulator.fail_all(ProducerClosed())
    if sender.sender_task is not None:
        await producer.client.close()
        sender.sender_task.cancel()
        with suppress(asyncio.CancelledError, KafkaError):
            await sender.sender_task
    await producer.stop()


async def _send(producer: AIOKafkaProducer, records: Iterable[OutgoingRecord]) -> None:
    by_partition: dict[tuple[str, int], list[OutgoingRecord]] = defaultdict(list)
    partitions: dict[str, list[int]] = {}
    for record in records:
        topic = record.topic
        if topic not in partitions:
            partitions[topic] = sorted(await producer.partitions_for(topic))
        known = partitions[topic]
        index = _hash(record.key) % len(known) if record.key is not None else 0
        by_partition[topic, known[index]].append(record)
    try:
        async with asyncio.TaskGroup() as group:
            for (topic, partition), queue in by_partition.items():
                group.create_task(_send_partition(producer, topic, partition, queue))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _send_partition(
    producer: AIOKafkaProducer, topic: str, partition: int, records: list[OutgoingRecord]
) -> None:
    acknowledgements = []
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
            acknowledgements.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
    batch.close()
    acknowledgements.append(await producer.send_batch(batch, topic, partition=partition))
    answers = await asyncio.gather(*acknowledgements, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer


@lru_cache(maxsize=65_536)
def _hash(key: bytes) -> int:
    """Kafka's own partitioner, so that any other client puts a key where we do."""
    return int(murmur2(key)) & 0x7FFF_FFFF
