"""Attributes from cells are text. The schema of the product's type says which of them are numbers,
truth values or lists.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from services.catalog.domain.imports.cells import yes_no_of
from services.catalog.domain.imports.numbers import decimal_of, half_width
from services.catalog.domain.imports.placeholders import is_nothing
from shared.kernel.json import JsonObject

_SEPARATOR: Final = re.compile(r"[;|；、\n]")
_REFERENCE: Final = re.compile(r"#/(\$defs|definitions)/([^/]+)")


def typed_attributes(attributes: Mapping[str, object], schema: JsonObject) -> JsonObject:
    """The attributes with text turned into what the schema asks for. Text that is not of that kind
    stays text, and is a finding of the schema's validator. A word like 无 is no value, unless the
    schema names it.
    """
    properties = schema.get("properties")
    known = properties if isinstance(properties, dict) else {}
    typed: JsonObject = {}
    for name, value in attributes.items():
        if not isinstance(value, str):
            typed[name] = value
            continue
        rule = rule_of(known.get(name), schema)
        if not is_nothing(value) or _takes(rule, value):
            typed[name] = _typed(value, rule)
    return typed


def _takes(rule: JsonObject, word: str) -> bool:
    """Whether a word that means nothing is a value here: one of a list, or 无 for no."""
    values = rule.get("enum")
    if isinstance(values, list):
        return any(isinstance(one, str) and one.casefold() == word.casefold() for one in values)
    kinds = rule.get("type")
    return "boolean" in (kinds if isinstance(kinds, list) else [kinds]) and _truth(word) is not None


def rule_of(rule: object, schema: JsonObject) -> JsonObject:
    """The rule of one attribute, behind one local reference."""
    if not isinstance(rule, dict):
        return {}
    reference = rule.get("$ref")
    if isinstance(reference, str) and (found := _REFERENCE.fullmatch(reference)) is not None:
        rules = schema.get(found[1])
        target = rules.get(found[2]) if isinstance(rules, dict) else None
        return target if isinstance(target, dict) else {}
    return rule


def _typed(text: str, rule: JsonObject) -> object:
    kinds = rule.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    if not kinds or "string" in kinds:
        return _listed_value(text, rule)
    for kind in kinds:
        convert = _CONVERT.get(kind) if isinstance(kind, str) else None
        value = None if convert is None else convert(text)
        if value is not None:
            return value
    if "array" in kinds:
        items = rule.get("items")
        own = items if isinstance(items, dict) else {}
        parts = [part.strip() for part in _SEPARATOR.split(text)]
        return [_typed(part, own) for part in parts if part]
    return text


def _listed_value(text: str, rule: JsonObject) -> str:
    """A value of an enumeration as it is spelled there, whatever the cell's case."""
    values = rule.get("enum")
    if not isinstance(values, list) or text in values:
        return text
    same = [
        value for value in values if isinstance(value, str) and value.casefold() == text.casefold()
    ]
    return same[0] if len(same) == 1 else text


def _whole(text: str) -> int | None:
    number = decimal_of(half_width(text), None)
    if isinstance(number, Decimal) and number == number.to_integral_value():
        return int(number)
    return None


def _number(text: str) -> int | float | None:
    number = decimal_of(half_width(text), None)
    if not isinstance(number, Decimal):
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _truth(text: str) -> bool | None:
    value = yes_no_of(text)
    return value if isinstance(value, bool) else None


_CONVERT: Final[dict[str, Callable[[str], object]]] = {
    "integer": _whole,
    "number": _number,
    "boolean": _truth,
}
