"""Builders of catalog's domain: orders, new and accepted, and what they are made of."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from services.catalog.domain.orders.facts import OrderFacts
from services.catalog.domain.orders.new_order import NewOrder, NewOrderLine
from services.catalog.domain.orders.order import Order, OrderLine, StockState
from services.catalog.domain.orders.placement import OrderableProduct
from services.catalog.domain.reference import Reference
from shared.kernel.money import Money

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
REFERENCE = Reference(
    belts=frozenset(["wigs"]), stores=frozenset(["DE", "UK"]), hs_subheadings=frozenset(["670419"])
)


def a_new_line(
    number: int = 1, quantity: int = 1, *, sku: str = "WIG-1", price_minor: int = 100
) -> NewOrderLine:
    return NewOrderLine(number, sku, quantity, Money(price_minor, "EUR"))


def a_new_order(*lines: NewOrderLine, **changes: Any) -> NewOrder:
    order = NewOrder("DE", "1", NOW, "DE", None, "EUR", lines or (a_new_line(),))
    return replace(order, **changes)


def an_orderable_product(sku: str = "WIG-1", **changes: Any) -> OrderableProduct:
    product = OrderableProduct(
        product_id=f"prd_{sku}",
        sku=sku,
        title_en="Wig",
        hs_code="670419",
        origin_country="CN",
        net_weight_g=100,
        gross_weight_g=120,
        size_mm=(300, 200, 50),
        battery=False,
        available=10,
        belt="wigs",
    )
    return replace(product, **changes)


def a_stored_line(
    number: int = 1, quantity: int = 1, *, sku: str = "WIG-1", **changes: Any
) -> OrderLine:
    line = OrderLine(
        line=number,
        product_id=f"prd_{sku}",
        sku=sku,
        title_en="Wig",
        quantity=quantity,
        unit_price_minor=100,
        hs_code="670419",
        origin_country="CN",
        net_weight_g=100,
        gross_weight_g=120,
        volume_cm3=3_000,
        battery=False,
    )
    return replace(line, **changes)


def an_accepted_order(**changes: Any) -> Order:
    """By its facts it is placed, and its status follows from them."""
    values: dict[str, Any] = {
        "id": "ord_1",
        "merchant_id": "mer_1",
        "store": "DE",
        "order_number": "1",
        "ordered_at": NOW,
        "country": "DE",
        "postal_code": None,
        "currency": "EUR",
        "total_minor": 100,
        "belt": "wigs",
        "lines": (a_stored_line(),),
        "fingerprint": "f",
        "stock_state": StockState.RESERVED,
        "facts": OrderFacts(placed=True),
        "version": 1,
        "accepted_at": NOW,
    }
    values |= changes
    return Order(status=values["facts"].status, **values)
