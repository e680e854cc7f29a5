"""Orders for reading: one with its timeline, and lists, newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.catalog.domain.orders.facts import Status
from services.catalog.domain.orders.order import Order, OrderNotFound, OrderSummary
from services.catalog.domain.orders.stored import stored_entry, stored_order, stored_summary
from services.catalog.domain.orders.timeline import Entry
from shared.db import (
    BOOLEAN,
    INSTANT,
    TEXT,
    TEXTS,
    Filters,
    Listing,
    Reader,
    Window,
    sql,
)
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
_SUMMARY: Final = """
    SELECT o.id, o.tenant_id, o.store, o.order_number, o.ordered_at, o.country, o.postal_code,
        o.currency, o.total_minor, o.belt, o.status, o.stock_state, o.facts, o.version,
        o.accepted_at
    FROM catalog.orders o
"""
_SEARCHED: Final = "o.id IN (SELECT s.order_id FROM catalog.order_search s WHERE {})"
_FILTERS: Final = {
    "status": _SEARCHED.format("s.status = :status"),
    "statuses": _SEARCHED.format("s.status = ANY(:statuses)"),
    # With the status that nearly all orders end in, the walk from the newest order finds a page.
    "usual_statuses": "o.status = ANY(:usual_statuses)",
    "finding": _SEARCHED.format("s.finding = :finding"),
    "house_waybill": _SEARCHED.format("s.house_waybill = :house_waybill"),
    "country": "o.country = :country",
    "store": "o.store = :store",
    # The index begins with the tenant. By way of the merchants, of which there are a few thousand,
    # it serves the whole park, too.
    "order_number": "o.order_number = :order_number"
    " AND o.tenant_id IN (SELECT m.id FROM catalog.merchants m)",
    "merchants": "o.tenant_id = ANY(:merchants)",
    "sku": "o.id IN (SELECT k.order_id FROM catalog.order_skus k"
    " WHERE k.sku = :sku AND k.tenant_id = o.tenant_id)",
    "waits": "o.id IN (SELECT b.order_id FROM catalog.back_order_lines b) AND :waits",
    "does_not_wait": "NOT EXISTS (SELECT FROM catalog.back_order_lines b WHERE b.order_id = o.id)"
    " AND :does_not_wait",
    "ordered_from": "o.ordered_at >= :ordered_from",
    "ordered_to": "o.ordered_at < :ordered_to",
    "accepted_from": "o.accepted_at >= :accepted_from",
    "accepted_to": "o.accepted_at < :accepted_to",
}


@dataclass(frozen=True, slots=True)
class OrderList:
    """Newest first by one instant. `shape`: the types of the sort key; `key`: that of a row."""

    listing: Listing[OrderSummary]
    shape: tuple[type, ...]
    key: Callable[[OrderSummary], tuple[object, ...]]


def _listing(select: str, order_by: str, after: str, **more: str) -> Listing[OrderSummary]:
    return Listing(
        select,
        stored_summary,
        order_by=order_by,
        after=after,
        tenant="o.tenant_id = :tenant",
        filters=_FILTERS | more,
        after_id=TEXT,
        after_at=INSTANT,
        status=TEXT,
        statuses=TEXTS,
        usual_statuses=TEXTS,
        finding=TEXT,
        house_waybill=TEXT,
        country=TEXT,
        store=TEXT,
        order_number=TEXT,
        merchants=TEXTS,
        sku=TEXT,
        waits=BOOLEAN,
        does_not_wait=BOOLEAN,
        ordered_from=INSTANT,
        ordered_to=INSTANT,
        accepted_from=INSTANT,
        accepted_to=INSTANT,
        promised_before=INSTANT,
    )


def _promised_at(order: OrderSummary) -> datetime | None:
    return None if order.facts.plan is None else order.facts.plan.promised_at


# Ids are in the order of acceptance.
_BY_ID: Final = OrderList(
    _listing(_SUMMARY, "o.id DESC", "o.id < :after_id"), (str,), lambda order: (order.id,)
)
# A list that is limited by an instant is sorted by it. Else the walk from the newest order would
# pass all that are newer than the limit, which may be millions.
_BY_INSTANT: Final = {
    "promised": OrderList(
        _listing(
            f"{_SUMMARY} JOIN catalog.order_search p ON p.order_id = o.id",
            "p.promised_at DESC, p.order_id DESC",
            "(p.promised_at, p.order_id) < (:after_at, :after_id)",
            promised_before="p.promised_at < :promised_before",
        ),
        (datetime, str),
        lambda order: (_promised_at(order), order.id),
    ),
    "ordered": OrderList(
        _listing(
            _SUMMARY,
            "o.ordered_at DESC, o.id DESC",
            "(o.ordered_at, o.id) < (:after_at, :after_id)",
        ),
        (datetime, str),
        lambda order: (order.ordered_at, order.id),
    ),
    "accepted": OrderList(
        _listing(
            _SUMMARY,
            "o.accepted_at DESC, o.id DESC",
            "(o.accepted_at, o.id) < (:after_at, :after_id)",
        ),
        (datetime, str),
        lambda order: (order.accepted_at, order.id),
    ),
}
# A merchant sees itself only.
_MERCHANTS_OF_BELT: Final = sql(
    "SELECT id FROM catalog.merchants WHERE belt = :belt ORDER BY id", str, belt=TEXT
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


def order_list(filters: Filters) -> OrderList:
    """The list that has these filters: by the instant that they limit, or by acceptance."""
    given = {name.partition("_")[0] for name, value in filters.items() if value is not None}
    return next((found for name, found in _BY_INSTANT.items() if name in given), _BY_ID)


async def list_orders(reader: Reader, window: Window, filters: Filters) -> list[OrderSummary]:
    """Newest first, see `order_list`. Filters: status (a list), country, store, order_number, belt,
    sku, finding, house_waybill, has_shortage, ordered_from, ordered_to, accepted_from, accepted_to,
    promised_before.
    """
    asked = await _asked(reader, filters)
    return [] if asked is None else await order_list(filters).listing.page(reader, window, asked)


async def _asked(reader: Reader, filters: Filters) -> Filters | None:
    """As the statements take them; None: nothing can be found."""
    named = _as_asked(filters)
    if (belt := named.pop("belt", None)) is not None:
        # A merchant has one belt, and its orders have the same.
        merchants = await reader.fetch_values(_MERCHANTS_OF_BELT, belt=belt)
        if not merchants:
            return None
        named["merchants"] = merchants if reader.tenant == PARK else None
    return named


def _as_asked(filters: Filters) -> dict[str, object]:
    """One status is looked up in order, several are sorted; a shortage is there or not."""
    named = dict(filters)
    statuses = named.pop("status", None)
    match statuses:
        case [status]:
            named["status"] = status
        case [*several] if Status.DELIVERED in several:
            named["usual_statuses"] = several
        case [*several]:
            named["statuses"] = several
    match named.pop("has_shortage", None):
        case True:
            named["waits"] = True
        case False:
            named["does_not_wait"] = True
    return named


async def count_orders(reader: Reader, filters: Filters, *, at_most: int) -> int:
    """With the filters of the list."""
    asked = await _asked(reader, filters)
    if asked is None:
        return 0
    return await order_list(filters).listing.count(reader, asked, at_most=at_most)


async def list_restocked_tenants(reader: Reader) -> list[str]:
    """Merchants with orders that may be placed now."""
    return await reader.fetch_values(_RESTOCKED_TENANTS)
