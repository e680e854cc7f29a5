"""How topics are created and kept on a real broker, and two parks on one Kafka."""

import pytest
from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.contracts.topics import TopicSpec
from shared.kafka import connection
from shared.kafka.admin import TooFewBrokers, TopicsDiffer, ensure_topics
from shared.kafka.reading import read_all
from shared.kernel.ids import new_id
from shared.settings import KafkaSettings
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.kit.plugin import Broker
from tests.kit.waiting import until
from tests.support.worlds.parcels import Serving, a_record, an_event, parcel_world

pytestmark = pytest.mark.real_broker

DAY_MS = 86_400_000


@pytest.fixture
def topic() -> str:
    return f"airlane.test.settings-{new_id('top')[-12:]}.v1"


async def _settings_of(kafka: KafkaSettings, topic: str) -> dict[str, str]:
    async with connection.admin(kafka, client_id="test") as admin:
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    (resource,) = answers[0].to_object()["resources"]
    return {entry["config_names"]: entry["config_value"] for entry in resource["config_entries"]}


async def _make(kafka: KafkaSettings, topic: str, **settings: str) -> None:
    """As another release, or a person, may have made it."""
    configs = {name.replace("_", "."): value for name, value in settings.items()}
    async with connection.admin(kafka, client_id="test") as admin:
        await admin.create_topics([NewTopic(topic, 1, 1, topic_configs=configs)])

        async def is_known() -> bool:  # the controller knows it before the broker does
            return topic in await admin.list_topics()

        await until(is_known)


async def test_a_new_topic_has_all_of_its_settings(kafka: Broker, topic: str) -> None:
    await ensure_topics(kafka.settings, [TopicSpec(topic, retention_ms=9 * DAY_MS)])
    settings = await _settings_of(kafka.settings, topic)
    assert settings["min.insync.replicas"] == "1"
    assert settings["retention.ms"] == str(9 * DAY_MS)
    assert settings["segment.ms"] == str(DAY_MS)
    assert settings["cleanup.policy"] == "delete"


async def test_one_broker_is_too_few_for_a_cluster_of_three(kafka: Broker, topic: str) -> None:
    cluster = KafkaSettings(bootstrap_servers=kafka.bootstrap, environment="production")
    assert (cluster.replicas, cluster.insync) == (3, 2)
    with pytest.raises(TooFewBrokers, match=r"3 copies .* there are 1: start the others, or set"):
        await ensure_topics(cluster, [TopicSpec(topic)], patience_s=0)


async def test_an_older_topic_is_completed_and_keeps_what_others_gave_it(
    kafka: Broker, topic: str
) -> None:
    await _make(kafka.settings, topic, retention_ms=str(DAY_MS), max_message_bytes="65536")
    spec = TopicSpec(topic, partitions=1, retention_ms=2 * DAY_MS)
    assert await ensure_topics(kafka.settings, [spec]) == []
    settings = await _settings_of(kafka.settings, topic)
    assert settings["segment.ms"] == str(DAY_MS)
    assert settings["retention.ms"] == str(2 * DAY_MS)
    assert settings["max.message.bytes"] == "65536"


async def test_what_would_lose_records_or_copies_is_refused_by_name(
    kafka: Broker, topic: str
) -> None:
    await _make(kafka.settings, topic, retention_ms=str(3 * DAY_MS), cleanup_policy="compact")
    cluster = KafkaSettings(bootstrap_servers=kafka.bootstrap, replication_factor=3)
    with pytest.raises(TopicsDiffer) as raised:
        await ensure_topics(cluster, [TopicSpec(topic, partitions=4, retention_ms=DAY_MS)])
    for fault in (
        f"{topic} has 1 partitions instead of 4",
        f"{topic} has 1 copies instead of 3",
        f"{topic} has cleanup.policy=compact instead of delete",
        f"{topic} has retention.ms={3 * DAY_MS} instead of {DAY_MS}",
    ):
        assert fault in str(raised.value)
    assert "segment.ms" not in str(raised.value)
    assert (await _settings_of(kafka.settings, topic))["segment.ms"] != str(DAY_MS)


async def test_two_parks_on_one_kafka_do_not_meet(
    kafka: Broker, postgres: Postgres, clock: ManualClock, topic: str
) -> None:
    north, south = (
        KafkaSettings(bootstrap_servers=kafka.bootstrap, prefix=prefix)
        for prefix in ("park-north", "park-south")
    )
    async with (
        parcel_world(postgres, north, clock, topic=topic) as northern,
        parcel_world(postgres, south, clock, topic=topic) as southern,
        Serving(northern.worker()),
        Serving(southern.worker()),
    ):
        ours, theirs = an_event(key="par_north"), an_event(key="par_south")
        await northern.send(a_record(topic, ours), a_record(topic, an_event("refuse")))
        await southern.send(a_record(topic, theirs))
        await northern.dead_letters(1)
        assert [e["subject"] for e in await northern.effects_become(1)] == ["par_north"]
        assert [e["subject"] for e in await southern.effects_become(1)] == ["par_south"]
        stored = await read_all(south, [topic])
        assert [(r.topic, r.envelope.subject) for r in stored if r.envelope] == [
            (topic, "par_south")
        ]
        async with connection.admin(kafka.settings, client_id="test") as admin:
            names = set(await admin.list_topics())
            groups = {group for group, *_ in await admin.list_consumer_groups()}
    assert {topic.replace("airlane", p, 1) for p in ("park-north", "park-south")} <= names
    assert topic not in names
    assert {"park-north.routing", "park-south.routing"} <= groups
