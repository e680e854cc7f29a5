"""Makes sure that the topics exist, with their settings, before anybody needs them.

Brokers do not create topics by themselves here: a typo in a name would make a topic nobody reads.
"""

import asyncio
from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.contracts.topics import TopicSpec
from shared.kernel.clock import monotonic_s

# Callers outside this package catch what it raises without knowing the client library.
__all__ = ["KafkaError", "ensure_topics"]

_RETRY_S = 0.2
_COPIES = 3  # or one per broker, where there are fewer


async def ensure_topics(
    bootstrap: str, specs: Iterable[TopicSpec], *, patience_s: float = 30.0
) -> list[str]:
    """Creates what is missing and returns those names; existing topics are left as they are.

    Waits for a broker that is still starting. Raises KafkaError when it refuses a topic.
    """
    wanted = {spec.name: spec for spec in specs}
    deadline = monotonic_s() + patience_s
    while True:
        try:
            return await _create_missing(bootstrap, wanted)
        except KafkaError as error:
            if not error.retriable or monotonic_s() > deadline:
                raise
            await asyncio.sleep(_RETRY_S)


async def _create_missing(bootstrap: str, wanted: dict[str, TopicSpec]) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, client_id="airlane-topics")
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        missing = [spec for name, spec in wanted.items() if name not in existing]
        if not missing:
            return []
        cluster = await admin.describe_cluster()
        if cluster["controller_id"] not in {broker["node_id"] for broker in cluster["brokers"]}:
            # librdkafka's in-process broker has no controller; asking for a topic makes it.
            await admin.describe_topics([spec.name for spec in missing])
            return [spec.name for spec in missing]
        copies = min(_COPIES, len(cluster["brokers"]))
        answer = await admin.create_topics([_new_topic(spec, copies) for spec in missing])
        for topic, code, *reason in answer.topic_errors:
            refused = for_code(code)
            # Somebody else may have been faster.
            if code and refused is not TopicAlreadyExistsError:
                raise refused(f"{topic}: {reason[0] if reason else 'refused'}")
        return [spec.name for spec in missing]
    finally:
        await admin.close()


def _new_topic(spec: TopicSpec, copies: int) -> NewTopic:
    settings = {"cleanup.policy": "compact" if spec.compacted else "delete"}
    if not spec.compacted:
        settings["retention.ms"] = str(-1 if spec.retention_ms is None else spec.retention_ms)
    return NewTopic(spec.name, spec.partitions, copies, topic_configs=settings)
