"""Which schemas product types may have: JSON Schema 2020-12 of an object, within bounds that keep
checking cheap, and without words that nobody checks.

Stricter than the specification, which lets a validator ignore what it does not know: `minimun` is a
rule that silently holds for nothing. So only the keywords below are taken, and notes of one's own
under names that begin with `x-`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from services.catalog.domain.types.attributes import FORMATS
from shared.kernel.errors import FieldProblem, Invalid, Text
from shared.kernel.json import JsonObject
from shared.kernel.languages import canonical_tag

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_BYTES_MAX: Final = 64 * 1024
DEPTH_MAX: Final = 16
# Subschemas that one value can meet, each as often as it is referred to: what checking may cost.
SUBSCHEMAS_MAX: Final = 2_000

_ONE: Final = frozenset(
    "additionalProperties contains else if items not propertyNames then unevaluatedItems"
    " unevaluatedProperties".split()
)
_LIST: Final = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
_MAP: Final = frozenset(("$defs", "dependentSchemas", "patternProperties", "properties"))
_PLAIN: Final = frozenset(
    "$comment $ref $schema const default dependentRequired deprecated description enum examples"
    " exclusiveMaximum exclusiveMinimum format maxContains maxItems maxLength maxProperties maximum"
    " minContains minItems minLength minProperties minimum multipleOf pattern readOnly required"
    " title type uniqueItems writeOnly".split()
)


class SchemaNotOfAnObject(Invalid):
    code = "catalog.type.schema_not_of_an_object"
    text = Text(
        "The schema must be one of an object, in JSON Schema 2020-12.",
        "模式必须描述一个对象，并采用 JSON Schema 2020-12。",
    )
    fix = Text(
        'Give it "type": "object", and leave $schema out or name ' + DIALECT + ".",
        '请写明 "type": "object"；$schema 可省略，或填写 ' + DIALECT + "。",
    )


class SchemaTooLarge(Invalid):
    code = "catalog.type.schema_too_large"
    text = Text(
        "The schema has {count} {unit}; {limit} are allowed.",
        "模式有 {count} {unit_zh}，最多 {limit}。",
    )
    fix = Text("Split the type, or share parts by $ref.", "请拆分类型，或通过 $ref 复用。")


class SchemaKeywordUnknown(Invalid):
    code = "catalog.type.schema_keyword_unknown"
    text = Text("{keyword} is no keyword that is checked here.", "{keyword} 不是可用的关键字。")
    fix = Text(
        "Correct its name; notes of your own begin with x-.",
        "请更正名称；自定义说明须以 x- 开头。",
    )


class SchemaFormatUnknown(Invalid):
    code = "catalog.type.schema_format_unknown"
    text = Text("{format} is no format that is checked here.", "{format} 不是可校验的格式。")
    fix = Text("Use one of {formats}, or a pattern.", "请使用 {formats} 之一，或改用 pattern。")


class SchemaReferenceWrong(Invalid):
    code = "catalog.type.schema_reference_wrong"
    text = Text(
        "{reference} leads to no schema of this document.", "{reference} 未指向本文档中的模式。"
    )
    fix = Text(
        "Only references such as #/$defs/length are followed.",
        "仅支持形如 #/$defs/length 的引用。",
    )


class SchemaRecursive(Invalid):
    code = "catalog.type.schema_recursive"
    text = Text("{reference} leads back to itself.", "{reference} 形成循环引用。")
    fix = Text("Attributes have a fixed depth: write it out.", "属性层级固定，请直接展开。")


class SchemaRequiresUndeclared(Invalid):
    code = "catalog.type.schema_requires_undeclared"
    text = Text(
        "{name} is required, but properties does not allow it: nothing could ever be valid.",
        "{name} 为必填，但 properties 未声明，任何内容都无法通过。",
    )
    fix = Text("Add it to properties, or remove it from required.", "请补充声明，或取消必填。")


class SchemaNoteWrong(Invalid):
    code = "catalog.type.schema_note_wrong"
    text = Text("{keyword} must be {wanted}.", "{keyword} 必须为{wanted_zh}。")
    fix = Text("See the seeded types for examples.", "可参考预置的商品类型。")


class SchemaInvalid(Invalid):
    """What the meta-schema or the validator refuses, in the validator's words."""

    code = "catalog.type.schema_invalid"
    text = Text(
        "This is not JSON Schema 2020-12: {reason}.", "不符合 JSON Schema 2020-12：{reason}。"
    )
    fix = Text("Correct it.", "请更正。")


class SchemaPatternUnusable(Invalid):
    code = "catalog.type.schema_pattern_unusable"
    text = Text(
        "The pattern {pattern} cannot be matched in linear time.",
        "正则表达式 {pattern} 无法在线性时间内匹配。",
    )
    fix = Text(
        "Do without look-around, back-references and huge repetitions.",
        "请勿使用环视、反向引用或过大的重复次数。",
    )


@dataclass(frozen=True, slots=True)
class _Node:
    pointer: str
    schema: JsonObject
    depth: int
    # Those that a value meets without a reference: not what stands in $defs.
    children: tuple[str, ...]


