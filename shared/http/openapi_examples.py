"""Examples of request bodies, composed of the examples of their fields and always the same."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.kernel.json import JsonObject

Schema = JsonObject

_HEX: Final = "0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"
_ID_PATTERN: Final = re.compile(r"\^([a-z]{3})_\[0-9a-f\]\{32\}\$")
_OF_FORMAT: Final = {"date-time": "2026-11-22T08:26:00Z", "date": "2026-11-22"}


def example_of(schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    """The schema's own example, or one composed of its fields: those that are required, and others
    that have an example. Raises LookupError for a text without one.
    """
    if "$ref" in schema and "examples" not in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "const" in schema:
        return schema["const"]
    for listed in ("examples", "enum"):
        if listed in schema:
            return schema[listed][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example_of(schema[choice][0], schemas)
    if "type" not in schema:
        return {}  # anything goes
    return _OF_TYPE[schema["type"]](schema, schemas)


def _object(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    required = schema.get("required", ())
    return {
        name: example_of(field, schemas)
        for name, field in schema.get("properties", {}).items()
        if name in required or _has_example(field)
    }


def _has_example(field: Schema) -> bool:
    return "examples" in field or any("examples" in kind for kind in field.get("anyOf", ()))


def _text(schema: Schema, _: Mapping[str, Schema]) -> str:
    if "format" in schema:
        return _OF_FORMAT[schema["format"]]
    named = _ID_PATTERN.fullmatch(schema.get("pattern", ""))
    if named is None:
        raise LookupError(f"no example for {schema}")
    return f"{named[1]}_{_HEX}"


_OF_TYPE: Final[dict[str, Callable[[Schema, Mapping[str, Schema]], Any]]] = {
    "object": _object,
    "array": lambda schema, schemas: [example_of(schema["items"], schemas)],
    "boolean": lambda schema, _: schema.get("default", False),
    # FastAPI writes bounds as floats.
    "integer": lambda schema, _: int(schema.get("minimum", 1)),
    "number": lambda schema, _: schema.get("minimum", 1),
    "string": _text,
}
