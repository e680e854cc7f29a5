"""The published language: schemas are committed, current, and refuse incompatible changes."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

from shared import contracts
from shared.contracts.compatibility import unreadable
from shared.contracts.json_schemas import (
    FOLDER,
    file_of,
    reader_schema,
    rendered,
    schema_of,
)
from shared.contracts.registry import EVENTS, payloads_of
from shared.contracts.topics import CONSUMED_BY, TOPICS, dead_letter_topic


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(contracts.__path__, f"{contracts.__name__}."):
        yield importlib.import_module(found.name)


def test_the_registry_knows_every_payload_of_the_contracts() -> None:
    payloads = {payload for module in _modules() for payload in payloads_of(module)}

    assert payloads == set(EVENTS.values())


@pytest.mark.parametrize("event_type", EVENTS)
def test_a_contract_lies_under_the_service_that_publishes_it(event_type: str) -> None:
    service = event_type.partition(".")[0]

    assert EVENTS[event_type].__module__.startswith(f"shared.contracts.{service}.")


@pytest.mark.parametrize("event_type", EVENTS)
def test_committed_schema_is_current(event_type: str) -> None:
    assert file_of(event_type).read_text(encoding="utf-8") == rendered(
        schema_of(EVENTS[event_type])
    ), "run: python -m shared.contracts.json_schemas"


def test_no_schema_is_left_over() -> None:
    assert {p.name for p in FOLDER.iterdir()} == {file_of(t).name for t in EVENTS}


@pytest.mark.parametrize("event_type", EVENTS)
def test_names_follow_the_rule(event_type: str) -> None:
    service, noun, fact = event_type.split(".")
    topic = EVENTS[event_type].topic
    assert topic.startswith(f"airlane.{service}.")
    assert topic.endswith(".v1")
    assert topic in TOPICS
    assert noun.islower()
    assert fact.replace("_", "").islower()


def test_every_consumer_has_a_dead_letter_topic() -> None:
    for group, topics in CONSUMED_BY.items():
        for topic in topics:
            assert dead_letter_topic(topic, group) in TOPICS


@pytest.mark.parametrize("event_type", EVENTS)
def test_consumers_of_today_read_what_was_written_before(event_type: str) -> None:
    committed = json.loads(file_of(event_type).read_text(encoding="utf-8"))
    assert list(unreadable(writer=committed, reader=reader_schema(EVENTS[event_type]))) == []
