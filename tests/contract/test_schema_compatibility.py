"""A schema may change only if every reader of its events can still read them."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.compatibility import unreadable
from shared.contracts.envelope import EventPayload
from shared.contracts.json_schemas import file_of, incompatibilities, reader_schema, schema_of

Node = dict[str, Any]


def _committed(event_type: str) -> Node:
    schema: Node = json.loads(file_of(event_type).read_text(encoding="utf-8"))
    return schema


def _drop_field(schema: Node) -> None:
    del schema["properties"]["currency"]


def _make_optional(schema: Node) -> None:
    schema["required"].remove("currency")


def _change_type(schema: Node) -> None:
    schema["properties"]["total_minor"]["type"] = "string"


def _allow_null(schema: Node) -> None:
    schema["properties"]["store"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def _change_nested(schema: Node) -> None:
    del schema["$defs"]["OrderLine"]["properties"]["hs_code"]


@pytest.mark.parametrize(
    "change", [_drop_field, _make_optional, _change_type, _allow_null, _change_nested]
)
def test_an_incompatible_change_of_an_order_is_found(change: Callable[[Node], None]) -> None:
    before = _committed("catalog.order.placed")
    after = copy.deepcopy(before)
    change(after)
    assert list(incompatibilities(before, after))


def test_a_new_field_is_compatible() -> None:
    before = _committed("catalog.order.status_changed")
    longer = copy.deepcopy(before)
    longer["properties"]["note"] = {"type": "string"}
    longer["required"].append("note")
    assert not list(incompatibilities(before, longer))


TEXT: Node = {"type": "string"}
COUNT: Node = {"type": "integer"}
NULL: Node = {"type": "null"}
PAIR: Node = {"type": "array", "prefixItems": [TEXT, COUNT], "minItems": 2, "maxItems": 2}


def _colour(*names: str) -> Node:
    return {"type": "string", "enum": list(names)}


# What readers know → what is written. Each must be found, the other way round be allowed.
WIDER: dict[str, tuple[Node, Node]] = {
    "value of an enum": (_colour("red"), _colour("red", "blue")),
    "value of a nullable enum": (
        {"anyOf": [_colour("red"), NULL]},
        {"anyOf": [_colour("red", "blue"), NULL]},
    ),
    "other than the constant": ({"const": "red"}, {"enum": ["red", "blue"]}),
    "anything instead of an enum": (_colour("red"), TEXT),
    "null": (TEXT, {"anyOf": [TEXT, NULL]}),
    "number instead of integer": (COUNT, {"type": "number"}),
    "any type": (TEXT, {}),
    "values of a dict": (
        {"type": "object", "additionalProperties": _colour("red")},
        {"type": "object", "additionalProperties": TEXT},
    ),
    "dict of anything": ({"type": "object", "additionalProperties": TEXT}, {"type": "object"}),
    "names of a dict": (
        {"type": "object", "propertyNames": _colour("red")},
        {"type": "object", "propertyNames": _colour("red", "blue")},
    ),
    "element of an array": (
        {"type": "array", "items": _colour("red")},
        {"type": "array", "items": TEXT},
    ),
    "array of anything": ({"type": "array", "items": TEXT}, {"type": "array"}),
    "longer tuple": (PAIR, {**PAIR, "prefixItems": [TEXT, COUNT, COUNT], "maxItems": 3}),
    "shorter tuple": (PAIR, {**PAIR, "prefixItems": [TEXT], "minItems": 1}),
    "place of a tuple": (PAIR, {**PAIR, "prefixItems": [TEXT, {"type": "number"}]}),
    "lower bound": ({**COUNT, "minimum": 1}, {**COUNT, "minimum": 0}),
    "no upper bound": ({**COUNT, "maximum": 9}, COUNT),
    "longer text": ({**TEXT, "maxLength": 3}, {**TEXT, "maxLength": 4}),
    "text without a pattern": ({**TEXT, "pattern": "^a"}, TEXT),
    "text without a format": ({**TEXT, "format": "date-time"}, TEXT),
    "repeated elements": ({"type": "array", "uniqueItems": True}, {"type": "array"}),
    "field not always there": (
        {"type": "object", "properties": {"a": TEXT}, "required": ["a"]},
        {"type": "object", "properties": {"a": TEXT}},
    ),
    "deep inside": (
        {"type": "object", "properties": {"a": {"type": "array", "items": {"anyOf": [PAIR]}}}},
        {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "array"}}}},
    ),
}


@pytest.mark.parametrize(("known", "written"), WIDER.values(), ids=WIDER)
def test_what_readers_do_not_expect_is_found(known: Node, written: Node) -> None:
    assert list(unreadable(writer=written, reader=known))
    assert list(unreadable(writer=known, reader=written)) == []
    assert list(unreadable(writer=known, reader=known)) == []


def test_a_change_that_only_old_events_break_is_found() -> None:
    class Before(EventPayload):
        event_type = "test.thing.changed"
        topic = "airlane.test.things.v1"
        size: int

    class After(Before):
        event_type = "test.thing.changed_again"
        colour: str
        weight_g: int | None = None

    found = list(incompatibilities(schema_of(Before), schema_of(After), reader_schema(After)))
    assert found == ["/colour: is missing (in events written before)"]


def test_a_schema_that_refers_to_itself_ends() -> None:
    tree: Node = {
        "$ref": "#/$defs/Tree",
        "$defs": {"Tree": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
    }
    assert list(unreadable(writer=tree, reader=tree)) == []


# -- the rule itself, on schemas nobody thought of ---------------------------------------------

_SCALARS = st.one_of(
    st.just(NULL),
    st.just({"type": "boolean"}),
    st.sets(st.sampled_from("abc"), min_size=1).map(lambda names: _colour(*sorted(names))),
    st.integers(0, 2).map(lambda size: {**TEXT, "maxLength": size}),
    st.sampled_from(["integer", "number"]).flatmap(
        lambda kind: st.integers(-2, 2).map(lambda least: {"type": kind, "minimum": least})
    ),
    st.just(COUNT),
)


def _composed(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def tuple_of(items: list[Node]) -> Node:
        size = len(items)
        return {"type": "array", "prefixItems": items, "minItems": size, "maxItems": size}

    def record(fields: dict[str, Node], required: set[str]) -> Node:
        return {
            "type": "object",
            "properties": fields,
            "required": sorted(required & fields.keys()),
            "additionalProperties": False,
        }

    return st.one_of(
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: {"anyOf": parts}),
        inner.map(lambda node: {"type": "array", "items": node, "maxItems": 2}),
        st.lists(inner, min_size=1, max_size=2).map(tuple_of),
        inner.map(lambda node: {"type": "object", "additionalProperties": node}),
        st.builds(
            record,
            st.dictionaries(st.sampled_from("xy"), inner, max_size=2),
            st.sets(st.sampled_from("xy")),
        ),
    )


_SCHEMAS = st.recursive(_SCALARS, _composed, max_leaves=4)


def _values(schema: Node) -> st.SearchStrategy[Any]:
    """Values that the schema allows, written down apart from the rule under test."""
    if "anyOf" in schema:
        return st.one_of([_values(part) for part in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    least, kind = schema.get("minimum", -5), schema["type"]
    if kind == "array":
        if "prefixItems" in schema:
            return st.tuples(*map(_values, schema["prefixItems"])).map(list)
        return st.lists(_values(schema["items"]), max_size=schema["maxItems"])
    if kind == "object":
        if "properties" not in schema:
            return st.dictionaries(
                st.sampled_from("xyz"), _values(schema["additionalProperties"]), max_size=2
            )
        fields = {name: _values(node) for name, node in schema["properties"].items()}
        always = {name: fields[name] for name in schema["required"]}
        sometimes = {name: node for name, node in fields.items() if name not in always}
        return st.fixed_dictionaries(always, optional=sometimes)
    simple: dict[str, st.SearchStrategy[Any]] = {
        "null": st.none(),
        "boolean": st.booleans(),
        "string": st.text("abd", max_size=schema.get("maxLength", 4)),
        "integer": st.integers(least, 9),
        "number": st.floats(least, 9).filter(lambda value: value != int(value)),
    }
    return simple[kind]


def _open(schema: Any) -> Any:
    """The reader's schema as a validator sees it: readers ignore fields they do not know."""
    if isinstance(schema, list):
        return [_open(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _open(value) for key, value in schema.items()}
    if kept.get("additionalProperties") is False:
        del kept["additionalProperties"]
    return kept


def _paths(schema: Node) -> Iterator[tuple[Any, ...]]:
    """Where the parts of a schema are, itself first."""
    yield ()
    for key in ("anyOf", "prefixItems", "items", "additionalProperties", "properties"):
        part = schema.get(key)
        if isinstance(part, list):
            yield from ((key, n, *path) for n, node in enumerate(part) for path in _paths(node))
        elif key == "properties" and part:
            yield from ((key, n, *path) for n, node in part.items() for path in _paths(node))
        elif key != "properties" and isinstance(part, dict):
            yield from ((key, *path) for path in _paths(part))


def _replaced(schema: Node, path: tuple[Any, ...], part: Node) -> Node:
    if not path:
        return part
    whole: Any = copy.deepcopy(schema)
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = part
    changed: Node = whole
    return changed


@given(data=st.data(), writer=_SCHEMAS)
def test_whatever_a_reader_refuses_was_found(data: st.DataObject, writer: Node) -> None:
    path = data.draw(st.sampled_from(list(_paths(writer))))
    reader = _replaced(writer, path, data.draw(_SCHEMAS))
    value = data.draw(_values(writer))
    if not jsonschema_rs.is_valid(_open(reader), value):
        assert list(unreadable(writer=writer, reader=reader))


@given(schema=_SCHEMAS)
def test_an_unchanged_schema_is_readable(schema: Node) -> None:
    assert list(unreadable(writer=schema, reader=copy.deepcopy(schema))) == []
