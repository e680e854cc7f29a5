"""An event on its way: CloudEvents 1.0 in the binary mode of its Kafka binding."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.envelope import (
    ContractModel,
    Envelope,
    EventPayload,
    MalformedEvent,
    envelope_from_record,
)
from shared.contracts.registry import EVENTS, payloads_of
from shared.contracts.topics import CONSUMED_BY, PUBLIC_TOPICS, TOPICS, dead_letter_topic

REQUIRED = (
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "tenantid",
    "aggregateversion",
)


class CrateSealed(EventPayload):
    event_type = "test.crate.sealed"
    topic = "crates"
    count: int


def an_envelope(**changes: Any) -> Envelope:
    given: dict[str, Any] = {
        "id": "evt_1",
        "source": "/airlane/test",
        "type": "test.crate.sealed",
        "subject": "crt_1",
        "time": datetime(2026, 11, 22, 8, tzinfo=UTC),
        "tenant_id": "mer_1",
        "aggregate_version": 3,
        "traceparent": None,
        "data": b'{"count": 1}',
    }
    return Envelope(**given | changes)


def headers(**changes: bytes | None) -> dict[str, bytes | None]:
    return dict(an_envelope().headers()) | {f"ce_{name}": v for name, v in changes.items()}


def test_attributes_are_headers_with_their_prefix_and_the_content_type_has_none() -> None:
    assert dict(an_envelope(traceparent="00-a-b-01").headers()) == {
        "ce_specversion": b"1.0",
        "ce_id": b"evt_1",
        "ce_source": b"/airlane/test",
        "ce_type": b"test.crate.sealed",
        "ce_subject": b"crt_1",
        "ce_time": b"2026-11-22T08:00:00Z",
        "ce_tenantid": b"mer_1",
        "ce_aggregateversion": b"3",
        "ce_traceparent": b"00-a-b-01",
        "content-type": b"application/json",
    }


def test_an_event_outside_of_any_trace_has_no_traceparent() -> None:
    assert "ce_traceparent" not in headers()
    assert envelope_from_record(headers(), b"{}").traceparent is None
    assert envelope_from_record(headers(traceparent=b""), b"{}").traceparent is None


@given(
    st.datetimes(timezones=st.integers(-840, 840).map(lambda m: timezone(timedelta(minutes=m)))),
    st.integers(0, 2**31 - 1),
    st.text(st.characters(codec="utf-8")),
)
def test_what_was_sent_is_what_is_received(at: datetime, version: int, subject: str) -> None:
    try:
        sent = an_envelope(time=at, aggregate_version=version, subject=subject)
        named = dict(sent.headers())
    except OverflowError:  # an end of the calendar, in UTC beyond it
        return

    assert envelope_from_record(named, sent.data) == sent


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("given", ["left out", "without a value"])
def test_an_attribute_that_is_missing_is_named(name: str, given: str) -> None:
    named = headers()
    if given == "left out":
        del named[f"ce_{name}"]
    else:
        named[f"ce_{name}"] = None

    with pytest.raises(MalformedEvent, match=f"ce_{name} is missing"):
        envelope_from_record(named, b"{}")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"specversion": b"0.3"}, "ce_specversion is not 1.0"),
        ({"specversion": b"1"}, "ce_specversion is not 1.0"),
        ({"time": b"2026-11-22T08:00:00"}, "ce_time has no offset"),
        ({"time": b"2026-11-22"}, "ce_time has no offset"),
        ({"time": b"yesterday"}, "yesterday"),
        ({"aggregateversion": b"-1"}, "not between 0 and 2147483647"),
        ({"aggregateversion": b"2147483648"}, "not between 0 and 2147483647"),
        ({"aggregateversion": b"1.0"}, "1.0"),
        ({"aggregateversion": b""}, "invalid literal"),
        ({"subject": b"\xff"}, "utf-8"),
        ({"traceparent": "ü".encode()}, "ascii"),
    ],
)
def test_an_attribute_of_the_wrong_form_makes_the_event_malformed(
    change: dict[str, bytes], words: str
) -> None:
    with pytest.raises(MalformedEvent, match=words):
        envelope_from_record(headers(**change), b"{}")


def test_a_record_without_a_value_is_not_an_event() -> None:
    with pytest.raises(MalformedEvent, match="no value"):
        envelope_from_record(headers(), None)
    assert envelope_from_record(headers(), b"").data == b""


class TestPayloads:
    def test_fields_that_are_not_known_are_ignored_and_known_ones_are_checked(self) -> None:
        assert an_envelope(data=b'{"count": 1, "new": 2}').payload(CrateSealed).count == 1
        for data in (b'{"count": "x"}', b"{}", b"[]", b"", b"\xff", b'{"count": null}'):
            with pytest.raises(ValidationError):
                an_envelope(data=data).payload(CrateSealed)

    def test_a_fact_is_never_changed(self) -> None:
        payload = an_envelope().payload(CrateSealed)

        with pytest.raises(ValidationError):
            payload.count = 2  # type: ignore[misc]

    def test_parts_of_payloads_follow_the_same_rules(self) -> None:
        class Line(ContractModel):
            sku: str

        line = Line.model_validate({"sku": "a", "new": 1})
        assert line.model_dump() == {"sku": "a"}
        with pytest.raises(ValidationError):
            line.sku = "b"  # type: ignore[misc]


class TestRegistry:
    def test_event_types_are_listed_in_the_order_of_their_names(self) -> None:
        assert list(EVENTS) == sorted(EVENTS)
        assert all(payload.event_type == name for name, payload in EVENTS.items())

    def test_an_event_type_begins_with_the_service_of_its_topic(self) -> None:
        for name, payload in EVENTS.items():
            assert payload.topic.split(".")[1] == name.split(".")[0]
            assert payload.topic in TOPICS

    def test_payloads_of_a_module_are_those_with_an_event_type_of_their_own(self) -> None:
        from types import ModuleType

        module = ModuleType("crates")

        class Base(EventPayload):
            topic = "crates"

        class CrateOpened(Base):
            event_type = "test.crate.opened"

        class Part(ContractModel):
            pass

        vars(module).update(Base=Base, CrateOpened=CrateOpened, Part=Part, n=5)
        assert payloads_of(module) == [CrateOpened]


class TestTopics:
    def test_each_consumer_of_a_topic_has_its_own_dead_letters_for_thirty_days(self) -> None:
        letters = {
            dead_letter_topic(topic, group)
            for group, topics in CONSUMED_BY.items()
            for topic in topics
        }

        assert {name for name in TOPICS if name.endswith(".dlq")} == letters
        for name in letters:
            assert TOPICS[name].partitions == 1
            assert TOPICS[name].retention_ms == 30 * 24 * 3600 * 1000

    def test_events_are_kept_for_seven_days(self) -> None:
        for name, spec in TOPICS.items():
            assert spec.name == name
            if not name.endswith(".dlq"):
                assert spec.retention_ms == 7 * 24 * 3600 * 1000

    def test_nobody_reads_his_own_topic_and_every_topic_that_is_read_exists(self) -> None:
        for group, topics in CONSUMED_BY.items():
            assert all(topic in TOPICS for topic in topics)
            assert not any(topic.split(".")[1] == group for topic in topics)

    def test_endpoints_are_never_told_of_partners(self) -> None:
        assert not any("partners" in topic for topic in PUBLIC_TOPICS)
        assert set(PUBLIC_TOPICS) < set(CONSUMED_BY["webhooks"])
