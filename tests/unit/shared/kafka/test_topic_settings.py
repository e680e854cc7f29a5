"""What may be done to a topic that exists without asking anybody, and what may not."""

from itertools import product
from typing import Any

import pytest

from shared.contracts.topics import TopicSpec
from shared.kafka.topic_settings import ExistingTopic, changes, refusals, wanted_settings
from shared.settings import KafkaSettings

DAY_MS = 86_400_000
SPEC = TopicSpec("airlane.crates.v1", partitions=4, retention_ms=7 * DAY_MS)
CLUSTER = KafkaSettings(environment="production")


def a_topic(**changed: Any) -> ExistingTopic:
    given: dict[str, Any] = {
        "name": "airlane.crates.v1",
        "partitions": 4,
        "replicas": 3,
        "settings": {
            "cleanup.policy": "delete",
            "segment.ms": str(DAY_MS),
            "min.insync.replicas": "2",
            "retention.ms": str(7 * DAY_MS),
        },
    }
    settings = given["settings"] | changed.pop("settings", {})
    return ExistingTopic(**given | changed | {"settings": settings})


class TestWanted:
    def test_a_topic_keeps_its_records_for_so_long_in_segments_of_a_day(self) -> None:
        assert wanted_settings(SPEC, CLUSTER) == a_topic().settings

    def test_for_ever_is_written_as_kafka_writes_it(self) -> None:
        spec = TopicSpec("t", retention_ms=None)

        assert wanted_settings(spec, CLUSTER)["retention.ms"] == "-1"

    def test_a_compacted_topic_has_no_retention(self) -> None:
        wanted = wanted_settings(TopicSpec("t", compacted=True), CLUSTER)

        assert wanted["cleanup.policy"] == "compact"
        assert "retention.ms" not in wanted

    @pytest.mark.parametrize(
        ("settings", "replicas", "insync"),
        [
            ({"environment": "local"}, 1, 1),
            ({"environment": "production"}, 3, 2),
            ({"environment": "production", "replication_factor": 2}, 2, 1),
            ({"environment": "production", "replication_factor": 5}, 5, 2),
            ({"environment": "local", "replication_factor": 3}, 3, 2),
            ({"environment": "production", "min_insync_replicas": 3}, 3, 3),
            ({"environment": "production", "min_insync_replicas": 1}, 3, 1),
        ],
    )
    def test_of_the_copies_one_may_be_away(
        self, settings: dict[str, Any], replicas: int, insync: int
    ) -> None:
        kafka = KafkaSettings(**settings)

        assert (kafka.replicas, kafka.insync) == (replicas, insync)
        assert wanted_settings(SPEC, kafka)["min.insync.replicas"] == str(insync)


class TestChanging:
    def test_a_topic_as_it_should_be_is_left_alone(self) -> None:
        assert changes(a_topic(), SPEC, CLUSTER) == {}
        assert list(refusals(a_topic(), SPEC, CLUSTER)) == []

    @pytest.mark.parametrize(
        ("setting", "now", "changed"),
        [
            ("retention.ms", str(7 * DAY_MS - 1), str(7 * DAY_MS)),
            ("segment.ms", "604800000", str(DAY_MS)),
            ("segment.ms", "1000", str(DAY_MS)),
            ("min.insync.replicas", "1", "2"),
        ],
    )
    def test_what_loses_nothing_is_changed(self, setting: str, now: str, changed: str) -> None:
        topic = a_topic(settings={setting: now})

        assert changes(topic, SPEC, CLUSTER) == {setting: changed}
        assert list(refusals(topic, SPEC, CLUSTER)) == []

    @pytest.mark.parametrize(
        ("setting", "now"),
        [
            ("retention.ms", str(7 * DAY_MS + 1)),
            ("retention.ms", "-1"),
            ("cleanup.policy", "compact"),
            ("cleanup.policy", "compact,delete"),
        ],
    )
    def test_what_takes_records_away_is_left_to_a_person(self, setting: str, now: str) -> None:
        topic = a_topic(settings={setting: now})

        assert changes(topic, SPEC, CLUSTER) == {}
        wanted = wanted_settings(SPEC, CLUSTER)[setting]
        assert list(refusals(topic, SPEC, CLUSTER)) == [
            f"airlane.crates.v1 has {setting}={now} instead of {wanted}"
        ]

    def test_a_topic_may_be_safer_than_it_must_be(self) -> None:
        topic = a_topic(replicas=5, settings={"min.insync.replicas": "3"})

        assert changes(topic, SPEC, CLUSTER) == {}
        assert list(refusals(topic, SPEC, CLUSTER)) == []

    def test_records_that_were_to_go_some_day_may_stay_for_ever(self) -> None:
        spec = TopicSpec("airlane.crates.v1", retention_ms=None)

        assert changes(a_topic(), spec, CLUSTER) == {"retention.ms": "-1"}

    @pytest.mark.parametrize("partitions", [1, 3, 5])
    def test_the_number_of_partitions_is_never_changed(self, partitions: int) -> None:
        topic = a_topic(partitions=partitions)

        assert changes(topic, SPEC, CLUSTER) == {}
        assert list(refusals(topic, SPEC, CLUSTER)) == [
            f"airlane.crates.v1 has {partitions} partitions instead of 4"
        ]

    def test_copies_that_are_missing_are_named(self) -> None:
        assert list(refusals(a_topic(replicas=2), SPEC, CLUSTER)) == [
            "airlane.crates.v1 has 2 copies instead of 3"
        ]

    def test_every_difference_is_either_changed_or_named_and_never_both(self) -> None:
        for retention, policy, insync in product(
            ("-1", "1", str(7 * DAY_MS), str(9 * DAY_MS)),
            ("delete", "compact"),
            ("1", "2", "3"),
        ):
            given = {
                "retention.ms": retention,
                "cleanup.policy": policy,
                "min.insync.replicas": insync,
            }
            topic = a_topic(settings=given)
            changed = changes(topic, SPEC, CLUSTER)
            named = {one.split(" has ")[1].split("=")[0] for one in refusals(topic, SPEC, CLUSTER)}

            assert not changed.keys() & named
            different = {
                key
                for key, value in wanted_settings(SPEC, CLUSTER).items()
                if given.get(key, value) != value
            }
            safer = {"min.insync.replicas"} if insync == "3" else set()
            assert changed.keys() | named == different - safer
