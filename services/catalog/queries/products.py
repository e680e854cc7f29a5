"""Products and stock for reading. One product by SKU is the hottest read of the platform: one
statement on one unique index.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import ARRAY, Boolean, Integer, Text, any_, bindparam, func, or_, select
from sqlalchemy import DateTime as SqlDateTime

from services.catalog.domain.products import ProductNotFound
from services.catalog.tables.orders import orders
from services.catalog.tables.products import products
from services.catalog.tables.stock import stock, stock_ledger
from shared.db import Reader, Statement
from shared.kernel.identity import PARK

_q = bindparam("q", type_=Text)
# Folded where the titles are: Python's small letters are not those of PostgreSQL and its locale.
_folded = func.lower(_q)
_hs_code = bindparam("hs_code", type_=Text)
_battery = bindparam("battery", type_=Boolean)
_since = bindparam("updated_since", type_=SqlDateTime(timezone=True))

PRODUCT: Final = Statement(
    select(products).where(
        products.c.tenant_id == bindparam("tenant"),
        products.c.sku == bindparam("sku"),
        products.c.deleted_at.is_(None),
    )
)
_list = (
    select(products)
    .where(
        products.c.id > bindparam("after"),
        products.c.deleted_at.is_(None),
        or_(_hs_code.is_(None), func.starts_with(products.c.hs_code, _hs_code)),
        or_(
            _q.is_(None),
            func.starts_with(func.lower(products.c.sku), _folded),
            func.strpos(func.lower(products.c.title["en"].astext), _folded) > 0,
            func.strpos(func.lower(products.c.title["zh-CN"].astext), _folded) > 0,
        ),
        or_(_battery.is_(None), products.c.battery == _battery),
        or_(_since.is_(None), products.c.updated_at >= _since),
    )
    .order_by(products.c.id)
    .limit(bindparam("limit", type_=Integer))
)
# Two statements, because one with "or the tenant is the park" could not use the tenant's index.
PRODUCTS_OF_TENANT: Final = Statement(
    _list.where(products.c.tenant_id == bindparam("tenant", type_=Text))
)
PRODUCTS_OF_PARK: Final = Statement(_list)

STOCK: Final = Statement(
    select(stock, products.c.sku)
    .join_from(products, stock, stock.c.product_id == products.c.id)
    .where(
        products.c.tenant_id == bindparam("tenant"),
        products.c.sku == bindparam("sku"),
        products.c.deleted_at.is_(None),
    )
)
_order = bindparam("order_id", type_=Text)
_number = bindparam("order_number", type_=Text)
_from = bindparam("occurred_from", type_=SqlDateTime(timezone=True))
_to = bindparam("occurred_to", type_=SqlDateTime(timezone=True))
_numbered = func.array(
    select(orders.c.id)
    .where(orders.c.tenant_id == bindparam("tenant"), orders.c.order_number == _number)
    .scalar_subquery(),
    type_=ARRAY(Text),
)
LEDGER: Final = Statement(
    select(stock_ledger)
    .where(
        or_(_order.is_(None), stock_ledger.c.order_id == _order),
        or_(_number.is_(None), stock_ledger.c.order_id == any_(_numbered)),
        or_(_from.is_(None), stock_ledger.c.at >= _from),
        or_(_to.is_(None), stock_ledger.c.at < _to),
        stock_ledger.c.tenant_id == bindparam("tenant"),
        stock_ledger.c.product_id == bindparam("product_id"),
        stock_ledger.c.id < bindparam("before"),
    )
    .order_by(stock_ledger.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)


async def get_product(reader: Reader, *, tenant: str, sku: str) -> Record:
    """Raises ProductNotFound."""
    row = await reader.fetch_first(PRODUCT, tenant=tenant, sku=sku)
    if row is None:
        raise ProductNotFound
    return row


async def list_products(
    reader: Reader,
    *,
    tenant: str,
    hs_code: str | None,
    q: str | None,
    battery: bool | None,
    updated_since: datetime | None,
    after: str,
    limit: int,
) -> list[Record]:
    """By id, which is the order of creation. `q`: start of the SKU or part of a title."""
    filters = {
        "hs_code": hs_code,
        "q": q,
        "battery": battery,
        "updated_since": updated_since,
        "after": after,
        "limit": limit,
    }
    if tenant == PARK:
        return await reader.fetch_all(PRODUCTS_OF_PARK, **filters)
    return await reader.fetch_all(PRODUCTS_OF_TENANT, tenant=tenant, **filters)


async def get_stock(reader: Reader, *, tenant: str, sku: str) -> Record:
    """Raises ProductNotFound."""
    row = await reader.fetch_first(STOCK, tenant=tenant, sku=sku)
    if row is None:
        raise ProductNotFound
    return row


async def list_ledger(
    reader: Reader,
    *,
    tenant: str,
    product_id: str,
    before: int,
    limit: int,
    filters: Mapping[str, Any],
) -> list[Record]:
    """Newest first. `filters`: order_id, order_number, occurred_from and occurred_to."""
    return await reader.fetch_all(
        LEDGER, tenant=tenant, product_id=product_id, before=before, limit=limit, **filters
    )
