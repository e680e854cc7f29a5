"""Orders as events."""

from collections.abc import Iterable
from datetime import datetime

from services.catalog.domain.orders.changes import Announcement, OrderChange
from services.catalog.domain.orders.order import Order, OrderLine
from services.catalog.domain.orders.placement import Placement
from services.catalog.domain.stock import Shortage
from shared.contracts.catalog import orders as contract


def order_accepted(placement: Placement) -> contract.OrderPlaced | contract.OrderBackordered:
    """Of a new order."""
    order = placement.order
    if placement.shortages:
        return order_backordered(order, placement.shortages)
    return order_placed(order, placed_at=order.accepted_at)


def order_placed(order: Order, *, placed_at: datetime) -> contract.OrderPlaced:
    return contract.OrderPlaced(
        order_id=order.id,
        merchant_id=order.merchant_id,
        belt=order.belt,
        store=order.store,
        order_number=order.order_number,
        ordered_at=order.ordered_at,
        placed_at=placed_at,
        ship_to=contract.ShipTo(country=order.country, postal_code=order.postal_code),
        currency=order.currency,
        total_minor=order.total_minor,
        lines=_lines(order.lines),
        gross_weight_g=order.gross_weight_g,
        net_weight_g=order.net_weight_g,
        volume_cm3=order.volume_cm3,
    )


def order_backordered(order: Order, shortages: Iterable[Shortage]) -> contract.OrderBackordered:
    skus = {line.product_id: line.sku for line in order.lines}
    return contract.OrderBackordered(
        **dict(order_placed(order, placed_at=order.accepted_at)),
        shortages=tuple(
            contract.Shortage(sku=skus[s.product_id], wanted=s.wanted, available=s.available)
            for s in shortages
        ),
    )


def _lines(lines: Iterable[OrderLine]) -> tuple[contract.OrderLine, ...]:
    return tuple(
        contract.OrderLine(
            line=line.line,
            sku=line.sku,
            title_en=line.title_en,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            hs_code=line.hs_code,
            origin_country=line.origin_country,
            net_weight_g=line.net_weight_g,
            gross_weight_g=line.gross_weight_g,
            volume_cm3=line.volume_cm3,
            battery=line.battery,
            title_zh=line.description.title_zh,
            brand=line.description.brand,
            material=line.description.material,
            gtin=line.description.gtin,
            specification=line.description.specification,
        )
        for line in lines
    )


def announced(
    change: OrderChange, *, now: datetime
) -> contract.OrderPlaced | contract.OrderCancelled | None:
    """The event of the change itself, if it has one."""
    match change.announcement:
        case Announcement.PLACED:
            return order_placed(change.before, placed_at=now)
        case Announcement.CANCELLED:
            return order_cancelled(change)
        case None:
            return None


def order_cancelled(change: OrderChange) -> contract.OrderCancelled:
    order, reason = change.before, change.facts.cancelled
    assert reason is not None, "an order is cancelled for a reason"
    return contract.OrderCancelled(order_id=order.id, merchant_id=order.merchant_id, reason=reason)


def order_status_changed(change: OrderChange) -> contract.OrderStatusChanged:
    order = change.before
    return contract.OrderStatusChanged.model_validate(
        {
            "order_id": order.id,
            "merchant_id": order.merchant_id,
            "status_before": order.status.value,
            "status": change.facts.status.value,
            "reason": change.facts.why,
        }
    )
