"""Orders as events."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.catalog.domain.stock import Want
from shared.contracts.catalog.orders import (
    OrderBackordered,
    OrderCancelled,
    OrderPlaced,
    OrderStatusChanged,
)


def order_placed(order: Mapping[str, Any], *, now: datetime) -> OrderPlaced:
    return OrderPlaced.model_validate(_order_facts(order, now))


def order_backordered(
    order: Mapping[str, Any], missing: Sequence[Want], *, now: datetime
) -> OrderBackordered:
    skus = {line["product_id"]: line["sku"] for line in order["lines"]}
    shortages = [
        {"sku": skus[want.product_id], "wanted": want.wanted, "available": want.available}
        for want in missing
    ]
    return OrderBackordered.model_validate(_order_facts(order, now) | {"shortages": shortages})


def _order_facts(order: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    lines = order["lines"]
    return {
        "order_id": order["id"],
        "merchant_id": order["tenant_id"],
        "belt": order["belt"],
        "store": order["store"],
        "order_number": order["order_number"],
        "ordered_at": order["ordered_at"],
        "placed_at": now,
        "ship_to": {"country": order["country"], "postal_code": order["postal_code"]},
        "currency": order["currency"],
        "total_minor": order["total_minor"],
        "lines": lines,
        "gross_weight_g": sum(line["gross_weight_g"] * line["quantity"] for line in lines),
        "net_weight_g": sum(line["net_weight_g"] * line["quantity"] for line in lines),
        "volume_cm3": sum(line["volume_cm3"] for line in lines),
    }


def order_cancelled(order: Mapping[str, Any], *, reason: str) -> OrderCancelled:
    return OrderCancelled(order_id=order["id"], merchant_id=order["tenant_id"], reason=reason)


def order_status_changed(
    order: Mapping[str, Any], *, status: Any, reason: str | None
) -> OrderStatusChanged:
    return OrderStatusChanged(
        order_id=order["id"],
        merchant_id=order["tenant_id"],
        status_before=order["status"],
        status=status,
        reason=reason,
    )
