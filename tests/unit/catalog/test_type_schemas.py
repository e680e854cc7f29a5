"""Which schemas product types may have."""

from typing import Any

import pytest

from services.catalog.clients.attributes import schema_fault
from services.catalog.domain.types.schema import SCHEMA_BYTES_MAX, schema_problems
from services.catalog.use_cases import types
from tests.support.worlds.catalog import a_schema


def found(schema: dict[str, Any]) -> list[tuple[str, str]]:
    problems = schema_problems(schema)
    fault = None if problems else schema_fault(schema)
    return [(one.pointer, one.code) for one in ([*problems, fault] if fault else problems)]


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(levels - 1):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


def doubled(times: int) -> dict[str, Any]:
    """Each definition needs the next one twice."""
    names = [f"d{n}" for n in range(times)]
    following = [*names[1:], "end"]
    definitions: dict[str, Any] = {
        name: {"allOf": [{"$ref": f"#/$defs/{after}"}] * 2}
        for name, after in zip(names, following, strict=True)
    }
    return a_schema(x={"$ref": "#/$defs/d0"}) | {"$defs": definitions | {"end": {"type": "number"}}}


def test_a_usual_schema_is_right() -> None:
    assert found(a_schema()) == []


def test_references_inside_the_document_are_right() -> None:
    share = {"$ref": "#/$defs/a~1b"}
    schema = a_schema(one=share, two=share) | {"$defs": {"a/b": {"type": "number"}}}

    assert found(schema) == []


@pytest.mark.parametrize(
    ("schema", "pointer", "code"),
    [
        ({"type": "array"}, "/schema", "not_of_an_object"),
        ({}, "/schema", "not_of_an_object"),
        (
            a_schema() | {"$schema": "http://json-schema.org/draft-07/schema#"},
            "/schema",
            "not_of_an_object",
        ),
        (
            a_schema(x={"type": "number", "minimun": 1}),
            "/schema/properties/x/minimun",
            "keyword_unknown",
        ),
        (a_schema() | {"$id": "https://a.example/b"}, "/schema/$id", "keyword_unknown"),
        (
            a_schema(x={"$dynamicRef": "#a"}),
            "/schema/properties/x/$dynamicRef",
            "keyword_unknown",
        ),
        (a_schema(x={"format": "ipv4"}), "/schema/properties/x/format", "format_unknown"),
        (
            a_schema(x={"$ref": "https://a.example/b"}),
            "/schema/properties/x/$ref",
            "reference_wrong",
        ),
        (
            a_schema(x={"$ref": "file:///etc/passwd"}),
            "/schema/properties/x/$ref",
            "reference_wrong",
        ),
        (a_schema(x={"$ref": "#/$defs/none"}), "/schema/properties/x/$ref", "reference_wrong"),
        (a_schema(x={"$ref": "#/required"}), "/schema/properties/x/$ref", "reference_wrong"),
        (a_schema(x={"$ref": "#"}), "/schema/properties/x", "recursive"),
        (a_schema() | {"required": ["lenght_in"]}, "/schema/required/0", "requires_undeclared"),
        (a_schema(x={"x-unit": 1}), "/schema/properties/x/x-unit", "note_wrong"),
        (a_schema(x={"x-titles": {"zh-CN": 1}}), "/schema/properties/x/x-titles", "note_wrong"),
        (a_schema(x={"x-titles": {"zh_cn": "长"}}), "/schema/properties/x/x-titles", "note_wrong"),
        (nested(17), "/schema", "too_large"),
        (a_schema() | {"$comment": "x" * SCHEMA_BYTES_MAX}, "/schema", "too_large"),
        (doubled(11), "/schema", "too_large"),
        (a_schema(x={"minimum": "1"}), "/schema/properties/x/minimum", "invalid"),
        (a_schema(x={"type": "text"}), "/schema/properties/x/type", "invalid"),
        (a_schema() | {"required": ["length_in"] * 2}, "/schema/required", "invalid"),
        (a_schema(x={"pattern": "(?=a)"}), "/schema/properties/x/pattern", "pattern_unusable"),
        (a_schema(x={"pattern": r"(a)\1"}), "/schema/properties/x/pattern", "pattern_unusable"),
        (a_schema(x={"pattern": "("}), "/schema/properties/x/pattern", "pattern_unusable"),
        (
            a_schema(x={"pattern": "(a{1000}){1000}"}),
            "/schema/properties/x/pattern",
            "pattern_unusable",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_nobody_could_check_is_refused(
    schema: dict[str, Any], pointer: str, code: str
) -> None:
    assert (pointer, f"catalog.type.schema_{code}") in found(schema)


def test_a_circle_through_definitions_is_found() -> None:
    circle: dict[str, Any] = {
        "a": {"items": {"$ref": "#/$defs/b"}},
        "b": {"not": {"$ref": "#/$defs/a"}},
    }

    (problem,) = found(a_schema() | {"$defs": circle})

    assert problem[1] == "catalog.type.schema_recursive"


def test_a_definition_that_is_used_often_is_no_circle() -> None:
    assert found(doubled(5)) == []


def test_as_deep_as_allowed() -> None:
    assert found(nested(16)) == []


def test_what_is_written_with_percent_signs_leads_to_the_same_place() -> None:
    spaced = a_schema(x={"$ref": "#/$defs/a%20b"}) | {"$defs": {"a b": {"type": "number"}}}
    # It would lead to itself for whoever reads it as the validator does.
    hidden = {"a%62": {}, "ab": {"properties": {"x": {"$ref": "#/$defs/a%62"}}}}
    circular = a_schema(x={"$ref": "#/$defs/ab"}) | {"$defs": hidden}

    assert found(spaced) == []
    assert [code for _, code in found(circular)] == ["catalog.type.schema_recursive"]


def test_of_compiled_schemas_those_used_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types, "_COMPILED_MAX", 2)
    kept = types._CompiledSchemas()
    for digest in ("a", "b"):
        kept.add(digest, a_schema())
    assert kept.get("a") is not None

    kept.add("c", a_schema())

    assert [kept.get(digest) is None for digest in "abc"] == [False, True, False]
