"""Dead letters: records that a consumer group cannot process, kept whole, with the reason.

`<topic>.<group>.dlq` has key, value and headers as they were, plus `dlq_*` headers that say where
the record came from and why. `shared.kafka.redrive` sends it back once the reason is gone.
"""

from datetime import datetime
from typing import Final

from aiokafka.errors import MessageSizeTooLargeError

from shared.contracts.topics import dead_letter_topic
from shared.kafka.events import FOR_GROUP, Record
from shared.kafka.faults import Fault
from shared.kafka.publisher import Headers, OutgoingRecord, Publisher
from shared.kernel.instants import rfc3339
from shared.telemetry import get_logger, metrics

log = get_logger(__name__)

PREFIX: Final = "dlq_"
# The record fills a whole message: it can only be read at its origin, topic/partition/offset.
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
        "first_at": rfc3339(first_at),
        "last_at": rfc3339(last_at),
    }
    # A record that was redriven and failed again carries only the newest facts.
    headers = original_headers(record)
    # An error's text may contain half a surrogate pair from somebody's JSON.
    headers += [
        (f"{PREFIX}{name}", value.encode("utf-8", "backslashreplace"))
        for name, value in facts.items()
    ]
    return OutgoingRecord(dead_letter_topic(record.topic, group), record.key, record.value, headers)


def original_headers(record: Record, *, for_group: str | None = None) -> Headers:
    """The record's original headers, and the group it is for if it is not for all."""
    own = [
        (name, value)
        for name, value in record.headers
        if not name.startswith(PREFIX) and name != FOR_GROUP
    ]
    return own if for_group is None else [*own, (FOR_GROUP, for_group.encode())]


def header_text(value: bytes | None) -> str:
    """A header for people to read. It may have any bytes; this never fails."""
    return (value or b"").decode("utf-8", "replace")


async def bury(publisher: Publisher, letter: OutgoingRecord, fault: Fault) -> None:
    """Returns once the broker has acknowledged it. Raises what `Publisher.publish` raises."""
    *forms, shortest = _forms(letter)
    for form in forms:
        try:
            await publisher.publish([form])
            break
        except MessageSizeTooLargeError:
            continue
    else:
        await publisher.publish([shortest])
    metrics.DLQ_MESSAGES.labels(fault.value).inc()
    facts = {
        name: header_text(value)
        for name, value in letter.headers
        if name in ("dlq_error", "dlq_offset", "ce_id")
    }
    log.error("dead letter", topic=letter.topic, reason=fault.value, **facts)


def _forms(letter: OutgoingRecord) -> tuple[OutgoingRecord, ...]:
    """The whole letter, then shorter ones for a record that alone fills a message: first without
    its value, then without its key and its own headers too.
    """
    omitted = (VALUE_OMITTED, str(len(letter.value or b"")).encode())
    facts = [(name, value) for name, value in letter.headers if name.startswith(PREFIX)]
    return (
        letter,
        OutgoingRecord(letter.topic, letter.key or b"", None, [*letter.headers, omitted]),
        OutgoingRecord(letter.topic, b"", None, [*facts, omitted]),
    )
