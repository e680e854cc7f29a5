"""The settings of a topic, and which of them may be changed on one that already exists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.topics import TopicSpec
from shared.settings import KafkaSettings

_DAY_MS: Final = 86_400_000
_FOR_EVER: Final = -1


@dataclass(frozen=True)
class ExistingTopic:
    """A topic as it is on Kafka. `own`: the settings made on this topic, not defaults."""

    name: str
    partitions: int
    replicas: int
    settings: Mapping[str, str]
    own: Mapping[str, str] = field(default_factory=dict)


def wanted_settings(spec: TopicSpec, kafka: KafkaSettings) -> dict[str, str]:
    """Segments last a day at most: Kafka drops whole segments, `retention.ms` after the last record
    of each, so a quiet topic would otherwise keep its records for twice as long.
    """
    settings = {
        "cleanup.policy": "compact" if spec.compacted else "delete",
        "segment.ms": str(_DAY_MS),
        "min.insync.replicas": str(kafka.insync),
    }
    if not spec.compacted:
        retention_ms = _FOR_EVER if spec.retention_ms is None else spec.retention_ms
        settings["retention.ms"] = str(retention_ms)
    return settings


def changes(topic: ExistingTopic, spec: TopicSpec, kafka: KafkaSettings) -> dict[str, str]:
    """Settings that may be changed without asking, because no record and no safety is lost."""
    return {
        key: value
        for key, value in _different(topic, spec, kafka)
        if not _takes_away(key, topic.settings[key], value)
    }


def refusals(topic: ExistingTopic, spec: TopicSpec, kafka: KafkaSettings) -> Iterator[str]:
    """What only a person should change, one phrase per setting."""
    if topic.partitions != spec.partitions:
        yield f"{topic.name} has {topic.partitions} partitions instead of {spec.partitions}"
    if topic.replicas < kafka.replicas:
        yield f"{topic.name} has {topic.replicas} copies instead of {kafka.replicas}"
    for key, value in _different(topic, spec, kafka):
        now = topic.settings[key]
        if _takes_away(key, now, value):
            yield f"{topic.name} has {key}={now} instead of {value}"


def _different(
    topic: ExistingTopic, spec: TopicSpec, kafka: KafkaSettings
) -> Iterator[tuple[str, str]]:
    for key, value in wanted_settings(spec, kafka).items():
        now = topic.settings[key]
        stricter = key == "min.insync.replicas" and int(now) > int(value)
        if now != value and not stricter:
            yield key, value


def _takes_away(key: str, now: str, wanted: str) -> bool:
    if key == "retention.ms":
        return int(wanted) != _FOR_EVER and (int(now) == _FOR_EVER or int(wanted) < int(now))
    return key == "cleanup.policy"
