"""Domain facts to the payloads of `shared.contracts.catalog`: the only place that builds one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.catalog.domain.merchant import NewMerchant
from services.catalog.domain.product import Product
from services.catalog.domain.stock import Counters, Want
from shared.contracts.catalog.merchants import MerchantRegistered
from shared.contracts.catalog.orders import (
    OrderBackordered,
    OrderCancelled,
    OrderPlaced,
    OrderStatusChanged,
)
from shared.contracts.catalog.partners import PartnerRegistered
from shared.contracts.catalog.products import ProductDeleted, ProductUpdated
from shared.contracts.catalog.stock import StockAdjusted


def merchant_registered(
    merchant: NewMerchant, *, merchant_id: str, now: datetime
) -> MerchantRegistered:
    return MerchantRegistered(
        merchant_id=merchant_id,
        name=merchant.name,
        belt=merchant.belt,
        has_office=merchant.desk is not None,
        synthetic=merchant.synthetic,
        registered_at=now,
    )


def partner_registered(*, partner_id: str, sees: Sequence[str] | None) -> PartnerRegistered:
    return PartnerRegistered(partner_id=partner_id, merchants=None if sees is None else list(sees))


def product_updated(
    product: Product, *, product_id: str, merchant_id: str, version: int
) -> ProductUpdated:
    return ProductUpdated(
        product_id=product_id,
        merchant_id=merchant_id,
        sku=product.sku,
        title=product.title,
        hs_code=product.hs_code,
        origin_country=product.origin_country,
        net_weight_g=product.net_weight_g,
        gross_weight_g=product.gross_weight_g,
        size_mm=product.size_mm,
        price_minor=product.price.amount_minor,
        currency=product.price.currency,
        battery=product.battery,
        synthetic=product.synthetic,
        version=version,
    )


def product_deleted(*, product_id: str, merchant_id: str, sku: str) -> ProductDeleted:
    return ProductDeleted(product_id=product_id, merchant_id=merchant_id, sku=sku)


def stock_adjusted(
    counters: Counters, *, product_id: str, merchant_id: str, sku: str, delta: int, reason: str
) -> StockAdjusted:
    return StockAdjusted(
        product_id=product_id,
        merchant_id=merchant_id,
        sku=sku,
        delta=delta,
        on_hand=counters.on_hand,
        reserved=counters.reserved,
        reason=reason,
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
