"""The dead letters on Kafka: what each says, and how many still wait to be redriven.

Redriven letters stay until their topic drops them, after 30 days. How far they have been redriven
is an offset committed for the group `<group>.redrive`. Kafka forgets the offsets of a group without
members after a week, long before the letters, so the group's workers commit them again every day.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.contracts.topics import dead_letter_topic
from shared.kafka import connection
from shared.kafka.dead_letter import PREFIX, VALUE_OMITTED, header_text, original_headers
from shared.kafka.events import Record
from shared.kafka.publisher import OutgoingRecord
from shared.kafka.reading import partitions_of
from shared.kernel.clock import monotonic_s
from shared.settings import KafkaSettings
from shared.telemetry import get_logger, metrics

log = get_logger(__name__)

CLIENT_ID: Final = "airlane-redrive"
_COMMIT_AGAIN_S: Final = 86_400.0
_TIMEOUT_S: Final = 20.0


@dataclass(frozen=True)
class Letter:
    """One dead letter as people and the redrive read it; `record` is what Kafka stores."""

    record: Record
    facts: dict[str, str]

    @classmethod
    def of(cls, record: Record) -> Self:
        return cls(record, {name: header_text(value) for name, value in record.headers})

    @property
    def reason(self) -> str:
        return self.facts.get(f"{PREFIX}reason", "unknown")

    @property
    def is_complete(self) -> bool:
        """False: its record was too large for a letter and can only be read at its origin."""
        return VALUE_OMITTED not in self.facts

    def addressed(self, topic: str, group: str) -> OutgoingRecord:
        """The original record, for this group only."""
        record = self.record
        headers = original_headers(record, for_group=group)
        return OutgoingRecord(topic, record.key, record.value, headers)

    def __str__(self) -> str:
        here = {"at": f"{self.record.partition}@{self.record.offset}", "reason": self.reason}
        lines = (line.format_map(_Unknown(self.facts | here)) for line in _SHOWN)
        return "\n".join(line if line.isprintable() else repr(line)[1:-1] for line in lines)


class _Unknown(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"


_SHOWN: Final = (
    "{at}  {reason}  {ce_type}  {ce_id}  of {ce_subject}",
    "    {dlq_error}",
    "    attempts: {dlq_attempts}, {dlq_first_at} to {dlq_last_at}",
    "    came from {dlq_topic} {dlq_partition}@{dlq_offset}",
)


def redrive_client(kafka: KafkaSettings, group: str) -> AIOKafkaConsumer:
    """A client that knows how far `group` has been redriven; it is not a member of any group."""
    return connection.consumer(kafka, client_id=CLIENT_ID, group=f"{group}.redrive")


async def letters_of(kafka: KafkaSettings, *, topic: str, group: str) -> list[Record]:
    """All existing letters as records, including redriven ones; moves no offset."""
    client = connection.consumer(kafka, client_id=CLIENT_ID)
    records: list[Record] = []
    try:
        await client.start()
        partitions = await partitions_of(kafka, [dead_letter_topic(topic, group)])
        client.assign(partitions)
        await client.seek_to_beginning(*partitions)
        for tp, end in (await client.end_offsets(partitions)).items():
            while await client.position(tp) < end:
                polled = await client.getmany(tp, timeout_ms=500)
                records += [record for record in polled.get(tp, ()) if record.offset < end]
    finally:
        await client.stop()
    return records


class LetterBox:
    """The dead letters of one group, counted for its metrics."""

    def __init__(self, kafka: KafkaSettings, *, group: str, topics: Collection[str]) -> None:
        self._kafka = kafka
        self._group = group
        self._topic_of = {
            kafka.wire_topic(dead_letter_topic(topic, group)): topic for topic in topics
        }
        self._commit_again_at_s = 0.0

    async def watch(self) -> None:
        """Measures, and leaves the gauges unchanged while Kafka is down."""
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await self.measure()
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning(
                "dead letters not counted", group=self._group, error=repr(error), seldom=True
            )

    async def measure(self) -> dict[str, int]:
        """Letters not yet redriven, by original topic; also sets the gauges. Raises KafkaError."""
        client = redrive_client(self._kafka, self._group)
        waiting = dict.fromkeys(self._topic_of.values(), 0)
        try:
            await client.start()
            partitions = await partitions_of(self._kafka, self._topic_of)
            client.assign(partitions)
            begins = await client.beginning_offsets(partitions)
            ends = await client.end_offsets(partitions)
            redriven = {tp: await client.committed(tp) for tp in partitions}
            for tp in partitions:
                first = max(begins[tp], redriven[tp] or 0)
                waiting[self._topic_of[tp.topic]] += ends[tp] - first
            await self._keep(client, redriven)
        finally:
            await client.stop()
        for topic, count in waiting.items():
            metrics.DLQ_DEPTH.labels(topic).set(count)
        return waiting

    async def _keep(
        self, client: AIOKafkaConsumer, redriven: dict[TopicPartition, int | None]
    ) -> None:
        """This may set back a redrive running at the same moment; the inbox absorbs repetitions."""
        known = {tp: offset for tp, offset in redriven.items() if offset is not None}
        if known and monotonic_s() >= self._commit_again_at_s:
            await client.commit(known)
            self._commit_again_at_s = monotonic_s() + _COMMIT_AGAIN_S
