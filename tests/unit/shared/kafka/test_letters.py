"""A dead letter: whole where it fits, otherwise what is left of it, and addressed when it goes
back.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError

from shared.kafka.dead_letter import VALUE_OMITTED, bury, dead_letter, header_text, original_headers
from shared.kafka.events import FOR_GROUP
from shared.kafka.faults import Fault
from shared.kafka.letters import Letter
from shared.kafka.publisher import OutgoingRecord, Publisher
from shared.kernel.errors import Conflict
from tests.support.crates import ARecord

FIRST = datetime(2026, 11, 22, 8, tzinfo=UTC)


def a_letter(record: ARecord | None = None, error: Exception | None = None) -> OutgoingRecord:
    return dead_letter(
        record or ARecord(headers=(("ce_id", b"evt_1"), ("binary", b"\xff"), ("empty", None))),
        group="routing",
        fault=Fault.REJECTED,
        error=error or Conflict(),
        attempts=3,
        first_at=FIRST,
        last_at=FIRST + timedelta(seconds=5),
    )


class APublisher:
    """A broker that takes records up to a size, of value and headers together."""

    def __init__(self, size_max: int) -> None:
        self.size_max = size_max
        self.taken: list[OutgoingRecord] = []

    async def publish(self, records: list[OutgoingRecord]) -> None:
        for record in records:
            size = len(record.value or b"") + len(record.key or b"")
            size += sum(len(name) + len(value or b"") for name, value in record.headers)
            if size > self.size_max:
                raise MessageSizeTooLargeError
            self.taken.append(record)


async def buried(letter: OutgoingRecord, size_max: int) -> OutgoingRecord:
    publisher = APublisher(size_max)
    await bury(cast("Publisher", publisher), letter, Fault.REJECTED)
    (taken,) = publisher.taken
    return taken


def test_a_letter_is_the_record_and_what_happened_to_it() -> None:
    letter = a_letter()

    assert (letter.topic, letter.key, letter.value) == (
        "crates.routing.dlq",
        b"k",
        b'{"count": 1}',
    )
    assert letter.headers[:3] == [("ce_id", b"evt_1"), ("binary", b"\xff"), ("empty", None)]
    assert dict(letter.headers[3:]) == {
        "dlq_topic": b"crates",
        "dlq_partition": b"3",
        "dlq_offset": b"7",
        "dlq_group": b"routing",
        "dlq_reason": b"rejected",
        "dlq_error": f"Conflict: {Conflict()}".encode(),
        "dlq_attempts": b"3",
        "dlq_first_at": b"2026-11-22T08:00:00Z",
        "dlq_last_at": b"2026-11-22T08:00:05Z",
    }


def test_the_text_of_an_error_is_bounded_and_may_hold_anything() -> None:
    long = dict(a_letter(error=KeyError("x" * 9000)).headers)["dlq_error"]
    odd = dict(a_letter(error=ValueError("\ud800灯")).headers)["dlq_error"]

    assert long is not None
    assert len(long) == 2000
    assert odd == "ValueError: \\ud800灯".encode()


class TestBurying:
    RECORD = ARecord(value=b"v" * 1000, key=b"k" * 400, headers=(("h", b"h" * 400),))

    async def test_a_letter_that_fits_is_whole(self) -> None:
        letter = a_letter(self.RECORD)

        assert await buried(letter, 10_000) == letter

    async def test_one_that_is_too_large_loses_its_value_first(self) -> None:
        letter = a_letter(self.RECORD)
        taken = await buried(letter, 1500)

        assert (taken.key, taken.value) == (letter.key, None)
        assert taken.headers == [*letter.headers, (VALUE_OMITTED, b"1000")]

    async def test_and_then_its_key_and_its_own_headers(self) -> None:
        letter = a_letter(self.RECORD)
        taken = await buried(letter, 600)

        assert (taken.key, taken.value) == (b"", None)
        assert [name for name, _ in taken.headers if not name.startswith("dlq_")] == []
        assert dict(taken.headers)["dlq_offset"] == b"7"
        assert dict(taken.headers)[VALUE_OMITTED] == b"1000"

    async def test_what_does_not_fit_at_all_and_what_the_broker_refuses_is_raised(self) -> None:
        with pytest.raises(MessageSizeTooLargeError):
            await buried(a_letter(self.RECORD), 10)

        class Away(APublisher):
            async def publish(self, records: list[OutgoingRecord]) -> None:
                raise KafkaConnectionError

        with pytest.raises(KafkaConnectionError):
            await bury(cast("Publisher", Away(0)), a_letter(), Fault.REJECTED)


class TestGoingBack:
    def test_a_letter_goes_back_as_it_came_for_its_group_alone(self) -> None:
        sent = a_letter()
        lying = ARecord(value=sent.value, key=sent.key, headers=sent.headers)

        back = Letter.of(lying).addressed("crates", "routing")

        assert (back.topic, back.key, back.value) == ("crates", b"k", b'{"count": 1}')
        assert back.headers == [
            ("ce_id", b"evt_1"),
            ("binary", b"\xff"),
            ("empty", None),
            (FOR_GROUP, b"routing"),
        ]

    def test_who_it_was_for_the_last_time_is_forgotten(self) -> None:
        record = ARecord(headers=((FOR_GROUP, b"customs"), ("dlq_reason", b"x"), ("a", b"1")))

        assert original_headers(record) == [("a", b"1")]
        assert original_headers(record, for_group="routing") == [
            ("a", b"1"),
            (FOR_GROUP, b"routing"),
        ]

    @pytest.mark.parametrize(
        ("headers", "is_complete", "reason"),
        [
            ((("dlq_reason", b"failed"),), True, "failed"),
            ((("dlq_reason", b"failed"), (VALUE_OMITTED, b"9")), False, "failed"),
            ((), True, "unknown"),
        ],
    )
    def test_a_letter_says_why_and_whether_it_is_whole(
        self, headers: Any, is_complete: bool, reason: str
    ) -> None:
        letter = Letter.of(ARecord(headers=headers))

        assert (letter.is_complete, letter.reason) == (is_complete, reason)

    def test_it_is_shown_in_four_lines_whatever_its_headers_hold(self) -> None:
        headers = [
            ("ce_type", b"test\ncrate"),
            ("ce_id", b"\xff"),
            ("dlq_reason", b"failed"),
            ("dlq_error", b"KeyError: \x1b[2J{ce_id}"),
            ("dlq_attempts", None),
        ]
        shown = str(Letter.of(ARecord(headers=headers))).split("\n")

        assert shown == [
            "3@7  failed  test\\ncrate  \ufffd  of ?",
            "    KeyError: \\x1b[2J{ce_id}",
            "    attempts: , ? to ?",
            "    came from ? ?@?",
        ]


@pytest.mark.parametrize(("value", "text"), [(None, ""), (b"", ""), (b"\xff", "\ufffd")])
def test_any_header_can_be_read(value: bytes | None, text: str) -> None:
    assert header_text(value) == text
