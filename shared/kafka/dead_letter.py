"""Dead letters: a record that its consumer group cannot digest, kept whole, with the reason.

`<topic>.<group>.dlq` holds key, value and headers as they were, plus `dlq_*` headers that say where
it came from and why. `shared.kafka.redrive` sends it back once the reason is gone.
"""

from datetime import datetime
from typing import Final

from aiokafka.errors import MessageSizeTooLargeError

from shared.contracts.topics import dead_letter_topic
from shared.kafka.events import Record
from shared.kafka.faults import Fault
from shared.kafka.publisher import Headers, OutgoingRecord, Publisher
from shared.telemetry import get_logger, metrics

log = get_logger(__name__)

PREFIX: Final = "dlq_"
# The value alone fills a whole message: it stays readable at its origin, topic/partition/offset.
VALUE_OMITTED: Final = "dlq_value_omitted"
_ERROR_CHARS_MAX: Final = 2000


def dead_letter(
    record: Record,
    *,
    group: str,
    fault: Fault,
    error: BaseException,
    attempts: int,
    first_at: datetime,
    last_at: datetime,
) -> OutgoingRecord:
    facts = {
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "group": group,
        "reason": fault.value,
        "error": f"{type(error).__name__}: {error}"[:_ERROR_CHARS_MAX],
        "attempts": str(attempts),
        "first_at": first_at.isoformat(),
        "last_at": last_at.isoformat(),
    }
    # A record that was redriven and failed again says so by its newest facts only.
    headers = original_headers(record)
    headers += [(f"{PREFIX}{name}", value.encode()) for name, value in facts.items()]
    return OutgoingRecord(dead_letter_topic(record.topic, group), record.key, record.value, headers)


def original_headers(record: Record) -> Headers:
    return [(name, value) for name, value in record.headers if not name.startswith(PREFIX)]


async def bury(publisher: Publisher, letter: OutgoingRecord, fault: Fault) -> None:
    """Returns once the broker has acknowledged it. Raises what `Publisher.publish` raises."""
    try:
        await publisher.publish([letter])
    except MessageSizeTooLargeError:
        size = str(len(letter.value or b"")).encode()
        await publisher.publish(
            [
                OutgoingRecord(
                    letter.topic, letter.key or b"", None, [*letter.headers, (VALUE_OMITTED, size)]
                )
            ]
        )
    metrics.DLQ_MESSAGES.labels(fault.value).inc()
    facts = {n: v.decode() for n, v in letter.headers if n in ("dlq_error", "dlq_offset", "ce_id")}
    log.error("dead letter", topic=letter.topic, reason=fault.value, **facts)
