"""Orders for reading: one with its timeline, and lists, newest first."""

from typing import Final

from services.catalog.domain.orders.order import Order, OrderNotFound, OrderSummary
from services.catalog.domain.orders.stored import stored_entry, stored_order, stored_summary
from services.catalog.domain.orders.timeline import Entry
from shared.db import INSTANT, TEXT, Filters, Listing, Reader, Window, sql
from shared.kernel.identity import PARK

_ORDER: Final = sql(
    f"""
    SELECT id, tenant_id, store, order_number, ordered_at, country, postal_code, currency,
        total_minor, belt, lines, fingerprint, status, stock_state, facts, version, accepted_at
    FROM catalog.orders
    WHERE id = :order_id AND (tenant_id = :tenant OR :tenant = '{PARK}')
    """,  # noqa: S608 - a constant
    stored_order,
    order_id=TEXT,
    tenant=TEXT,
)
_TIMELINE: Final = sql(
    "SELECT at, service, event, detail, detail_zh, original FROM catalog.order_timeline"
    " WHERE order_id = :order_id ORDER BY at, id",
    stored_entry,
    order_id=TEXT,
)
_ORDERS: Final = Listing(
    """
    SELECT o.id, o.tenant_id, o.store, o.order_number, o.ordered_at, o.country, o.postal_code,
        o.currency, o.total_minor, o.belt, o.status, o.stock_state, o.facts, o.version,
        o.accepted_at
    FROM catalog.orders o
    """,
    stored_summary,
    order_by="o.id DESC",
    after="o.id < :after_id",
    tenant="o.tenant_id = :tenant",
    filters={
        "status": "o.status = :status",
        "country": "o.country = :country",
        "store": "o.store = :store",
        "order_number": "o.order_number = :order_number",
        "ordered_from": "o.ordered_at >= :ordered_from",
        "ordered_to": "o.ordered_at < :ordered_to",
    },
    after_id=TEXT,
    status=TEXT,
    country=TEXT,
    store=TEXT,
    order_number=TEXT,
    ordered_from=INSTANT,
    ordered_to=INSTANT,
)
_RESTOCKED_TENANTS: Final = sql(
    "SELECT DISTINCT tenant_id FROM catalog.stock WHERE restocks > retried", str
)


async def get_order(reader: Reader, *, order_id: str) -> tuple[Order, list[Entry]]:
    """The order and its timeline by time. Raises OrderNotFound."""
    order = await reader.fetch_first(_ORDER, tenant=reader.tenant, order_id=order_id)
    if order is None:
        raise OrderNotFound
    return order, await reader.fetch_all(_TIMELINE, order_id=order_id)


async def list_orders(reader: Reader, window: Window, filters: Filters) -> list[OrderSummary]:
    """Newest first. Filters: status, country, store, order_number, ordered_from, ordered_to."""
    return await _ORDERS.page(reader, window, filters)


async def count_orders(reader: Reader, filters: Filters, *, at_most: int) -> int:
    """With the filters of the list."""
    return await _ORDERS.count(reader, filters, at_most=at_most)


async def list_restocked_tenants(reader: Reader) -> list[str]:
    """Merchants with orders that may be placed now."""
    return await reader.fetch_values(_RESTOCKED_TENANTS)
