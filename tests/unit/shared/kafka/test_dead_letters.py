"""Dead letters: whole, with the reason, and addressed to one group when they are sent again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, cast

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError
from hypothesis import example, given
from hypothesis import strategies as st

from shared.kafka.dead_letter import VALUE_OMITTED, bury, dead_letter, header_text
from shared.kafka.events import FOR_GROUP
from shared.kafka.faults import Fault
from shared.kafka.letters import Letter
from shared.kafka.publisher import OutgoingRecord, Publisher
from shared.telemetry import metrics

FIRST_AT: Final = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
LAST_AT: Final = datetime(2026, 1, 15, 8, 31, 5, tzinfo=UTC)

header_names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
headers = st.lists(st.tuples(header_names, st.none() | st.binary(max_size=8)), max_size=4)


@dataclass
class ARecord:
    topic: str = "airlane.catalog.orders.v1"
    partition: int = 3
    offset: int = 77
    timestamp: int = -1
    key: bytes | None = b"ord_1"
    value: bytes | None = b"{}"
    headers: list[tuple[str, bytes | None]] = field(default_factory=list)


def a_letter(record: ARecord, **changes: Any) -> OutgoingRecord:
    given: dict[str, Any] = {
        "group": "customs",
        "fault": Fault.FAILED,
        "error": ValueError("no such thing"),
        "attempts": 5,
        "first_at": FIRST_AT,
        "last_at": LAST_AT,
    }
    return dead_letter(record, **given | changes)


def on_kafka(letter: OutgoingRecord) -> ARecord:
    return ARecord(letter.topic, 0, 12, -1, letter.key, letter.value, list(letter.headers))


class Broker:
    """Takes messages of so many bytes, headers included."""

    def __init__(self, bytes_max: int = 10**6) -> None:
        self.bytes_max = bytes_max
        self.got: list[OutgoingRecord] = []

    async def publish(self, records: Iterable[OutgoingRecord]) -> None:
        for record in records:
            if _size(record) > self.bytes_max:
                raise MessageSizeTooLargeError
            self.got.append(record)


def _size(record: OutgoingRecord) -> int:
    in_headers = sum(len(name) + len(value or b"") for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + in_headers


def test_a_letter_says_where_it_came_from_and_why() -> None:
    letter = a_letter(ARecord())

    assert letter.topic == "airlane.catalog.orders.v1.customs.dlq"
    assert dict(letter.headers) == {
        "dlq_topic": b"airlane.catalog.orders.v1",
        "dlq_partition": b"3",
        "dlq_offset": b"77",
        "dlq_group": b"customs",
        "dlq_reason": b"failed",
        "dlq_error": b"ValueError: no such thing",
        "dlq_attempts": b"5",
        "dlq_first_at": b"2026-01-15T08:30:00Z",
        "dlq_last_at": b"2026-01-15T08:31:05Z",
    }


@given(key=st.none() | st.binary(max_size=8), value=st.none() | st.binary(max_size=8), own=headers)
def test_a_letter_that_is_sent_again_is_the_record_as_it_was_for_one_group(
    key: bytes | None, value: bytes | None, own: list[tuple[str, bytes | None]]
) -> None:
    own = [(n, v) for n, v in own if not n.startswith("dlq_") and n != FOR_GROUP]
    letter = Letter.of(on_kafka(a_letter(ARecord(key=key, value=value, headers=own))))

    again = letter.addressed("airlane.catalog.orders.v1", "customs")

    assert (again.topic, again.key, again.value) == ("airlane.catalog.orders.v1", key, value)
    assert again.headers == [*own, (FOR_GROUP, b"customs")]


def test_a_record_that_fails_again_has_the_facts_of_its_last_failure_only() -> None:
    first = Letter.of(on_kafka(a_letter(ARecord(headers=[("ce_id", b"evt_1")]))))
    redriven = on_kafka(first.addressed("airlane.catalog.orders.v1", "customs"))

    second = a_letter(redriven, error=KeyError("other"))

    names = [name for name, _ in second.headers]
    assert len(set(names)) == len(names)
    assert FOR_GROUP not in names
    assert dict(second.headers)["dlq_error"] == b"KeyError: 'other'"
    assert dict(second.headers)["ce_id"] == b"evt_1"


@pytest.mark.parametrize("text", ["half a pair \ud800", "陶瓷 ☕", "x" * 5000])
def test_whatever_an_error_says_fits_into_a_header(text: str) -> None:
    error = dict(a_letter(ARecord(), error=ValueError(text)).headers)["dlq_error"]

    assert error is not None
    assert error.startswith(b"ValueError: ")
    assert len(error.decode()) <= 2000


@given(st.none() | st.binary())
def test_any_header_can_be_read(value: bytes | None) -> None:
    header_text(value).encode()


@example(b"\x1b[2J", b"\n", b"\x00")
@given(st.binary(max_size=8), st.binary(max_size=8), st.binary(max_size=8))
def test_a_letter_is_shown_on_printable_lines_whatever_is_in_it(
    event_type: bytes, event_id: bytes, subject: bytes
) -> None:
    own: list[tuple[str, bytes | None]] = [
        ("ce_type", event_type),
        ("ce_id", event_id),
        ("ce_subject", subject),
    ]

    shown = str(Letter.of(on_kafka(a_letter(ARecord(headers=own)))))

    lines = shown.split("\n")
    assert len(lines) == 4
    assert all(line.isprintable() for line in lines)
    assert lines[0].startswith("0@12  failed")
    assert lines[3].strip() == "came from airlane.catalog.orders.v1 3@77"


def test_what_a_letter_does_not_say_is_shown_as_unknown() -> None:
    letter = Letter.of(ARecord())

    assert letter.reason == "unknown"
    assert str(letter).split("\n")[0] == "3@77  unknown  ?  ?  of ?"


@pytest.mark.parametrize(
    ("bytes_max", "key", "value", "kept_own"),
    [
        (10_000, b"k" * 100, b"v" * 900, True),
        (800, b"k" * 100, None, True),
        (400, b"", None, False),
    ],
)
async def test_what_does_not_fit_beside_the_facts_stays_at_its_origin(
    bytes_max: int, key: bytes, value: bytes | None, kept_own: bool
) -> None:
    broker = Broker(bytes_max)
    record = ARecord(key=b"k" * 100, value=b"v" * 900, headers=[("ce_note", b"n" * 300)])

    await bury(cast("Publisher", broker), a_letter(record), Fault.TOO_LARGE)

    (buried,) = broker.got
    assert (buried.key, buried.value) == (key, value)
    own = dict(buried.headers)
    assert ("ce_note" in own) is kept_own
    assert own["dlq_offset"] == b"77"
    assert own.get(VALUE_OMITTED) == (None if value else b"900")
    assert Letter.of(on_kafka(buried)).is_complete is (value is not None)


async def test_a_letter_is_counted_by_its_reason_once_it_is_acknowledged() -> None:
    def count() -> float:
        return float(metrics.DLQ_MESSAGES.labels("rejected")._value.get())

    before = count()
    with pytest.raises(KafkaConnectionError):
        await bury(cast("Publisher", _Away()), a_letter(ARecord()), Fault.REJECTED)
    after_failure = count()

    await bury(cast("Publisher", Broker()), a_letter(ARecord()), Fault.REJECTED)

    assert (after_failure, count()) == (before, before + 1)


class _Away:
    async def publish(self, _: Iterable[OutgoingRecord]) -> None:
        raise KafkaConnectionError
