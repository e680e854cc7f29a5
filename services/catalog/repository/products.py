"""Write-side statements of products. Creating a product creates its stock counters with it."""

from typing import Any, Final

from asyncpg import Record
from sqlalchemy import Boolean, Integer, Text, bindparam, select, update

from services.catalog.domain.products import Product
from services.catalog.repository.sql import (
    AT,
    BIGINTS,
    BOOLEANS,
    DOCUMENTS,
    INTEGERS,
    TEXTS,
    sql,
)
from services.catalog.tables.products import products
from shared.db import Statement, UnitOfWork
from shared.kernel.ids import new_id

# What a merchant may change, in the order of every list below.
_CONTENT: Final = (
    "title",
    "hs_code",
    "origin_country",
    "net_weight_g",
    "gross_weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "price_minor",
    "currency",
    "battery",
    "synthetic",
)
_NAMES: Final = ", ".join(_CONTENT)

PRODUCT_FOR_UPDATE: Final = Statement(
    select(products)
    .where(
        products.c.tenant_id == bindparam("tenant"),
        products.c.sku == bindparam("sku"),
        products.c.deleted_at.is_(None),
    )
    .with_for_update()
)
UPDATE_PRODUCT: Final = Statement(
    update(products)
    .where(products.c.id == bindparam("product_id"), products.c.tenant_id == bindparam("tenant"))
    .values(
        {name: bindparam(name, type_=products.c[name].type) for name in _CONTENT}
        | {
            "version": bindparam("version", type_=Integer),
            "updated_at": bindparam("now", type_=AT),
        }
    )
)
# One statement for one product or five hundred. A row that is equal is not written; the join
# with merchants writes nothing for a tenant that is none. Sorted, so that two batches cannot
# wait for each other.
UPSERT_PRODUCTS: Final = sql(
    f"""
    WITH given AS (
        SELECT * FROM unnest(
            :id, :sku, :title, :hs_code, :origin_country, :net_weight_g, :gross_weight_g,
            :length_mm, :width_mm, :height_mm, :price_minor, :currency, :battery, :synthetic
        ) AS g(id, sku, {_NAMES})
    ), written AS (
        INSERT INTO catalog.products AS p
            (id, tenant_id, sku, {_NAMES}, version, created_at, updated_at)
        SELECT g.id, m.id, g.sku, {", ".join(f"g.{name}" for name in _CONTENT)}, 1, :now, :now
        FROM given g JOIN catalog.merchants m ON m.id = :tenant
        ORDER BY g.sku COLLATE "C"
        ON CONFLICT (tenant_id, sku) WHERE deleted_at IS NULL DO UPDATE
        SET {", ".join(f"{name} = excluded.{name}" for name in _CONTENT)},
            version = p.version + 1, updated_at = :now
        WHERE :overwrite AND ({", ".join(f"p.{name}" for name in _CONTENT)})
            IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _CONTENT)})
        RETURNING p.id, p.sku, p.version, p.created_at
    ), counters AS (
        INSERT INTO catalog.stock (product_id, tenant_id, on_hand, reserved, version, updated_at)
        SELECT id, :tenant, 0, 0, 0, :now FROM written WHERE version = 1
    )
    SELECT id, sku, version, created_at FROM written
    """,  # noqa: S608 - names are the constants above
    tenant=Text,
    now=AT,
    overwrite=Boolean,
    id=TEXTS,
    sku=TEXTS,
    title=DOCUMENTS,
    hs_code=TEXTS,
    origin_country=TEXTS,
    net_weight_g=INTEGERS,
    gross_weight_g=INTEGERS,
    length_mm=INTEGERS,
    width_mm=INTEGERS,
    height_mm=INTEGERS,
    price_minor=BIGINTS,
    currency=TEXTS,
    battery=BOOLEANS,
    synthetic=BOOLEANS,
)
PRODUCT_IDS: Final = sql(
    """
    SELECT id, sku, version, created_at, updated_at FROM catalog.products
    WHERE tenant_id = :tenant AND sku = ANY(:skus) AND deleted_at IS NULL
    """,
    tenant=Text,
    skus=TEXTS,
)
# Two steps, because a statement sees the world as it was when it began: first wait for whoever
# holds the counters, then look who waits for the product.
LOCK_COUNTERS: Final = sql(
    "SELECT reserved FROM catalog.stock"
    " WHERE product_id = :product_id AND tenant_id = :tenant FOR UPDATE",
    product_id=Text,
    tenant=Text,
)
WAITING_QUANTITY: Final = sql(
    "SELECT coalesce(sum(quantity), 0)::bigint FROM catalog.back_order_lines"
    " WHERE product_id = :product_id AND tenant_id = :tenant",
    product_id=Text,
    tenant=Text,
)
# The counters go, the ledger stays and is closed: its sum is zero again. Orders that wait for the
# counters' lock find them gone, and the SKU with them.
DELETE_PRODUCT: Final = sql(
    """
    WITH counters AS (
        DELETE FROM catalog.stock WHERE product_id = :product_id AND tenant_id = :tenant
        RETURNING on_hand
    ), closing AS (
        INSERT INTO catalog.stock_ledger
            (tenant_id, product_id, reason, on_hand_delta, reserved_delta, at)
        SELECT :tenant, :product_id, 'product_deleted', -on_hand, 0, :now
        FROM counters WHERE on_hand <> 0
    )
    UPDATE catalog.products SET deleted_at = :now, updated_at = :now, version = version + 1
    WHERE id = :product_id AND tenant_id = :tenant
    """,
    product_id=Text,
    tenant=Text,
    now=AT,
)


def content(product: Product) -> dict[str, Any]:
    """The columns that a merchant may change."""
    length, width, height = product.size_mm
    return {
        "title": product.title,
        "hs_code": product.hs_code,
        "origin_country": product.origin_country,
        "net_weight_g": product.net_weight_g,
        "gross_weight_g": product.gross_weight_g,
        "length_mm": length,
        "width_mm": width,
        "height_mm": height,
        "price_minor": product.price.amount_minor,
        "currency": product.price.currency,
        "battery": product.battery,
        "synthetic": product.synthetic,
    }


def has_content(row: Record, product: Product) -> bool:
    return all(row[name] == value for name, value in content(product).items())


async def upsert_products(
    uow: UnitOfWork, given: list[Product], *, tenant: str, overwrite: bool, now: Any
) -> dict[str, Record]:
    """By SKU: id and version of what was created (version 1) or changed. SKUs must be distinct."""
    contents = [content(product) for product in given]
    rows = await uow.fetch_all(
        UPSERT_PRODUCTS,
        tenant=tenant,
        now=now,
        overwrite=overwrite,
        id=[new_id("prd") for _ in given],
        sku=[product.sku for product in given],
        **{name: [c[name] for c in contents] for name in _CONTENT},
    )
    return {row["sku"]: row for row in rows}
