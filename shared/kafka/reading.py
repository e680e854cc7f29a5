"""Reads topics from their first record to their present end, without a consumer group: for audits
and for tests, which want everything that was ever written, and to move nobody's offsets.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.envelope import Envelope, MalformedEvent, envelope_from_record

_BATCH: Final = 5_000
_WAIT_MS: Final = 1_000


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record as the log holds it; `envelope` is None if it is no CloudEvent of ours."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    envelope: Envelope | None


Ends = dict[tuple[str, int], int]


async def end_offsets(bootstrap: str, topics: Iterable[str]) -> Ends:
    """By (topic, partition): the offset that the next record will get. Raises KafkaError."""
    consumer = _consumer(bootstrap)
    await consumer.start()
    try:
        return _plain(await consumer.end_offsets(await _partitions(bootstrap, topics)))
    finally:
        await consumer.stop()


async def read_all(bootstrap: str, topics: Iterable[str]) -> list[StoredRecord]:
    """Every record up to the ends at the time of the call; per partition in its order.

    Raises KafkaError.
    """
    consumer = _consumer(bootstrap)
    await consumer.start()
    try:
        partitions = await _partitions(bootstrap, topics)
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[StoredRecord] = []
        # The position, not the last offset seen: a log may end with markers that are no records.
        open_ones = [p for p in partitions if await consumer.position(p) < ends[p]]
        while open_ones:
            batches = await consumer.getmany(*open_ones, timeout_ms=_WAIT_MS, max_records=_BATCH)
            for partition, records in batches.items():
                found += (_stored(r) for r in records if r.offset < ends[partition])
            open_ones = [p for p in open_ones if await consumer.position(p) < ends[p]]
        return found
    finally:
        await consumer.stop()


async def follow(bootstrap: str, topics: Iterable[str]) -> AsyncIterator[StoredRecord]:
    """What is written from now on, as soon as it is readable, until the caller stops asking."""
    consumer = _consumer(bootstrap)
    await consumer.start()
    try:
        partitions = await _partitions(bootstrap, topics)
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        while True:
            for records in (await consumer.getmany(timeout_ms=_WAIT_MS)).values():
                for record in records:
                    yield _stored(record)
    finally:
        await consumer.stop()


def _consumer(bootstrap: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        client_id="airlane-audit",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )


async def _partitions(bootstrap: str, topics: Iterable[str]) -> list[TopicPartition]:
    # A consumer that was not subscribed knows no topic's partitions; the admin client asks.
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, client_id="airlane-audit")
    await admin.start()
    try:
        described = await admin.describe_topics(list(topics))
    finally:
        await admin.close()
    return [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        for partition in sorted(topic["partitions"], key=lambda p: int(p["partition"]))
    ]


def _plain(offsets: dict[TopicPartition, int]) -> Ends:
    return {(at.topic, at.partition): offset for at, offset in offsets.items()}


def _stored(record: Any) -> StoredRecord:
    headers = dict(record.headers)
    try:
        envelope = envelope_from_record(headers, record.value)
    except MalformedEvent:
        envelope = None
    return StoredRecord(record.topic, record.partition, record.offset, record.timestamp, envelope)
