"""Orders with their waybills as somebody asks about them, and as events bring them."""

from copy import deepcopy
from typing import Any, Final

from shared.contracts.catalog.orders import OrderLine
from shared.contracts.envelope import Envelope
from tests.support.events.catalog.orders import an_order_line
from tests.support.worlds.customs import CustomsWorld, MadeOrder

SOUND_LINE: Final = {
    "sku": "SKU-1",
    "title": "White hanging heart T-light holder",
    "quantity": 6,
    "unit_price_minor": 255,
    "hs_code": "940550",
    "net_weight_g": 180,
    "gross_weight_g": 230,
    "title_zh": "白色心形烛台",
    "brand": "无品牌",
    "material": "玻璃",
}


def a_candidate(order_number: str, *, lines: int = 2, **waybill: Any) -> dict[str, Any]:
    """A body without a fault."""
    weights = {"gross_weight_g": lines * 6 * 230}
    return {
        "order": {
            "order_number": order_number,
            "store": "DE",
            "currency": "GBP",
            "country": "DE",
            "total_minor": lines * 6 * 255,
            "net_weight_g": lines * 6 * 180,
            **weights,
            "lines": [SOUND_LINE | {"line": n} for n in range(1, lines + 1)],
        },
        "waybill": {"house_waybill": "AL26112200001", "country": "DE", **weights} | waybill,
    }


def with_values(body: dict[str, Any], *changes: tuple[str, Any]) -> dict[str, Any]:
    """`changes`: by JSON Pointer."""
    changed = deepcopy(body)
    for pointer, value in changes:
        *way, last = pointer.split("/")[1:]
        place = at(changed, way)
        place[int(last) if isinstance(place, list) else last] = value
    return changed


def at(body: Any, way: list[str]) -> Any:
    """What a JSON Pointer, split into its members, leads to. Raises KeyError, IndexError."""
    for name in way:
        body = body[int(name) if isinstance(body, list) else name]
    return body


def events_of(
    customs: CustomsWorld, made: MadeOrder, body: dict[str, Any]
) -> tuple[Envelope, Envelope]:
    """The same facts as catalog and routing publish them."""
    order, waybill = body["order"], body["waybill"]
    placed = customs.placed(
        made,
        order_number=order["order_number"],
        store=order["store"],
        ship_to={"country": order["country"]},
        currency=order["currency"],
        total_minor=order["total_minor"],
        net_weight_g=order["net_weight_g"],
        gross_weight_g=order["gross_weight_g"],
        lines=tuple(_line(line) for line in order["lines"]),
    )
    booked = customs.booked(
        made,
        gross_weight_g=waybill["gross_weight_g"],
        house_waybill=waybill["house_waybill"],
        destination_country=waybill["country"],
        pieces=waybill.get("pieces", 1),
    )
    return placed, booked


def _line(line: dict[str, Any]) -> OrderLine:
    facts = {"title_en": line["title"], **line}
    del facts["title"]
    return an_order_line(facts.pop("line"), **facts)
