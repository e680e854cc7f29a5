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
    Filter,
    Filters,
    Listing,
    Reader,
    SparseListing,
    SqlType,
    Stretch,
    Window,
    sql,
)
from shared.db import Order as SortKey
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
# Order by order as `p` has them: OFFSET 0 keeps PostgreSQL from joining them in another way, which
# would read all orders before the page.
_SUMMARY_ALONG: Final = _SUMMARY.replace(
    "catalog.orders o",
    "catalog.{} p CROSS JOIN LATERAL"
    " (SELECT * FROM catalog.orders x WHERE x.id = p.order_id OFFSET 0) o",
)
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

_TYPES: Final[dict[str, SqlType]] = {
    "after_id": TEXT,
    "statuses": TEXTS,
    "finding": TEXT,
    "house_waybill": TEXT,
    "country": TEXT,
    "store": TEXT,
    "order_number": TEXT,
    "merchants": TEXTS,
    "sku": TEXT,
    "waits": BOOLEAN,
    "does_not_wait": BOOLEAN,
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


_SUMMARY_P: Final = _SUMMARY.replace("o.", "p.").replace("orders o", "orders p")
_OF_SEARCH: Final = "FROM catalog.order_search s WHERE s.order_id = p.id"
_IN_SEARCH: Final = "SELECT x.order_id AS id FROM catalog.order_search x WHERE"
_IN_ORDERS: Final = "SELECT x.id FROM catalog.orders x WHERE"
_OF_ALL: Final = "SELECT m.id FROM catalog.merchants m"
_WAITING: Final = "FROM catalog.back_order_lines b WHERE b.order_id = p.id"


def _found_in_search(column: str) -> Filter:
    return Filter(
        f"SELECT s.{column} = :{column} {_OF_SEARCH}",
        f"{_IN_SEARCH} x.{column} = :{column} {{tenant}}",
        key="x.order_id",
    )


def _found_in_orders(column: str) -> Filter:
    """The policy alone restricts the tenant: with its index all orders of a merchant are read."""
    return Filter(f"p.{column} = :{column}", f"{_IN_ORDERS} x.{column} = :{column}", key="x.id")


# Of one merchant, whose orders the indexes of the park have among all others, and by several
# filters. What brings few comes first.
_SPARSE: Final = SparseListing(
    _SUMMARY_P,
    stored_summary,
    table="catalog.orders p",
    where="true",
    orders={"id": SortKey("p.id DESC", "p.id < :after_id")},
    filters={
        "house_waybill": _found_in_search("house_waybill"),
        "order_number": Filter(
            "p.order_number = :order_number",
            f"{_IN_ORDERS} x.order_number = :order_number AND x.tenant_id IN ({_OF_ALL})"
            " {tenant}",
            key="x.id",
        ),
        "waits": Filter(
            f"SELECT (count(*) > 0) = :waits {_WAITING}",
            "SELECT DISTINCT x.order_id AS id FROM catalog.back_order_lines x"
            " WHERE :waits {tenant}",
            key="x.order_id",
        ),
        "finding": _found_in_search("finding"),
        "statuses": Filter(
            "p.status = ANY(:statuses)",
            f"{_IN_SEARCH} x.status = ANY(:statuses) {{tenant}}",
            key="x.order_id",
        ),
        "sku": Filter(
            "SELECT count(*) > 0 FROM catalog.order_skus k"
            " WHERE k.sku = :sku AND k.order_id = p.id AND k.tenant_id = p.tenant_id",
            "SELECT x.order_id AS id FROM catalog.order_skus x WHERE x.sku = :sku {tenant}",
            key="x.order_id",
        ),
        "country": _found_in_orders("country"),
        "store": _found_in_orders("store"),
        "merchants": Filter(
            "p.tenant_id = ANY(:merchants)",
            f"{_IN_ORDERS} x.tenant_id = ANY(:merchants) {{tenant}}",
            key="x.id",
        ),
        "does_not_wait": Filter(f"SELECT (count(*) = 0) = :does_not_wait {_WAITING}"),
    },
    types=_TYPES,
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
# By one of these alone, along the index that has it in the order of the list. The cursor is that of
# the index, which would else be walked from its end.
_BY_STATUS: Final = _listing(
    _SUMMARY_ALONG.format("order_search"),
    "p.order_id DESC",
    "p.order_id < :after_id",
    status="p.status = :status",
)
_BY_SKU: Final = _listing(
    _SUMMARY_ALONG.format("order_skus"),
    "p.order_id DESC",
    "p.order_id < :after_id",
    sku="p.sku = :sku",
)
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


async def list_orders(reader: Reader, window: Window, filters: Filters) -> Stretch[OrderSummary]:
    """Newest first, see `order_list`. Filters: status (a list), country, store, order_number, belt,
    sku, finding, house_waybill, has_shortage, ordered_from, ordered_to, accepted_from, accepted_to,
    promised_before.
    """
    asked = await _asked(reader, filters)
    if asked is None:
        return Stretch([])
    listed = order_list(filters)
    if listed is not _BY_ID:
        return Stretch(await listed.listing.page(reader, window, asked))
    along = _along(reader, asked)
    if along is not None:
        return Stretch(await along.page(reader, window, asked))
    return await _SPARSE.page(reader, window, _several(asked), order="id")


# Few orders have such a value, and PostgreSQL knows. By the others the park has an index that is in
# the order of the list.
_RARE: Final = {"order_number", "house_waybill", "finding", "waits", "does_not_wait"}
_IN_ORDER: Final = {"country", "store"}


def _along(reader: Reader, asked: Filters) -> Listing[OrderSummary] | None:
    """The list along one index; None: filters must be weighed against each other."""
    given = [name for name, value in asked.items() if value is not None]
    is_park = reader.tenant == PARK
    match given:
        case []:
            return _BY_ID.listing
        case ["sku"]:
            return _BY_SKU
        case ["status"] if is_park:
            return _BY_STATUS
        case [name] if name in _RARE or (is_park and name in _IN_ORDER):
            return _BY_ID.listing
    return None


def _several(asked: Filters) -> Filters:
    """One status and several are asked for in the same way."""
    named = dict(asked)
    one, usual = named.pop("status", None), named.pop("usual_statuses", None)
    if one is not None or usual is not None:
        named["statuses"] = usual or [one]
    return named


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
