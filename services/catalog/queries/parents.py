"""Parents for reading."""

from collections.abc import Collection
from typing import Final

from services.catalog.domain.parents.parent import ParentNotFound, StoredParent
from services.catalog.domain.parents.stored import stored_parent
from shared.db import INSTANT, TEXT, TEXTS, Filters, Listing, Reader, Window, sql

_SELECT: Final = """
    SELECT a.id, a.tenant_id, a.sku, a.title, a.axes, a.product_type, a.product_type_version,
        a.synthetic, a.details, a.version, a.created_at, a.updated_at
    FROM catalog.parents a
"""
_PARENT: Final = sql(
    f"{_SELECT} WHERE a.tenant_id = :tenant AND a.sku = :sku AND a.deleted_at IS NULL",
    stored_parent,
    tenant=TEXT,
    sku=TEXT,
)
_PARENTS_BY_SKU: Final = sql(
    f"{_SELECT} WHERE a.tenant_id = :tenant AND a.sku = ANY(:skus) AND a.deleted_at IS NULL",
    stored_parent,
    tenant=TEXT,
    skus=TEXTS,
)
_PARENTS: Final = Listing(
    _SELECT,
    stored_parent,
    order_by="a.id",
    after="a.id > :after_id",
    tenant="a.tenant_id = :tenant",
    where="a.deleted_at IS NULL",
    filters={
        "product_type": "a.product_type = :product_type",
        "updated_since": "a.updated_at >= :updated_since",
    },
    after_id=TEXT,
    product_type=TEXT,
    updated_since=INSTANT,
)


async def get_parent(reader: Reader, *, sku: str) -> StoredParent:
    """Raises ParentNotFound."""
    stored = await reader.fetch_first(_PARENT, tenant=reader.tenant, sku=sku)
    if stored is None:
        raise ParentNotFound
    return stored


async def parents_by_sku(
    reader: Reader, *, tenant: str, skus: Collection[str]
) -> dict[str, StoredParent]:
    """Those that exist: one statement for any number, none for none."""
    if not skus:
        return {}
    found = await reader.fetch_all(_PARENTS_BY_SKU, tenant=tenant, skus=sorted(skus))
    return {stored.parent.sku: stored for stored in found}


async def list_parents(reader: Reader, window: Window, filters: Filters) -> list[StoredParent]:
    """By id, which is the order of creation. Filters: product_type, updated_since."""
    return await _PARENTS.page(reader, window, filters)
