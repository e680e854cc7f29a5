"""How the goods of an order line are described beyond what moves them: what customs asks for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from shared.kernel.json import JsonObject

# An order may have many lines, and its event has to stay small: long values and long lists of
# attributes say nothing that a declaration has room for.
SPECIFICATION_MAX: Final = 30
VALUE_CHARACTERS_MAX: Final = 120


@dataclass(frozen=True, slots=True)
class Description:
    """None: not known. `specification`: the product's attributes as text, by name."""

    title_zh: str | None = None
    brand: str | None = None
    material: str | None = None
    gtin: str | None = None
    specification: dict[str, str] = field(default_factory=dict)


UNDESCRIBED: Final = Description()


def description_of(title_zh: str | None, gtin: str | None, details: JsonObject) -> Description:
    """`details`: brand, material and attributes of a product, as stored."""
    get = details.get
    return Description(
        title_zh, get("brand"), get("material"), gtin, specification_of(get("attributes", {}))
    )


def specification_of(attributes: JsonObject) -> dict[str, str]:
    """Attributes as text: a list is joined by commas, the members of an object by blanks. Those
    that are too long are left out whole, for half a value may mean something else.
    """
    found: dict[str, str] = {}
    for name, value in attributes.items():
        text = _text(value)
        if 0 < len(text) <= VALUE_CHARACTERS_MAX:
            found[name] = text
            if len(found) == SPECIFICATION_MAX:
                break
    return found


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    if isinstance(value, dict):
        return " ".join(filter(None, map(_text, value.values())))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{Decimal(str(value)).normalize():f}"
    return "" if value is None else str(value).strip()


def description_to_json(description: Description) -> JsonObject:
    """Only what is known: nothing for most lines."""
    return dict(_known(description)) if description != UNDESCRIBED else {}


def _known(description: Description) -> Iterator[tuple[str, object]]:
    for name in ("title_zh", "brand", "material", "gtin", "specification"):
        if value := getattr(description, name):
            yield name, value


def description_from_json(line: JsonObject) -> Description:
    """Lines stored by older versions have none of it."""
    get = line.get
    return Description(
        title_zh=get("title_zh"),
        brand=get("brand"),
        material=get("material"),
        gtin=get("gtin"),
        specification=get("specification", {}),
    )
