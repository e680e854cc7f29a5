"""Parents for reading."""

from collections.abc import Collection
from typing import Final

from services.catalog.domain.parents.parent import ParentNotFound, StoredParent
from services.catalog.domain.parents.stored import stored_parent
from shared.db import (
    INSTANT,
    TEXT,
    TEXTS,
    Filter,
    Filters,
    Order,
    Reader,
    SparseListing,
    Stretch,
    Window,
    sql,
)

_SELECT: Final = """
    SELECT p.id, p.tenant_id, p.sku, p.title, p.axes, p.product_type, p.product_type_version,
        p.synthetic, p.details, p.version, p.created_at, p.updated_at
    FROM catalog.parents p
"""
_PARENT: Final = sql(
    f"{_SELECT} WHERE p.tenant_id = :tenant AND p.sku = :sku AND p.deleted_at IS NULL",
    stored_parent,
    tenant=TEXT,
    sku=TEXT,
)
_PARENTS_BY_SKU: Final = sql(
    f"{_SELECT} WHERE p.tenant_id = :tenant AND p.sku = ANY(:skus) AND p.deleted_at IS NULL",
    stored_parent,
    tenant=TEXT,
    skus=TEXTS,
)
_LIVE: Final = "SELECT x.id FROM catalog.parents x WHERE x.deleted_at IS NULL {tenant} AND"
_PARENTS: Final = SparseListing(
    _SELECT,
    stored_parent,
    table="catalog.parents p",
    where="p.deleted_at IS NULL",
    orders={"id": Order("p.id", "p.id > :after_id")},
    filters={
        "product_type": Filter(
            "p.product_type = :product_type", f"{_LIVE} x.product_type = :product_type"
        ),
        "updated_since": Filter(
            "p.updated_at >= :updated_since", f"{_LIVE} x.updated_at >= :updated_since"
        ),
    },
    types={"after_id": TEXT, "product_type": TEXT, "updated_since": INSTANT},
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


async def list_parents(reader: Reader, window: Window, filters: Filters) -> Stretch[StoredParent]:
    """By id, which is the order of creation. Filters: product_type, updated_since."""
    return await _PARENTS.page(reader, window, filters, order="id")


async def count_parents(reader: Reader, filters: Filters, *, at_most: int) -> int:
    return await _PARENTS.count(reader, filters, at_most=at_most)
