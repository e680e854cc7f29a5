"""Pure parts of shared.kafka: headers in both directions, what is poison, what a failure means."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.envelope import (
    EVENT_BYTES_MAX,
    Envelope,
    MalformedEvent,
    envelope_from_record,
)
from shared.db.errors import DatabaseBusy
from shared.kafka import Received, Undecoded
from shared.kafka.dead_letter import dead_letter, original_headers
from shared.kafka.events import Decoder
from shared.kafka.faults import Backoff, Fault, OversizedEvent, fault_of, sleep_until
from shared.kafka.publisher import _hash
from shared.kafka.relay import lock_class, record_of
from shared.kernel.clock import monotonic_s
from shared.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from tests.support.crates import ARecord, CrateOpened, an_envelope


def on_crate_opened(event: Received[CrateOpened]) -> int:
    return event.payload.count


def on_crate_as_it_came(event: Envelope) -> bytes:
    return event.data


def a_record(**more: Any) -> ARecord:
    envelope = an_envelope(**more)
    return ARecord(value=envelope.data, headers=envelope.headers())


TEXTS = st.text(min_size=1, max_size=40)


@given(
    event_id=TEXTS,
    subject=TEXTS,
    kind=TEXTS,
    tenant=TEXTS,
    version=st.integers(1, 2**31 - 1),
    time=st.datetimes(timezones=st.just(UTC)),
    traceparent=st.none() | st.just("00-" + "a" * 32 + "-" + "b" * 16 + "-01"),
    payload=st.text(max_size=200),
)
def test_relayed_row_is_the_envelope_that_is_received(
    event_id: str,
    subject: str,
    kind: str,
    tenant: str,
    version: int,
    time: datetime,
    traceparent: str | None,
    payload: str,
) -> None:
    row = {
        "event_id": event_id,
        "topic": "t",
        "aggregate_id": subject,
        "type": kind,
        "tenant_id": tenant,
        "aggregate_version": version,
        "occurred_at": time,
        "traceparent": traceparent,
        "payload": payload,
        "created_ms": 5,
    }
    record = record_of(row, b"/airlane/test")
    envelope = Envelope(
        event_id,
        "/airlane/test",
        kind,
        subject,
        time,
        tenant,
        version,
        traceparent,
        payload.encode(),
    )
    assert record.headers == envelope.headers()
    assert (record.key, record.value) == (subject.encode(), payload.encode())
    assert envelope_from_record(dict(record.headers), record.value) == envelope


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from(
                [name for name, _ in an_envelope().headers()] + ["ce_traceparent", "x"]
            ),
            st.binary(max_size=12),
        )
    ),
    value=st.none() | st.binary(max_size=20),
)
def test_decoder_refuses_garbage_with_its_own_errors_only(
    headers: list[tuple[str, bytes]], value: bytes | None
) -> None:
    good = an_envelope().headers()
    decoder = Decoder({CrateOpened: on_crate_opened}, group="customs")
    with suppress(MalformedEvent, ValidationError):
        decoder.decode(ARecord(value=value, headers=[*good, *headers]))


def test_decoder_takes_subscribed_types_and_skips_others() -> None:
    decoder = Decoder({CrateOpened: on_crate_opened}, group="customs")
    event = decoder.decode(a_record())
    assert event is not None
    assert event.meaning() == 1
    assert decoder.decode(a_record(type="test.crate.closed", data=b"no json")) is None


def test_undecoded_data_is_passed_on_as_it_came() -> None:
    decoder = Decoder({CrateOpened: Undecoded(on_crate_as_it_came)}, group="customs")

    event = decoder.decode(a_record(data=b"no json"))

    assert event is not None
    assert event.meaning() == b"no json"


def test_redriven_record_is_for_one_group_and_another_does_not_even_look_at_it() -> None:
    record = ARecord(value=b"{", headers=[("airlane-for-group", b"routing")])
    assert Decoder({}, group="customs").decode(record) is None
    with pytest.raises(MalformedEvent):
        Decoder({}, group="routing").decode(record)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (ARecord(value=None, headers=an_envelope().headers()), MalformedEvent),
        (ARecord(), MalformedEvent),
        (a_record(id="no id of ours"), MalformedEvent),
        (a_record(tenant_id="*"), MalformedEvent),
        (a_record(tenant_id="mer_1'; --"), MalformedEvent),
        (a_record(data=b"{"), ValidationError),
        (a_record(data=b"{}"), ValidationError),
        (a_record(data=b"x" * (EVENT_BYTES_MAX + 1)), OversizedEvent),
    ],
)
def test_decoder_names_what_is_wrong(record: ARecord, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        Decoder({CrateOpened: on_crate_opened}, group="customs").decode(record)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (MalformedEvent("x"), Fault.MALFORMED),
        (OversizedEvent("x"), Fault.TOO_LARGE),
        (Conflict(), Fault.REJECTED),
        (Invalid(), Fault.REJECTED),
        (NotFound(), Fault.REJECTED),
        (Unavailable(), Fault.TRANSIENT),
        (DatabaseBusy(), Fault.TRANSIENT),
        (asyncpg.DeadlockDetectedError("x"), Fault.TRANSIENT),
        (asyncpg.ConnectionDoesNotExistError("x"), Fault.TRANSIENT),
        (KafkaConnectionError(), Fault.TRANSIENT),
        (ConnectionResetError(), Fault.TRANSIENT),
        (TimeoutError(), Fault.TRANSIENT),
        (KeyError("x"), Fault.FAILED),
        (asyncpg.UniqueViolationError("x"), Fault.FAILED),
    ],
)
def test_failures_are_sorted_by_what_helps(error: Exception, fault: Fault) -> None:
    assert fault_of(error) is fault


def test_dead_letter_of_a_redriven_record_keeps_the_original_and_the_newest_facts() -> None:
    record = a_record()
    original = list(record.headers)
    record.headers = [*original, ("dlq_reason", b"old")]
    at = datetime(2026, 11, 22, tzinfo=UTC)
    letter = dead_letter(
        record,
        group="customs",
        fault=Fault.REJECTED,
        error=Conflict(),
        attempts=2,
        first_at=at,
        last_at=at,
    )
    assert letter.topic == "crates.customs.dlq"
    assert (letter.key, letter.value) == (record.key, record.value)
    assert letter.headers[: len(original)] == original
    facts = [(name, value) for name, value in letter.headers if name.startswith("dlq_")]
    assert len(facts) == len(dict(facts))
    assert dict(facts)["dlq_reason"] == b"rejected"
    assert dict(facts)["dlq_offset"] == b"7"
    record.headers = letter.headers
    assert original_headers(record) == original


def test_keys_go_where_java_clients_put_them() -> None:
    # From Kafka's own UtilsTest.testMurmur2, as unsigned 31-bit numbers.
    assert _hash(b"21") == -973932308 & 0x7FFFFFFF
    assert _hash(b"foobar") == -790332482 & 0x7FFFFFFF
    assert _hash(b"a-little-bit-long-string") == -985981536 & 0x7FFFFFFF


def test_lock_classes_differ_by_service() -> None:
    services = ["catalog", "customs", "routing", "analytics", "webhooks"]
    assert len({lock_class(service) for service in services}) == 5


async def test_backoff_grows_to_its_limit_and_ends_when_asked_to_stop() -> None:
    stop = asyncio.Event()
    backoff = Backoff(stop, first_s=0.01, max_s=0.04)
    started_s = monotonic_s()
    assert not any([await backoff.pause() for _ in range(4)])
    assert 0.75 * 0.11 <= monotonic_s() - started_s < 1.0
    stop.set()
    slow = Backoff(stop, first_s=60)
    started_s = monotonic_s()
    assert await slow.pause()
    assert monotonic_s() - started_s < 0.5
    assert not await sleep_until(asyncio.Event(), 0.001)
