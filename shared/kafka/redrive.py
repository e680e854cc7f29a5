"""Sends dead letters back to the topic they came from, once their reason is gone.

    python -m shared.kafka.redrive --topic airlane.catalog.orders.v1 --group customs [--dry-run]

--dry-run shows the letters and sends nothing. The services' KAFKA_* variables say where Kafka is
(docs/kafka.md).

Safe to repeat: records keep their event id, so the group skips what it has handled. No other group
takes them, whether its inbox still knows them or not. The dead-letter offset is committed only
after the record is acknowledged. A letter that fails again becomes a new letter after the current
end, which the same run does not read.
"""

import argparse
import asyncio
import logging
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.contracts.topics import CONSUMED_BY, dead_letter_topic
from shared.kafka.letters import CLIENT_ID, Letter, redrive_client
from shared.kafka.publisher import Publisher
from shared.kafka.reading import partitions_of
from shared.settings import KafkaSettings, SettingsError, load

_BATCH: Final = 100

Show = Callable[[Letter], None]


@dataclass
class Redriven:
    """`omitted`: letters without their record, which was too large and stays at its origin."""

    published: int = 0
    omitted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def letters(self) -> int:
        return sum(self.reasons.values())


@dataclass(frozen=True)
class Redrive:
    """One order to redrive: the letters that exist now, oldest first, at most `limit`. `show` gets
    each of them.
    """

    topic: str
    group: str
    limit: int | None = None
    dry_run: bool = False
    per_second: float = 100.0
    show: Show = lambda _: None

    async def run(self, kafka: KafkaSettings) -> Redriven:
        """Raises KafkaError if the broker is down or there is no such dead-letter topic."""
        client = redrive_client(kafka, self.group)
        publisher = Publisher(kafka, client_id=CLIENT_ID)
        result = Redriven()
        try:
            await client.start()
            partitions = await partitions_of(kafka, [dead_letter_topic(self.topic, self.group)])
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
            room = _BATCH if self.limit is None else min(_BATCH, self.limit - result.letters)
            if room <= 0:
                return
            polled = await client.getmany(tp, timeout_ms=1000, max_records=room)
            letters = [Letter.of(record) for record in polled.get(tp, ()) if record.offset < end]
            for letter in letters:
                result.reasons[letter.reason] += 1
                result.omitted += not letter.is_complete
                self.show(letter)
            if self.dry_run or not letters:
                continue
            outgoing = [
                letter.addressed(self.topic, self.group) for letter in letters if letter.is_complete
            ]
            await publisher.publish(outgoing)
            result.published += len(outgoing)
            await client.commit({tp: letters[-1].record.offset + 1})
            await asyncio.sleep(len(outgoing) / self.per_second)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m shared.kafka.redrive",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--topic", required=True, help="the original topic")
    parser.add_argument("--group", required=True, help="the consumer group (service) it failed in")
    parser.add_argument("--limit", type=_count, help="at most this many letters")
    parser.add_argument("--dry-run", action="store_true", help="show the letters, send nothing")
    parser.add_argument("--per-second", type=_count, default=100, help="speed limit")
    asked = parser.parse_args(arguments)
    try:
        kafka = load(KafkaSettings)
    except SettingsError as error:
        return _fail(2, "\n".join(error.lines))
    topic = kafka.contract_topic(asked.topic)
    if wrong := _unknown(topic, asked.group):
        return _fail(2, wrong)
    # The line below says all there is to say about a broker that cannot be reached.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    order = Redrive(topic, asked.group, asked.limit, asked.dry_run, asked.per_second)
    if asked.dry_run:
        order = replace(order, show=_print)
    try:
        result = asyncio.run(order.run(kafka))
    except (KafkaError, OSError) as error:
        asked_at = f"KAFKA_BOOTSTRAP_SERVERS={kafka.bootstrap_servers}"
        return _fail(1, f"not redriven: {error} ({asked_at})")
    _print(_summary(order, result))
    return 0


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return number


def _unknown(topic: str, group: str) -> str | None:
    if group not in CONSUMED_BY:
        return f"there is no group {group}; there are: {', '.join(CONSUMED_BY)}"
    if topic not in CONSUMED_BY[group]:
        return f"{group} does not read {topic}; it reads: {', '.join(CONSUMED_BY[group])}"
    return None


def _summary(order: Redrive, result: Redriven) -> str:
    if not result.letters:
        return f"no letters wait for {order.group} on {order.topic}"
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(result.reasons.items()))
    what = f"{result.letters} wait (dry run)" if order.dry_run else f"{result.published} sent again"
    omitted = f"; {result.omitted} too large to be sent again" if result.omitted else ""
    return f"letters for {order.group} on {order.topic}: {what}: {reasons}{omitted}"


def _print(line: object) -> None:
    sys.stdout.write(f"{line}\n")


def _fail(status: int, line: str) -> int:
    sys.stderr.write(line + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
