"""Products for reading. One product by SKU is the hottest read of the platform: one statement, one
unique index.
"""

from typing import Final

from services.catalog.domain.products.product import ProductNotFound, StoredProduct
from services.catalog.domain.products.stored import stored_product
from shared.db import BOOLEAN, INSTANT, TEXT, Filters, Listing, Reader, Window, sql

_SELECT: Final = """
    SELECT p.id, p.tenant_id, p.sku, p.title, p.hs_code, p.origin_country, p.net_weight_g,
        p.gross_weight_g, p.length_mm, p.width_mm, p.height_mm, p.price_minor, p.currency,
        p.battery, p.synthetic, p.product_type, p.parent_sku, p.options, p.gtin, p.details,
        p.version, p.created_at, p.updated_at, p.product_type_version
    FROM catalog.products p
"""
_PRODUCT: Final = sql(
    f"{_SELECT} WHERE p.tenant_id = :tenant AND p.sku = :sku AND p.deleted_at IS NULL",
    stored_product,
    tenant=TEXT,
    sku=TEXT,
)
# Folded where the titles are: Python's small letters are not those of PostgreSQL and its locale.
_Q: Final = """
    starts_with(lower(p.sku), lower(:q)) OR strpos(lower(p.title ->> 'en'), lower(:q)) > 0
    OR strpos(lower(p.title ->> 'zh-CN'), lower(:q)) > 0
"""
_PRODUCTS: Final = Listing(
    _SELECT,
    stored_product,
    order_by="p.id",
    after="p.id > :after_id",
    tenant="p.tenant_id = :tenant",
    where="p.deleted_at IS NULL",
    filters={
        "hs_code": "starts_with(p.hs_code, :hs_code)",
        "q": _Q,
        "battery": "p.battery = :battery",
        "updated_since": "p.updated_at >= :updated_since",
    },
    after_id=TEXT,
    hs_code=TEXT,
    q=TEXT,
    battery=BOOLEAN,
    updated_since=INSTANT,
)
# Its own listing: a parent has few variants, so a sort by id is cheaper than an index for it.
_VARIANTS: Final = Listing(
    _SELECT,
    stored_product,
    order_by="p.id",
    after="p.id > :after_id",
    tenant="p.tenant_id = :tenant",
    where="p.deleted_at IS NULL AND p.parent_sku = :parent_sku",
    after_id=TEXT,
    parent_sku=TEXT,
)


async def get_product(reader: Reader, *, sku: str) -> StoredProduct:
    """Raises ProductNotFound."""
    stored = await reader.fetch_first(_PRODUCT, tenant=reader.tenant, sku=sku)
    if stored is None:
        raise ProductNotFound
    return stored


async def list_products(reader: Reader, window: Window, filters: Filters) -> list[StoredProduct]:
    """By id, which is the order of creation.

    Filters: hs_code (its first digits), q (start of the SKU or part of a title), battery,
    updated_since.
    """
    return await _PRODUCTS.page(reader, window, filters)


async def list_variants(reader: Reader, window: Window, *, parent_sku: str) -> list[StoredProduct]:
    """The products that name this parent, by id."""
    return await _VARIANTS.page(reader, window, parent_sku=parent_sku)
