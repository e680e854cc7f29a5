"""Reads topics from their first record to their current end, without a consumer group: for audits
and tests, which want everything that was ever written and must not move any group's offsets.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import for_code

from shared.contracts.envelope import Envelope, MalformedEvent, envelope_from_record
from shared.kafka import connection
from shared.kafka.events import Record
from shared.settings import KafkaSettings

_BATCH: Final = 5_000
_WAIT_MS: Final = 1_000


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record as the log has it, with `topic` as the contracts name it. `envelope` is None if it
    is not a CloudEvent of ours.
    """

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    envelope: Envelope | None


Ends = dict[tuple[str, int], int]


async def end_offsets(kafka: KafkaSettings, topics: Iterable[str]) -> Ends:
    """By (topic, partition): the offset that the next record will get. Raises KafkaError."""
    async with _consumer(kafka) as consumer:
        ends = await consumer.end_offsets(await partitions_of(kafka, topics))
        return {(kafka.contract_topic(at.topic), at.partition): end for at, end in ends.items()}


async def read_all(kafka: KafkaSettings, topics: Iterable[str]) -> list[StoredRecord]:
    """Every record up to the ends at the time of the call; per partition in its order.

    Raises KafkaError.
    """
    async with _consumer(kafka) as consumer:
        partitions = await partitions_of(kafka, topics)
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[StoredRecord] = []
        # The position, not the last offset seen: a log may end with markers that are not records.
        open_ones = [p for p in partitions if await consumer.position(p) < ends[p]]
        while open_ones:
            batches = await consumer.getmany(*open_ones, timeout_ms=_WAIT_MS, max_records=_BATCH)
            for partition, records in batches.items():
                found += (_stored(kafka, r) for r in records if r.offset < ends[partition])
            open_ones = [p for p in open_ones if await consumer.position(p) < ends[p]]
        return found


async def follow(kafka: KafkaSettings, topics: Iterable[str]) -> AsyncIterator[StoredRecord]:
    """What is written from now on, as soon as it is readable, until the caller stops asking."""
    async with _consumer(kafka) as consumer:
        partitions = await partitions_of(kafka, topics)
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        while True:
            for records in (await consumer.getmany(timeout_ms=_WAIT_MS)).values():
                for record in records:
                    yield _stored(kafka, record)


@asynccontextmanager
async def _consumer(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = connection.consumer(
        kafka, client_id="airlane-audit", max_partition_fetch_bytes=4 * 1024 * 1024
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def partitions_of(kafka: KafkaSettings, topics: Iterable[str]) -> list[TopicPartition]:
    """Raises KafkaError, UnknownTopicOrPartitionError among them."""
    # A consumer without a subscription does not know any topic's partitions; the admin client asks.
    async with connection.admin(kafka, client_id="airlane-audit") as admin:
        described = await admin.describe_topics([kafka.wire_topic(topic) for topic in topics])
    for topic in described:
        if topic["error_code"]:
            raise for_code(topic["error_code"])(f"topic {topic['topic']} is not on Kafka")
    return [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        for partition in sorted(topic["partitions"], key=lambda p: int(p["partition"]))
    ]


def _stored(kafka: KafkaSettings, record: Record) -> StoredRecord:
    headers = dict(record.headers)
    try:
        envelope = envelope_from_record(headers, record.value)
    except MalformedEvent:
        envelope = None
    topic = kafka.contract_topic(record.topic)
    return StoredRecord(topic, record.partition, record.offset, record.timestamp, envelope)
