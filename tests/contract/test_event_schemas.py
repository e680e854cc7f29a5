"""The published language: schemas are committed, current, and refuse incompatible changes."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.contracts.catalogue import CATALOGUE
from shared.contracts.json_schemas import FOLDER, file_of, incompatibilities, rendered, schema_of
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


def _drop_field(schema: dict[str, Any]) -> None:
    del schema["properties"]["currency"]


def _make_optional(schema: dict[str, Any]) -> None:
    schema["required"].remove("currency")


def _change_type(schema: dict[str, Any]) -> None:
    schema["properties"]["total_minor"]["type"] = "string"


def _allow_null(schema: dict[str, Any]) -> None:
    schema["properties"]["store"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def _change_nested(schema: dict[str, Any]) -> None:
    del schema["$defs"]["OrderLine"]["properties"]["hs_code"]


@pytest.mark.parametrize(
    "change", [_drop_field, _make_optional, _change_type, _allow_null, _change_nested]
)
def test_an_incompatible_change_is_found(change: Callable[[dict[str, Any]], None]) -> None:
    before = json.loads(file_of("catalog.order.placed").read_text(encoding="utf-8"))
    after = copy.deepcopy(before)
    change(after)
    assert list(incompatibilities(before, after))


def test_a_new_enum_value_is_incompatible_and_a_new_field_is_not() -> None:
    before = json.loads(file_of("catalog.order.status_changed").read_text(encoding="utf-8"))
    wider = copy.deepcopy(before)
    wider["properties"]["status"]["enum"].append("lost")
    assert list(incompatibilities(before, wider))
    longer = copy.deepcopy(before)
    longer["properties"]["note"] = {"type": "string"}
    longer["required"].append("note")
    assert not list(incompatibilities(before, longer))
