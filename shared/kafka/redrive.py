"""Sends dead letters back to the topic they came from, once their reason is gone.

    python -m shared.kafka.redrive --topic airlane.catalog.orders.v1 --group customs [--dry-run]

Kafka is found by the KAFKA_* variables of the services (docs/kafka.md).

Safe to repeat: records keep their event id, so every group that has handled one skips it, and the
dead-letter offset is committed only after the record is acknowledged. A letter that fails again
becomes a new letter behind the present end, which one run does not read.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.contracts.topics import dead_letter_topic
from shared.kafka import connection
from shared.kafka.dead_letter import VALUE_OMITTED, header_text, original_headers
from shared.kafka.publisher import OutgoingRecord, Publisher
from shared.settings import KafkaSettings, SettingsError, load

_BATCH: Final = 100


@dataclass
class Redriven:
    """`omitted`: their values were too large for a dead letter; they lie at their origin."""

    published: int = 0
    omitted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Redrive:
    """What is asked for: the letters there are now, oldest first, `limit` at most."""

    topic: str
    group: str
    limit: int | None = None
    dry_run: bool = False
    per_second: float = 100.0

    async def run(self, kafka: KafkaSettings) -> Redriven:
        """Raises KafkaError when the broker is away or there is no such dead-letter topic."""
        letters = kafka.wire_topic(dead_letter_topic(self.topic, self.group))
        client = connection.consumer(
            kafka, client_id="airlane-redrive", group=f"{self.group}.redrive"
        )
        publisher = Publisher(kafka, client_id="airlane-redrive")
        result = Redriven()
        try:
            await client.start()
            numbers = await publisher.partitions(letters)
            partitions = [TopicPartition(letters, number) for number in numbers]
            client.assign(partitions)
            ends = await client.end_offsets(partitions)
            for tp in partitions:
                await self._drain(client, tp, ends[tp], publisher, result)
        finally:
            await publisher.close()
            await client.stop()
        return result

    async def _drain(
        self,
        client: AIOKafkaConsumer,
        tp: TopicPartition,
        end: int,
        publisher: Publisher,
        result: Redriven,
    ) -> None:
        while await client.position(tp) < end:
            taken = sum(result.reasons.values())
            room = _BATCH if self.limit is None else min(_BATCH, self.limit - taken)
            if room <= 0:
                return
            polled = await client.getmany(tp, timeout_ms=1000, max_records=room)
            records = [record for record in polled.get(tp, ()) if record.offset < end]
            if not records:
                continue
            outgoing = _sorted_out(records, self.topic, result)
            if self.dry_run:
                continue
            await publisher.publish(outgoing)
            result.published += len(outgoing)
            await client.commit({tp: records[-1].offset + 1})
            await asyncio.sleep(len(outgoing) / self.per_second)


async def letters_of(kafka: KafkaSettings, *, topic: str, group: str) -> list[Any]:
    """All letters there are, as records, redriven ones included; moves nobody's offset."""
    letters = kafka.wire_topic(dead_letter_topic(topic, group))
    client = connection.consumer(kafka, client_id="airlane-redrive")
    publisher = Publisher(kafka, client_id="airlane-redrive")
    records: list[Any] = []
    try:
        await client.start()
        partitions = [TopicPartition(letters, n) for n in await publisher.partitions(letters)]
        client.assign(partitions)
        await client.seek_to_beginning(*partitions)
        for tp, end in (await client.end_offsets(partitions)).items():
            while await client.position(tp) < end:
                polled = await client.getmany(tp, timeout_ms=500)
                records += [record for record in polled.get(tp, ()) if record.offset < end]
    finally:
        await publisher.close()
        await client.stop()
    return records


def _sorted_out(records: list[Any], topic: str, result: Redriven) -> list[OutgoingRecord]:
    outgoing = []
    for record in records:
        headers = dict(record.headers)
        result.reasons[header_text(headers.get("dlq_reason", b"?"))] += 1
        if VALUE_OMITTED in headers:
            result.omitted += 1
            continue
        outgoing.append(OutgoingRecord(topic, record.key, record.value, original_headers(record)))
    return outgoing


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.kafka.redrive", description=__doc__)
    parser.add_argument("--topic", required=True, help="the original topic")
    parser.add_argument("--group", required=True, help="the consumer group (service) it failed in")
    parser.add_argument("--limit", type=int, help="at most so many letters")
    parser.add_argument("--dry-run", action="store_true", help="count by reason, send nothing")
    parser.add_argument("--per-second", type=float, default=100.0, help="speed limit")
    asked = parser.parse_args(arguments)
    order = Redrive(asked.topic, asked.group, asked.limit, asked.dry_run, asked.per_second)
    try:
        result = asyncio.run(order.run(load(KafkaSettings)))
    except SettingsError as error:
        sys.stderr.write("\n".join(error.lines) + "\n")
        return 2
    except (KafkaError, OSError) as error:
        sys.stderr.write(f"not redriven: {error}\n")
        return 1
    facts = {
        "letters": sum(result.reasons.values()),
        "published": result.published,
        "value_omitted": result.omitted,
        "by_reason": dict(result.reasons),
    }
    sys.stdout.write(json.dumps(facts) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
