"""The event types that endpoints can subscribe to: their schemas, and examples of their data."""

import json
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from shared.contracts.envelope import EventPayload
from shared.contracts.registry import EVENTS
from shared.contracts.topics import PUBLIC_TOPICS
from shared.kernel.json import JsonObject

SUBSCRIBABLE: Final[dict[str, type[EventPayload]]] = {
    name: model for name, model in EVENTS.items() if model.topic in PUBLIC_TOPICS
}

_EXAMPLE_AT: Final = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
_EXAMPLES: Final[dict[type, object]] = {
    str: "example",
    int: 1,
    bool: True,
    float: 1.0,
    datetime: _EXAMPLE_AT,
}
_EXAMPLES_BY_NAME: Final[dict[str, object]] = {
    "currency": "EUR",
    "country": "DE",
    "destination_country": "DE",
    "origin_country": "CN",
    "hs_code": "950300",
    "origin": "EHU",
    "destination": "LGG",
    "airport": "LGG",
    "store": "DE",
    "gtin": "6901234567892",
    "confidence": 0.9,
    "confirmed_on": "2026-01-15",
}
_MAPS_BY_NAME: Final[dict[str, object]] = {
    "options": {"colour": "brown"},
    "attributes": {"length_in": 20},
}


def example_data(event_type: str) -> bytes:
    """Data of that type as JSON: valid by its contract, invented throughout."""
    model = SUBSCRIBABLE[event_type]
    return model.model_validate(_example_of(model)).model_dump_json().encode()


def _example_of(model: type[BaseModel]) -> dict[str, object]:
    return {
        name: _EXAMPLES_BY_NAME.get(name, None) or _example(field.annotation, name)
        for name, field in model.model_fields.items()
    }


def _example(annotation: Any, name: str) -> object:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if type(None) in arguments:
        (annotation,) = (a for a in arguments if a is not type(None))
        return _example(annotation, name)
    if origin is not None:
        return _example_of_generic(origin, arguments, name)
    if issubclass(annotation, BaseModel):
        return _example_of(annotation)
    if annotation is str and name.endswith("_id"):
        return f"{name[:3]}_{'0' * 32}"
    return _EXAMPLES[annotation]


def _example_of_generic(origin: object, arguments: tuple[Any, ...], name: str) -> object:
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        items = arguments[:1] if arguments[-1] is Ellipsis else arguments
        return tuple(_example(item, name) for item in items)
    assert origin is dict, origin
    return _example_of_map(arguments[1], name)


def _example_of_map(value: Any, name: str) -> object:
    """Most maps of the contracts are texts by language."""
    if name in _MAPS_BY_NAME:
        return _MAPS_BY_NAME[name]
    if get_origin(value) is tuple:
        return {"en": ("Example",), "zh-CN": ("示例",)}
    return {"en": "Example", "zh-CN": "示例"}


def payload_schema(event_type: str) -> JsonObject:
    """JSON Schema of the `data` of that type."""
    return TypeAdapter(SUBSCRIBABLE[event_type]).json_schema()


def example_object(event_type: str) -> JsonObject:
    value: JsonObject = json.loads(example_data(event_type))
    return value
