"""Whether values written by one JSON Schema can be read by another, for the schemas that pydantic
generates.

`jsonsubschema`, the library for this question, stops at draft 4: it ignores tuples and formats and
cannot read today's bounds. A keyword that is not known here must be the same on both sides.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from shared.kernel.json import JsonObject

Node = JsonObject

# Keywords that describe a value and do not restrict it.
_ANNOTATIONS: Final = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
     "discriminator", "$defs", "$schema", "$id", "$comment", "x-topic"}
)  # fmt: skip
_COMPARED: Final = frozenset(
    {"$ref", "allOf", "anyOf", "oneOf", "type", "enum", "const", "properties", "required",
     "additionalProperties", "propertyNames", "prefixItems", "items"}
)  # fmt: skip
_LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_JSON_TYPES: Final = (
    (bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"),
    (list, "array"), (dict, "object"), (type(None), "null"),
)  # fmt: skip


def unreadable(writer: Node, reader: Node) -> Iterator[str]:
    """What a value of `writer` may contain that `reader` refuses; one sentence each.

    Readers ignore fields that they do not know.
    """
    yield from _Comparison(writer, reader).faults(writer, reader, "")


@dataclass
class _Comparison:
    writer_root: Node
    reader_root: Node

    def __post_init__(self) -> None:
        self._under_way: set[tuple[str, str]] = set()

    def faults(self, writer: Node, reader: Node, path: str) -> Iterator[str]:
        pair = (json.dumps(writer, sort_keys=True), json.dumps(reader, sort_keys=True))
        if pair in self._under_way:  # a schema that refers to itself
            return
        self._under_way.add(pair)
        choices = list(_choices(reader, self.reader_root))
        for written in _choices(writer, self.writer_root):
            yield from self._best(written, choices, path)
        self._under_way.remove(pair)

    def _best(self, written: Node, choices: list[Node], path: str) -> list[str]:
        """The faults under the choice of the reader that fits best; none if one fits."""
        of_type = [choice for choice in choices if _types(written) <= _types(choice)]
        if not of_type:
            known = {kind for choice in choices for kind in _types(choice)}
            return [f"{path or '/'}: may be {_said(_types(written) - known or _types(written))}"]
        return min((list(self._single(written, choice, path)) for choice in of_type), key=len)

    def _single(self, writer: Node, reader: Node, path: str) -> Iterator[str]:
        yield from _values(writer, reader, path or "/")
        yield from _bounds(writer, reader, path or "/")
        yield from self._fields(writer, reader, path)
        yield from self._elements(writer, reader, path)
        known = _COMPARED | _ANNOTATIONS | set(_LOWER) | set(_UPPER)
        for keyword in sorted((writer.keys() | reader.keys()) - known):
            # `format`, `pattern`, `uniqueItems` …: one cannot be derived from another.
            if keyword in reader and writer.get(keyword) != reader[keyword]:
                yield f"{path or '/'}: {keyword} is not {json.dumps(reader[keyword])}"

    def _fields(self, writer: Node, reader: Node, path: str) -> Iterator[str]:
        written, known = writer.get("properties", {}), reader.get("properties", {})
        always = set(writer.get("required", ())) & written.keys()
        for name in sorted(set(reader.get("required", ())) - always):
            missing = "is not always there" if name in written else "is missing"
            yield f"{path}/{name}: {missing}"
        rest = reader.get("additionalProperties", True)
        for name, node in written.items():
            if name in known:
                yield from self.faults(node, known[name], f"{path}/{name}")
            elif isinstance(rest, dict):
                yield from self.faults(node, rest, f"{path}/{name}")
        more = writer.get("additionalProperties", True)
        if "object" in _types(writer) and isinstance(rest, dict) and more is not False:
            yield from self.faults(more if isinstance(more, dict) else {}, rest, f"{path}/*")
        if "propertyNames" in reader:
            names = writer.get("propertyNames", {"type": "string"})
            yield from self.faults(names, reader["propertyNames"], f"{path}/(names)")

    def _elements(self, writer: Node, reader: Node, path: str) -> Iterator[str]:
        if "array" not in _types(writer) or not {"items", "prefixItems"} & reader.keys():
            return
        written, known = writer.get("prefixItems", []), reader.get("prefixItems", [])
        for place in range(max(len(written), len(known))):
            node, taken = _at(writer, place), _at(reader, place)
            if node is not None and taken is not None:
                yield from self.faults(node, taken, f"{path}/{place}")
        rest, taken = _at(writer, len(written) + len(known)), reader.get("items", {})
        longest = writer.get("maxItems")
        if rest is not None and isinstance(taken, dict) and longest != len(written):
            yield from self.faults(rest, taken, f"{path}/*")


def _choices(node: Node, root: Node) -> Iterator[Node]:
    """The alternatives a schema allows, each with one type, references replaced."""
    if "$ref" in node:
        target: Any = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        beside = {key: value for key, value in node.items() if key != "$ref"}
        yield from _choices({**target, **beside}, root)
    elif len(node.get("allOf", ())) == 1:
        beside = {key: value for key, value in node.items() if key != "allOf"}
        yield from _choices({**node["allOf"][0], **beside}, root)
    elif alternatives := node.get("anyOf", node.get("oneOf")):
        for alternative in alternatives:
            yield from _choices(alternative, root)
    elif isinstance(node.get("type"), list):
        for kind in node["type"]:
            yield {**node, "type": kind}
    else:
        yield node


def _types(node: Node) -> set[str]:
    if "type" in node:
        found = {str(node["type"])}
    elif (values := _enumerated(node)) is not None:
        found = {next(name for kind, name in _JSON_TYPES if isinstance(v, kind)) for v in values}
    else:
        found = {name for _, name in _JSON_TYPES}
    return found | {"integer"} if "number" in found else found


def _enumerated(node: Node) -> list[Any] | None:
    if "const" in node:
        return [node["const"]]
    values: list[Any] | None = node.get("enum")
    return values


def _values(writer: Node, reader: Node, where: str) -> Iterator[str]:
    known, written = _enumerated(reader), _enumerated(writer)
    if known is None:
        return
    if written is None:
        yield f"{where}: may be other than {json.dumps(known)}"
    elif new := [value for value in written if not any(_same(value, old) for old in known)]:
        yield f"{where}: may be {json.dumps(new)}, which its readers do not know"


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _bounds(writer: Node, reader: Node, where: str) -> Iterator[str]:
    directions: tuple[tuple[tuple[str, ...], str, Callable[[Any, Any], bool]], ...] = (
        (_LOWER, "below", lambda written, known: written >= known),
        (_UPPER, "above", lambda written, known: written <= known),
    )
    for keywords, word, inside in directions:
        for keyword in keywords:
            if keyword not in reader:
                continue
            if keyword not in writer or not inside(writer[keyword], reader[keyword]):
                yield f"{where}: {keyword} may be {word} {reader[keyword]}"


def _at(node: Node, place: int) -> Node | None:
    """The schema of an array's element; None if there is no such element."""
    if place < len(node.get("prefixItems", ())):
        element: Node = node["prefixItems"][place]
        return element
    rest = node.get("items", {})
    if rest is False or place >= node.get("maxItems", place + 1):
        return None
    return rest if isinstance(rest, dict) else {}


def _said(types: set[str]) -> str:
    return " or ".join(sorted(types))
