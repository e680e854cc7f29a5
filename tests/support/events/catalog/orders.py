"""Events about orders. The sums of an order are those of its lines unless they are given."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.catalog.orders import (
    OrderBackordered,
    OrderCancelled,
    OrderLine,
    OrderPlaced,
    OrderStatusChanged,
)
from shared.kernel.ids import new_id
from tests.support.events.building import AT, built


def an_order_line(number: int = 1, **changes: Any) -> OrderLine:
    facts = {
        "line": number,
        "sku": f"SKU-{number}",
        "title_en": "White hanging heart T-light holder",
        "quantity": 3,
        "unit_price_minor": 255,
        "hs_code": "940550",
        "origin_country": "CN",
        "net_weight_g": 180,
        "gross_weight_g": 230,
        "volume_cm3": 500,
        "battery": False,
        "title_zh": "白色心形烛台",
        "brand": "无品牌",
        "material": "玻璃",
    }
    return built(OrderLine, facts, changes)


def an_order_placed(**changes: Any) -> OrderPlaced:
    return built(OrderPlaced, _order_facts(changes), changes)


def an_order_backordered(**changes: Any) -> OrderBackordered:
    facts = _order_facts(changes)
    missing = [
        {"sku": line.sku, "wanted": line.quantity, "available": 0} for line in facts["lines"]
    ]
    return built(OrderBackordered, facts | {"shortages": missing}, changes)


def an_order_cancelled(**changes: Any) -> OrderCancelled:
    facts = {"order_id": new_id("ord"), "merchant_id": new_id("mer"), "reason": "changed mind"}
    return built(OrderCancelled, facts, changes)


def an_order_status_changed(**changes: Any) -> OrderStatusChanged:
    facts = {
        "order_id": new_id("ord"),
        "merchant_id": new_id("mer"),
        "status_before": "placed",
        "status": "booked",
    }
    return built(OrderStatusChanged, facts, changes)


def _order_facts(changes: Mapping[str, Any]) -> dict[str, Any]:
    lines = changes.get("lines", (an_order_line(),))
    return {
        "order_id": new_id("ord"),
        "merchant_id": new_id("mer"),
        "belt": "yiwu",
        "store": "DE",
        "order_number": "A-1",
        "ordered_at": AT,
        "placed_at": AT,
        "ship_to": {"country": "DE"},
        "currency": "GBP",
        "total_minor": sum(line.quantity * line.unit_price_minor for line in lines),
        "lines": lines,
        "gross_weight_g": sum(line.quantity * line.gross_weight_g for line in lines),
        "net_weight_g": sum(line.quantity * line.net_weight_g for line in lines),
        "volume_cm3": sum(line.volume_cm3 for line in lines),
    }
