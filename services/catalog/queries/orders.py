"""Orders for reading: one with its timeline, and lists, newest first."""

from datetime import datetime
from typing import Final

from asyncpg import Record
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy import Integer, Text, bindparam, literal, or_, select

from services.catalog.domain.orders.facts import Entry, entry_of
from services.catalog.domain.orders.order import OrderNotFound
from services.catalog.tables.orders import order_timeline, orders
from services.catalog.tables.stock import stock
from shared.db import Reader, Statement
from shared.kernel.identity import PARK

_status = bindparam("status", type_=Text)
_country = bindparam("country", type_=Text)
_store = bindparam("store", type_=Text)
_number = bindparam("order_number", type_=Text)
_from = bindparam("ordered_from", type_=SqlDateTime(timezone=True))
_to = bindparam("ordered_to", type_=SqlDateTime(timezone=True))
_tenant = bindparam("tenant", type_=Text)

ORDER: Final = Statement(
    select(orders).where(
        orders.c.id == bindparam("order_id"),
        or_(orders.c.tenant_id == _tenant, _tenant == literal(PARK)),
    )
)
TIMELINE: Final = Statement(
    select(
        order_timeline.c.at,
        order_timeline.c.service,
        order_timeline.c.event,
        order_timeline.c.detail,
        order_timeline.c.detail_zh,
        order_timeline.c.original,
    )
    .where(order_timeline.c.order_id == bindparam("order_id"))
    .order_by(order_timeline.c.at, order_timeline.c.id)
)
_list = (
    select(*(column for column in orders.columns if column.name not in ("lines", "fingerprint")))
    .where(
        orders.c.id < bindparam("before"),
        or_(_status.is_(None), orders.c.status == _status),
        or_(_country.is_(None), orders.c.country == _country),
        or_(_store.is_(None), orders.c.store == _store),
        or_(_number.is_(None), orders.c.order_number == _number),
        or_(_from.is_(None), orders.c.ordered_at >= _from),
        or_(_to.is_(None), orders.c.ordered_at < _to),
    )
    .order_by(orders.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
ORDERS_OF_TENANT: Final = Statement(_list.where(orders.c.tenant_id == _tenant))
ORDERS_OF_PARK: Final = Statement(_list)
RESTOCKED_TENANTS: Final = Statement(
    select(stock.c.tenant_id).where(stock.c.restocks > stock.c.retried).distinct()
)


async def get_order(reader: Reader, *, tenant: str, order_id: str) -> tuple[Record, list[Entry]]:
    """The row and its timeline by time. Raises OrderNotFound."""
    row = await reader.fetch_first(ORDER, tenant=tenant, order_id=order_id)
    if row is None:
        raise OrderNotFound
    entries = await reader.fetch_all(TIMELINE, order_id=order_id)
    return row, [entry_of(entry) for entry in entries]


async def list_restocked_tenants(reader: Reader) -> list[str]:
    """Merchants with orders that may be placed now."""
    return [row["tenant_id"] for row in await reader.fetch_all(RESTOCKED_TENANTS)]


async def list_orders(
    reader: Reader,
    *,
    tenant: str,
    status: str | None,
    country: str | None,
    store: str | None,
    order_number: str | None,
    ordered_from: datetime | None,
    ordered_to: datetime | None,
    before: str,
    limit: int,
) -> list[Record]:
    """Newest first, below the id `before`."""
    filters = {
        "status": status,
        "country": country,
        "store": store,
        "order_number": order_number,
        "ordered_from": ordered_from,
        "ordered_to": ordered_to,
        "before": before,
        "limit": limit,
    }
    if tenant == PARK:
        return await reader.fetch_all(ORDERS_OF_PARK, **filters)
    return await reader.fetch_all(ORDERS_OF_TENANT, tenant=tenant, **filters)
