"""Makes sure that the topics exist, with their settings, before anybody needs them.

    python -m shared.kafka.admin            with the KAFKA_* variables of the services

Brokers do not create topics automatically here: a typo in a name would create a topic nobody reads.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.contracts.topics import TOPICS, TopicSpec
from shared.kafka import connection
from shared.kafka.topic_settings import ExistingTopic, changes, refusals, wanted_settings
from shared.kernel.clock import monotonic_s
from shared.kernel.json import JsonObject
from shared.settings import KafkaSettings, SettingsError, load

# Callers outside this package catch what it raises without knowing the client library.
__all__ = ["KafkaError", "TooFewBrokers", "TopicsDiffer", "ensure_topics"]

_RETRY_S: Final = 0.2
_SET_ON_TOPIC: Final = 1  # the source of a setting that was made on this very topic

Specs = Mapping[str, TopicSpec]  # by the name on Kafka


class TooFewBrokers(KafkaError):  # type: ignore[misc]
    """There are fewer brokers than a topic is to have copies."""

    retriable = True  # the others may still be starting


class TopicsDiffer(KafkaError):  # type: ignore[misc]
    """Topics exist with other settings, which are not changed without a person's decision."""


async def ensure_topics(
    kafka: KafkaSettings, specs: Iterable[TopicSpec], *, patience_s: float = 30.0
) -> list[str]:
    """Creates missing topics and returns their names; completes the settings of existing ones.

    Waits for brokers that are still starting. Raises KafkaError when Kafka refuses a topic;
    TooFewBrokers; TopicsDiffer.
    """
    wanted = {kafka.wire_topic(spec.name): spec for spec in specs}
    deadline = monotonic_s() + patience_s
    while True:
        try:
            return await _ensure(kafka, wanted)
        except KafkaError as error:
            if not error.retriable or monotonic_s() > deadline:
                raise
            await asyncio.sleep(_RETRY_S)


async def _ensure(kafka: KafkaSettings, wanted: Specs) -> list[str]:
    async with connection.admin(kafka, client_id="airlane-topics") as admin:
        there = {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics()}
        missing = {name: spec for name, spec in wanted.items() if name not in there}
        cluster = await admin.describe_cluster()
        if cluster["controller_id"] not in {broker["node_id"] for broker in cluster["brokers"]}:
            # librdkafka's in-process broker has no controller; asking for a topic creates it.
            if missing:
                await admin.describe_topics(list(missing))
        else:
            await _create(admin, kafka, missing, brokers=len(cluster["brokers"]))
            await _complete(admin, kafka, wanted, {n: there[n] for n in wanted if n not in missing})
        return list(missing)


async def _create(
    admin: AIOKafkaAdminClient, kafka: KafkaSettings, specs: Specs, *, brokers: int
) -> None:
    if not specs:
        return
    if brokers < kafka.replicas:
        raise TooFewBrokers(
            f"{kafka.replicas} copies of each topic need as many brokers, and there are {brokers}: "
            f"start the others, or set KAFKA_REPLICATION_FACTOR={brokers}"
        )
    topics = [
        NewTopic(name, spec.partitions, kafka.replicas, topic_configs=wanted_settings(spec, kafka))
        for name, spec in specs.items()
    ]
    answer = await admin.create_topics(topics)
    for topic, code, *reason in answer.topic_errors:
        refused = for_code(code)
        # Another process may have been faster.
        if code and refused is not TopicAlreadyExistsError:
            raise refused(f"{topic}: {reason[0] if reason else 'refused'}")


async def _complete(
    admin: AIOKafkaAdminClient,
    kafka: KafkaSettings,
    wanted: Specs,
    partitions: Mapping[str, list[JsonObject]],
) -> None:
    if not partitions:
        return
    existing = [topic async for topic in _existing(admin, partitions)]
    faults = [fault for topic in existing for fault in refusals(topic, wanted[topic.name], kafka)]
    if faults:
        raise TopicsDiffer(
            f"{'; '.join(faults)}: change the topics (kafka-configs, kafka-reassign-partitions) "
            "or the KAFKA_* variables"
        )
    # The request replaces all of a topic's own settings, so those made by others are sent again.
    altered = [
        ConfigResource(ConfigResourceType.TOPIC, topic.name, {**topic.own, **changed})
        for topic in existing
        if (changed := changes(topic, wanted[topic.name], kafka))
    ]
    if altered:
        for answer in await admin.alter_configs(altered):
            for code, reason, _kind, name in answer.resources:
                if code:
                    raise for_code(code)(f"{name}: {reason}")


async def _existing(
    admin: AIOKafkaAdminClient, partitions: Mapping[str, list[JsonObject]]
) -> AsyncIterator[ExistingTopic]:
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in partitions]
    for answer in await admin.describe_configs(asked):
        for topic in answer.to_object()["resources"]:
            name, entries = topic["resource_name"], topic["config_entries"]
            if topic["error_code"]:
                raise for_code(topic["error_code"])(f"{name}: {topic['error_message']}")
            yield ExistingTopic(
                name=name,
                partitions=len(partitions[name]),
                replicas=min(len(partition["replicas"]) for partition in partitions[name]),
                settings={entry["config_names"]: entry["config_value"] for entry in entries},
                own={
                    entry["config_names"]: entry["config_value"]
                    for entry in entries
                    if entry["config_source"] == _SET_ON_TOPIC
                },
            )


def main(*, patience_s: float = 30.0) -> int:
    # The line below says all there is to say about a broker that cannot be reached.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        kafka = load(KafkaSettings)
        made = asyncio.run(ensure_topics(kafka, TOPICS.values(), patience_s=patience_s))
    except SettingsError as error:
        sys.stderr.write("\n".join(error.lines) + "\n")
        return 2
    except (KafkaError, OSError) as error:
        asked_at = f"KAFKA_BOOTSTRAP_SERVERS={kafka.bootstrap_servers}"
        sys.stderr.write(f"the topics could not be made ready: {error} ({asked_at})\n")
        return 1
    sys.stdout.write(f"{len(TOPICS)} topics as they should be, {len(made)} of them new\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