def schema_text(schema: JsonObject) -> str:
    """As it is kept: the order of the properties is the order of the fields of a form."""
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def schema_problems(schema: JsonObject) -> list[FieldProblem]:
    """Every rule above that it breaks. Pointers begin at the type: /schema/properties/length."""
    size = len(schema_text(schema).encode())
    if size > SCHEMA_BYTES_MAX:
        words = {"unit": "bytes", "unit_zh": "字节"}
        return [SchemaTooLarge.at("/schema", count=size, limit=SCHEMA_BYTES_MAX, **words)]
    problems: list[FieldProblem] = []
    if schema.get("type") != "object" or schema.get("$schema", DIALECT) != DIALECT:
        problems.append(SchemaNotOfAnObject.at("/schema"))
    nodes = {node.pointer: node for node in _walk(schema)}
    for node in nodes.values():
        problems += _node_problems(node, nodes)
    if (deepest := max(node.depth for node in nodes.values())) > DEPTH_MAX:
        words = {"unit": "levels", "unit_zh": "层"}
        problems.append(SchemaTooLarge.at("/schema", count=deepest, limit=DEPTH_MAX, **words))
    if not problems:
        problems += _cost_problems(nodes)
    return problems


def _walk(schema: JsonObject) -> Iterator[_Node]:
    """All subschemas that are objects, with their pointers into the schema."""
    waiting = [("", schema, 1)]
    while waiting:
        pointer, node, depth = waiting.pop()
        children = list(_children(node))
        met = tuple(pointer + at for at, _ in children if not at.startswith("/$defs/"))
        yield _Node(pointer, node, depth, met)
        waiting += [(pointer + at, child, depth + 1) for at, child in children]


def _children(node: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for keyword, value in node.items():
        if keyword in _ONE and isinstance(value, dict):
            yield f"/{keyword}", value
        elif keyword in _LIST and isinstance(value, list):
            for index, one in enumerate(value):
                if isinstance(one, dict):
                    yield f"/{keyword}/{index}", one
        elif keyword in _MAP and isinstance(value, dict):
            for name, one in value.items():
                if isinstance(one, dict):
                    yield f"/{keyword}/{_escaped(name)}", one


def _node_problems(node: _Node, nodes: dict[str, _Node]) -> Iterator[FieldProblem]:
    yield from _required_problems(node)
    for keyword, value in node.schema.items():
        at = f"/schema{node.pointer}/{_escaped(keyword)}"
        if keyword.startswith("x-"):
            yield from _note_problems(keyword, value, at)
        elif keyword not in _ONE | _LIST | _MAP | _PLAIN:
            yield SchemaKeywordUnknown.at(at, keyword=keyword)
        elif keyword == "format" and value not in FORMATS:
            yield SchemaFormatUnknown.at(at, format=value, formats=", ".join(FORMATS))
        elif keyword == "$ref" and _target(value) not in nodes:
            yield SchemaReferenceWrong.at(at, reference=value)


def _required_problems(node: _Node) -> Iterator[FieldProblem]:
    schema = node.schema
    required, declared = schema.get("required"), schema.get("properties", {})
    is_closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
    if is_closed and isinstance(required, list) and isinstance(declared, dict):
        for index, name in enumerate(required):
            if isinstance(name, str) and name not in declared:
                at = f"/schema{node.pointer}/required/{index}"
                yield SchemaRequiresUndeclared.at(at, name=name)


def _note_problems(keyword: str, value: object, at: str) -> Iterator[FieldProblem]:
    if keyword == "x-unit" and not isinstance(value, str):
        yield SchemaNoteWrong.at(at, keyword=keyword, wanted="text", wanted_zh="文本")
    if keyword == "x-titles" and not (
        isinstance(value, dict)
        and all(isinstance(title, str) for title in value.values())
        and all(canonical_tag(tag) == tag for tag in value)
    ):
        wanted = ("titles by language (BCP 47)", "按语言（BCP 47）填写的标题")
        yield SchemaNoteWrong.at(at, keyword=keyword, wanted=wanted[0], wanted_zh=wanted[1])


def _cost_problems(nodes: dict[str, _Node]) -> list[FieldProblem]:
    """References in a circle, or so many that a value meets too many subschemas."""
    costs: dict[str, int] = {}
    open_: set[str] = set()
    # From the root, so that only a reference can lead back. A chain of references may be long, so
    # this is a loop.
    stack = list(reversed(nodes))
    while stack:
        pointer = stack[-1]
        if pointer in costs:
            stack.pop()
            continue
        node = nodes[pointer]
        needed = [*node.children]
        if isinstance(reference := node.schema.get("$ref"), str):
            needed.append(_target(reference) or "")
        missing = [one for one in needed if one not in costs]
        if circular := [one for one in missing if one in open_]:
            at = f"/schema{pointer}"
            return [SchemaRecursive.at(at, reference=f"#{circular[0]}")]
        if missing:
            open_.add(pointer)
            stack += missing
            continue
        open_.discard(pointer)
        costs[pointer] = 1 + sum(costs[one] for one in needed)
        stack.pop()
    if costs[""] > SUBSCHEMAS_MAX:
        words = {"unit": "subschemas", "unit_zh": "个子模式"}
        return [SchemaTooLarge.at("/schema", count=costs[""], limit=SUBSCHEMAS_MAX, **words)]
    return []


def _target(reference: object) -> str | None:
    """The pointer of a local reference; None if it is no local one."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    return unquote(reference.removeprefix("#"))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
