"""The published language: schemas are committed, current, and refuse incompatible changes."""

import json

import pytest

from shared.contracts.catalogue import CATALOGUE
from shared.contracts.compatibility import unreadable
from shared.contracts.json_schemas import (
    FOLDER,
    file_of,
    reader_schema,
    rendered,
    schema_of,
)
from shared.contracts.topics import CONSUMED_BY, TOPICS, dead_letter_topic


@pytest.mark.parametrize("event_type", CATALOGUE)
def test_committed_schema_is_current(event_type: str) -> None:
    assert file_of(event_type).read_text(encoding="utf-8") == rendered(
        schema_of(CATALOGUE[event_type])
    ), "run: python -m shared.contracts.json_schemas"


def test_no_schema_is_left_over() -> None:
    assert {p.name for p in FOLDER.iterdir()} == {file_of(t).name for t in CATALOGUE}


@pytest.mark.parametrize("event_type", CATALOGUE)
def test_names_follow_the_rule(event_type: str) -> None:
    service, noun, fact = event_type.split(".")
    topic = CATALOGUE[event_type].topic
    assert topic.startswith(f"airlane.{service}.")
    assert topic.endswith(".v1")
    assert topic in TOPICS
    assert noun.islower()
    assert fact.replace("_", "").islower()


def test_every_consumer_has_a_dead_letter_topic() -> None:
    for group, topics in CONSUMED_BY.items():
        for topic in topics:
            assert dead_letter_topic(topic, group) in TOPICS


@pytest.mark.parametrize("event_type", CATALOGUE)
def test_consumers_of_today_read_what_was_written_before(event_type: str) -> None:
    committed = json.loads(file_of(event_type).read_text(encoding="utf-8"))
    assert list(unreadable(writer=committed, reader=reader_schema(CATALOGUE[event_type]))) == []
