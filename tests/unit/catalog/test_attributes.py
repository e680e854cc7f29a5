"""What a product type says about attributes, in words."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.clients.attributes import schema_fault, validator_of
from services.catalog.domain.types.attributes import FORMATS, KnownType
from services.catalog.domain.types.schema import schema_problems
from shared.kernel.errors import FieldProblem
from tests.support.worlds.catalog import a_schema

SEEDS = json.loads(Path("data/product-types.json").read_text(encoding="utf-8"))


def known(schema: dict[str, Any]) -> KnownType:
    assert schema_problems(schema) == []
    assert schema_fault(schema) is None
    return KnownType("tresses", 1, schema, validator_of(schema))


def only(schema: dict[str, Any], attributes: dict[str, Any]) -> FieldProblem:
    (problem,) = known(schema).problems(attributes)
    return problem


def said(problem: FieldProblem) -> tuple[str, str]:
    return problem.text.render("en", problem.params), problem.text.render("zh-CN", problem.params)


def optional(**properties: Any) -> dict[str, Any]:
    return a_schema(**properties) | {"required": []}


@pytest.mark.parametrize(
    ("rule", "value", "code", "text"),
    [
        ({"type": "integer"}, "1", "wrong_type", "Size must be a whole number."),
        ({"type": ["string", "null"]}, 1, "wrong_type", "Size must be null or text."),
        ({"minimum": 2, "x-unit": "cm"}, 1, "too_small", "Size must be at least 2 cm."),
        ({"exclusiveMinimum": 0}, 0, "too_small", "Size must be above 0."),
        ({"maximum": 2.5, "x-unit": "cm"}, 3, "too_large", "Size must be at most 2.5 cm."),
        ({"exclusiveMaximum": 3}, 3, "too_large", "Size must be below 3."),
        ({"multipleOf": 5}, 3, "not_a_multiple", "Size must be a multiple of 5."),
        ({"minLength": 2}, "长", "too_short", "Size must have at least 2 characters."),
        ({"maxLength": 2}, "👍👍👍", "too_long", "Size must have at most 2 characters."),
        ({"minItems": 1}, [], "too_few_items", "Size must have at least 1 entries."),
        ({"maxItems": 1}, [1, 2], "too_many_items", "Size must have at most 1 entries."),
        ({"uniqueItems": True}, [1, 1.0], "repeated", "An entry of Size is there twice."),
        ({"enum": ["S", "M", 3]}, "L", "not_one_of", "Size must be one of: S, M, 3."),
        ({"const": "S"}, "L", "not_one_of", "Size must be one of: S."),
        ({"const": [1]}, "L", "not_one_of", "Size must be one of: [1]."),
        ({"pattern": "^IP[0-9]$"}, "44", "wrong_format", "Size must be of the form ^IP[0-9]$."),
        (
            {"format": "date"},
            "2026-02-30",
            "wrong_format",
            "Size must be a date such as 2026-11-22.",
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            1,
            "fits_no_form",
            "Size fits none of the forms that are allowed: Size must be text. / Size must be null.",
        ),
        (
            {"oneOf": [{"minimum": 1}, {"minimum": 2}]},
            3,
            "not_allowed",
            "Size breaks the rule oneOf (more than one fits) of the product type.",
        ),
        ({"not": {"const": 1}}, 1, "not_allowed", "Size breaks the rule not of the product type."),
        ({"contains": {"const": 1}}, [2], "not_allowed", None),
        ({"minProperties": 1}, {}, "not_allowed", None),
        (False, 1, "unknown", "The product type has no attribute size."),
    ],
    ids=str,
)
def test_every_rule_has_a_code_and_words(
    rule: Any, value: Any, code: str, text: str | None
) -> None:
    rule = {"title": "Size", "x-titles": {"zh-CN": "尺寸"}, **rule} if rule else rule

    problem = only(optional(size=rule), {"size": value})

    en, zh = said(problem)
    assert (problem.pointer, problem.code) == ("/attributes/size", f"catalog.attribute.{code}")
    assert en == (text or en)
    assert ("尺寸" if rule else "size") in zh
    for one in (en, zh, problem.fix.render("en", problem.params)):
        assert not re.search(r"\{[a-z_]+\}", one), "a placeholder is not filled"


def test_what_is_missing_is_named_with_its_label() -> None:
    problem = only(a_schema(), {})

    assert (problem.pointer, problem.code) == (
        "/attributes/length_in",
        "catalog.attribute.missing",
    )
    assert said(problem) == ("Length is required.", "缺少必填属性：长度。")


def test_each_unknown_attribute_is_named() -> None:
    problems = known(a_schema()).problems({"length_in": 5, "a/b": 1, "c": 2})

    assert {one.pointer for one in problems} == {"/attributes/a~1b", "/attributes/c"}
    assert {one.code for one in problems} == {"catalog.attribute.unknown"}


def test_a_place_inside_is_labelled_from_outside_in() -> None:
    length = {"title": "Length", "x-titles": {"zh-CN": "长"}, "minimum": 1}
    boxes = {"title": "Boxes", "items": {"$ref": "#/$defs/box"}}
    schema = optional(boxes=boxes) | {"$defs": {"box": {"properties": {"length": length}}}}

    problem = only(schema, {"boxes": [{"length": 1}, {"length": 0}]})

    assert problem.pointer == "/attributes/boxes/1/length"
    assert said(problem)[0] == "Boxes › 2 › Length must be at least 1."
    assert said(problem)[1] == "Boxes › 2 › 长 必须不小于 1。"


def test_the_description_is_the_hint() -> None:
    problem = only(optional(size={"type": "string", "description": "As on the label"}), {"size": 1})

    assert problem.fix.render("en", problem.params).endswith("(As on the label)")


def test_a_part_is_not_refused_for_what_others_add() -> None:
    rule = {
        "if": {"properties": {"hair": {"const": "animal"}}},
        "then": {"required": ["species"], "properties": {"length_in": {"maximum": 10}}},
    }
    type_ = known(a_schema(hair={"type": "string"}, species={"type": "string"}) | rule)

    assert [one.code for one in type_.problems_of_part({"length_in": 30})] == []
    assert [one.pointer for one in type_.problems_of_part({"length_in": 99, "x": 1})] == [
        "/attributes/length_in",
        "/attributes/x",
    ]


def test_very_many_faults_are_a_hundred() -> None:
    schema = optional(tags={"items": {"type": "string"}})

    assert len(known(schema).problems({"tags": [1] * 5_000})) == 100


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("date", "2026-02-28", "2026-02-30"),
        ("date-time", "2026-02-28T08:00:00Z", "2026-02-28 at eight"),
        ("time", "08:00:00Z", "25:00:00Z"),
        ("duration", "P1Y", "1 year"),
        ("email", "desk@park.example", "desk"),
        ("uri", "https://park.example/a", "park example"),
        ("uuid", "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "0193"),
    ],
)
def test_every_format_that_is_allowed_is_checked(name: str, right: str, wrong: str) -> None:
    type_ = known(optional(x={"format": name}))

    assert type_.problems({"x": right}) == []
    (problem,) = type_.problems({"x": wrong})
    assert said(problem)[0] == f"x must be {FORMATS[name][0]}."


def test_the_list_of_formats_is_tested_whole() -> None:
    marks = test_every_format_that_is_allowed_is_checked.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} == set(FORMATS)


# A number stands for a rule with bounds; the oracle is arithmetic.
@given(
    value=st.integers(-5, 70) | st.floats(-5, 70) | st.booleans() | st.text(max_size=2),
    low=st.integers(0, 10),
    high=st.integers(10, 60),
)
def test_a_number_is_refused_exactly_outside_of_its_bounds(value: Any, low: int, high: int) -> None:
    schema = optional(x={"type": "number", "minimum": low, "maximum": high})

    codes = [one.code.rpartition(".")[2] for one in known(schema).problems({"x": value})]

    if isinstance(value, (bool, str)):
        assert codes == ["wrong_type"]
    else:
        assert codes == ["too_small"] * (value < low) + ["too_large"] * (value > high)


_names = st.sets(st.sampled_from(["a", "b", "c", "d", "e"]))


@given(declared=_names, wanted=_names, sent=_names)
def test_missing_and_unknown_are_the_differences_of_sets(
    declared: set[str], wanted: set[str], sent: set[str]
) -> None:
    required = wanted & declared
    schema = {
        "type": "object",
        "properties": {name: {"type": "integer"} for name in declared},
        "required": sorted(required),
        "additionalProperties": False,
    }

    problems = known(schema).problems(dict.fromkeys(sent, 1))

    of = {(one.pointer.rpartition("/")[2], one.code.rpartition(".")[2]) for one in problems}
    missing = {(name, "missing") for name in required - sent}
    assert of == missing | {(name, "unknown") for name in sent - declared}


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed["code"])
def test_a_seeded_type_is_right_and_labelled_in_chinese(seed: dict[str, Any]) -> None:
    schema = known(seed["schema"]).schema

    for name, rule in schema["properties"].items():
        assert rule["title"], name
        assert rule["x-titles"]["zh-CN"], name
        for unit in ("cm", "mm", "kg", "in", "w", "v", "nm", "mw", "pct", "gsm"):
            if name.endswith(f"_{unit}"):
                assert rule["x-unit"], name
    assert set(schema["required"]) <= schema["properties"].keys()
    assert seed["source"]
    assert seed["as_of"]


def test_the_seeds_take_goods_of_the_belts() -> None:
    of = {seed["code"]: known(seed["schema"]) for seed in SEEDS}

    assert of["wig"].problems({"hair": "human", "length_in": 20, "density_pct": 180}) == []
    assert of["makeup_brush"].problems({"bristle": "synthetic", "pieces": 12}) == []
    (species,) = of["makeup_brush"].problems({"bristle": "animal", "pieces": 12})
    assert species.pointer == "/attributes/animal_species"
    (system,) = of["apparel"].problems(
        {"fibres": [{"fibre": "cotton", "percent": 100}], "age_group": "adult", "size": "M"}
    )
    assert system.pointer == "/attributes/size_system"


def test_the_label_is_found_behind_a_reference_with_percent_signs() -> None:
    schema = {
        "type": "object",
        "$defs": {"a b": {"title": "Width", "type": "number"}},
        "properties": {"width": {"$ref": "#/$defs/a%20b"}},
    }

    (problem,) = KnownType("t", 1, schema, validator_of(schema)).problems({"width": "wide"})

    assert problem.text.render("en", problem.params) == "Width must be a number."


@pytest.mark.parametrize(
    ("value", "label"),
    [(["a", 2, 3], "First 1"), ([1, "a", 3], "Other 2"), ([1, 2, "a"], "Other 3")],
)
def test_an_entry_of_a_list_is_labelled_by_its_place(value: list[object], label: str) -> None:
    first, other = ({"title": title, "type": "number"} for title in ("First", "Other"))
    schema = {
        "type": "object",
        "properties": {"x": {"title": "X", "prefixItems": [first], "items": other}},
    }

    problem = only(schema, {"x": value})

    assert problem.text.render("en", problem.params) == f"X › {label} must be a number."
