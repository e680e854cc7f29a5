"""Streams that Kafka does not take: each tries again by itself, until it is through or dropped."""

from collections.abc import Iterable
from typing import Any, cast

import pytest
from aiokafka.errors import UnknownTopicOrPartitionError

from shared.kafka import held_up
from shared.kafka.faults import Backoff
from shared.kafka.held_up import HeldUpStreams, Page
from shared.kafka.publisher import OutgoingRecord, Publisher
from shared.telemetry import metrics
from tests.kit.waiting import until


class Broker:
    """What Kafka takes and refuses, by topic; shared by all producers of a test."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.got: list[str] = []
        self.tries = 0
        self.open_producers: list[str] = []


class FakePublisher:
    def __init__(self, broker: Broker, name: str = "relay") -> None:
        self.broker = broker
        self.name = name

    def another(self, name: str) -> "FakePublisher":
        self.broker.open_producers.append(name)
        return FakePublisher(self.broker, name)

    async def publish(self, records: Iterable[OutgoingRecord]) -> None:
        self.broker.tries += 1
        topics = [record.topic for record in records]
        if any(topic in self.broker.missing for topic in topics):
            raise UnknownTopicOrPartitionError
        self.broker.got += topics

    async def close(self) -> None:
        self.broker.open_producers.remove(self.name)


def a_page(*topics: str) -> Page:
    rows = [{"id": n, "topic": topic, "payload": "{}"} for n, topic in enumerate(topics)]
    return Page(cast("Any", rows), is_full=False)


class Relay:
    """The streams, and how often it was woken."""

    def __init__(self) -> None:
        self.broker = Broker()
        self.wakes = 0
        self.streams = HeldUpStreams(
            schema="catalog",
            publisher=cast("Publisher", FakePublisher(self.broker)),
            record_of=lambda row: OutgoingRecord(row["topic"], None, None),
            wake=self._wake,
        )

    def _wake(self) -> None:
        self.wakes += 1


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Relay:
    monkeypatch.setattr(held_up, "Backoff", lambda stop, max_s: Backoff(stop, first_s=0.001))
    return Relay()


async def test_a_stream_goes_through_once_its_topic_is_there_and_wakes_the_relay(
    relay: Relay,
) -> None:
    relay.broker.missing = {"t"}
    page = a_page("t", "t")
    relay.streams.add(3, page)
    await until(lambda: relay.broker.tries > 2)
    before = relay.streams.take_through()

    relay.broker.missing = set()
    await until(lambda: relay.wakes == 1)

    assert before == {}
    assert relay.streams.take_through() == {3: page}
    assert relay.broker.got == ["t", "t"]
    assert relay.streams.streams == frozenset()


async def test_a_stream_that_was_only_in_bad_company_does_not_wait_for_the_other(
    relay: Relay,
) -> None:
    relay.broker.missing = {"gone"}
    good = a_page("t")

    relay.streams.add(1, a_page("gone"))
    relay.streams.add(2, good)
    await until(lambda: relay.broker.got == ["t"])
    await until(lambda: relay.wakes == 1)

    assert relay.streams.take_through() == {2: good}
    assert relay.streams.streams == {1}
    await relay.streams.close()


async def test_a_forgotten_stream_is_sent_no_more_and_is_not_through(relay: Relay) -> None:
    relay.broker.missing = {"gone"}
    relay.streams.add(1, a_page("gone"))
    relay.streams.add(2, a_page("gone"))
    await until(lambda: relay.broker.tries >= 2)

    relay.streams.forget([1, 7])
    await until(lambda: relay.broker.open_producers == ["stream-2"])
    relay.broker.missing = set()
    await until(lambda: relay.wakes == 2)

    assert list(relay.streams.take_through()) == [2]
    assert relay.broker.got == ["gone"]


async def test_closing_ends_all_of_them_and_their_producers(relay: Relay) -> None:
    relay.broker.missing = {"gone"}
    for stream in (1, 2):
        relay.streams.add(stream, a_page("gone"))
    await until(lambda: relay.broker.tries >= 2)

    await relay.streams.close()

    assert relay.streams.streams == frozenset()
    assert relay.broker.open_producers == []


async def test_the_gauge_counts_the_streams_held_up(relay: Relay) -> None:
    def gauge() -> float:
        (sample,) = next(iter(metrics.RELAY_STREAMS_HELD_UP.collect())).samples
        return sample.value

    relay.broker.missing = {"gone"}
    relay.streams.add(1, a_page("gone"))
    relay.streams.add(2, a_page("t"))
    counts = [gauge()]
    await until(lambda: relay.wakes == 1)
    relay.streams.take_through()
    counts.append(gauge())

    await relay.streams.close()

    assert [*counts, gauge()] == [2, 1, 0]


def test_a_page_without_events_is_only_the_end_of_a_batch() -> None:
    end = Page(cast("Any", [{"id": None, "topic": None, "payload": None}]), is_full=True)
    page = a_page("t", "t")

    assert (end.events, end.chars) == ((), 0)
    assert (len(page.events), page.chars, page.last["id"]) == (2, 4, 1)
