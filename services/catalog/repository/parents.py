"""Write side of parents, and what a check of variants needs of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.catalog.domain.parents.parent import Parent, StoredParent
from services.catalog.domain.parents.stored import stored_parent
from services.catalog.domain.products.stored import details_to_json
from services.catalog.domain.products.variants import KnownParent, OptionsKey, Variant
from shared.db import BOOLEAN, INSTANT, INTEGER, JSON, JSONS, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.json import JsonObject


def _known_parent(
    sku: str, axes: list[str], product_type: str | None, attributes: JsonObject | None
) -> KnownParent:
    return KnownParent(sku, tuple(axes), product_type, attributes or {})


@dataclass(frozen=True, slots=True)
class Holder:
    """A variant with the options that it has."""

    parent_sku: str
    options: dict[str, str]
    sku: str


_LOCK_PARENT: Final = sql(
    """
    SELECT id, tenant_id, sku, title, axes, product_type, product_type_version, synthetic, details,
        version, created_at, updated_at
    FROM catalog.parents
    WHERE tenant_id = :tenant AND sku = :sku AND deleted_at IS NULL FOR UPDATE
    """,
    stored_parent,
    tenant=TEXT,
    sku=TEXT,
)
_LOCK_PARENTS: Final = sql(
    """
    SELECT id, tenant_id, sku, title, axes, product_type, product_type_version, synthetic, details,
        version, created_at, updated_at
    FROM catalog.parents
    WHERE tenant_id = :tenant AND sku = ANY(:skus) AND deleted_at IS NULL
    ORDER BY sku FOR UPDATE
    """,
    stored_parent,
    tenant=TEXT,
    skus=TEXTS,
)
# Whoever writes variants of a parent waits for whoever does the same or changes the parent: then
# its axes stay, and nobody else gives the options away that are asked for next. Sorted, so that two
# batches cannot wait for each other.
_LOCK_FOR_VARIANTS: Final = sql(
    """
    SELECT sku, axes, product_type, details -> 'attributes' AS attributes FROM catalog.parents
    WHERE tenant_id = :tenant AND sku = ANY(:skus) AND deleted_at IS NULL
    ORDER BY sku FOR NO KEY UPDATE
    """,
    _known_parent,
    tenant=TEXT,
    skus=TEXTS,
)
_KNOWN_PARENT: Final = sql(
    """
    SELECT sku, axes, product_type, details -> 'attributes' AS attributes FROM catalog.parents
    WHERE tenant_id = :tenant AND sku = :sku AND deleted_at IS NULL
    """,
    _known_parent,
    tenant=TEXT,
    sku=TEXT,
)
# Materialised, so that what is compared with the index is plain text: a cast inside the comparison
# would keep PostgreSQL from the index under row-level security. With a limit, so that it looks one
# up at a time also where it knows nothing of the table's size.
_HOLDERS: Final = sql(
    """
    WITH wanted AS MATERIALIZED (
        SELECT parent_sku, options::text AS options_key
        FROM unnest(:parent_skus, :options) AS w(parent_sku, options)
    )
    SELECT p.parent_sku, p.options, p.sku FROM wanted CROSS JOIN LATERAL (
        SELECT p.parent_sku, p.options, p.sku FROM catalog.products p
        WHERE p.tenant_id = :tenant AND p.parent_sku = wanted.parent_sku
            AND p.options_key = wanted.options_key AND p.deleted_at IS NULL
        LIMIT 1
    ) p
    """,
    Holder,
    parent_skus=TEXTS,
    options=JSONS,
    tenant=TEXT,
)
_COUNT_VARIANTS: Final = sql(
    "SELECT count(*) FROM catalog.products"
    " WHERE tenant_id = :tenant AND parent_sku = :sku AND deleted_at IS NULL",
    int,
    tenant=TEXT,
    sku=TEXT,
)
# Writes nothing for a merchant that does not exist, or for a SKU that somebody has just taken.
_INSERT_PARENT: Final = sql(
    """
    INSERT INTO catalog.parents (id, tenant_id, sku, title, axes, product_type,
        product_type_version, synthetic, details, version, created_at, updated_at)
    SELECT :id, m.id, :sku, :title, :axes, :product_type, :product_type_version, :synthetic,
        :details, 1, :now, :now
    FROM catalog.merchants m WHERE m.id = :tenant
    ON CONFLICT DO NOTHING
    """,
    id=TEXT,
    sku=TEXT,
    title=JSON,
    axes=TEXTS,
    product_type=TEXT,
    product_type_version=INTEGER,
    synthetic=BOOLEAN,
    details=JSON,
    now=INSTANT,
    tenant=TEXT,
)
_UPDATE_PARENT: Final = sql(
    """
    UPDATE catalog.parents
    SET title = :title, axes = :axes, product_type = :product_type,
        product_type_version = :product_type_version, synthetic = :synthetic, details = :details,
        version = :version, updated_at = :now
    WHERE id = :id AND tenant_id = :tenant
    """,
    id=TEXT,
    tenant=TEXT,
    title=JSON,
    axes=TEXTS,
    product_type=TEXT,
    product_type_version=INTEGER,
    synthetic=BOOLEAN,
    details=JSON,
    version=INTEGER,
    now=INSTANT,
)
_DELETE_PARENT: Final = sql(
    """
    UPDATE catalog.parents SET deleted_at = :now, updated_at = :now, version = version + 1
    WHERE id = :id AND tenant_id = :tenant
    """,
    id=TEXT,
    tenant=TEXT,
    now=INSTANT,
)


async def lock_parent(uow: UnitOfWork, *, tenant: str, sku: str) -> StoredParent | None:
    return await uow.fetch_first(_LOCK_PARENT, tenant=tenant, sku=sku)


async def lock_parents(
    uow: UnitOfWork, *, tenant: str, skus: Iterable[str]
) -> dict[str, StoredParent]:
    """Those that exist, by SKU. Before any lock on products."""
    found = await uow.fetch_all(_LOCK_PARENTS, tenant=tenant, skus=sorted(skus))
    return {stored.parent.sku: stored for stored in found}


async def get_known_parent(uow: UnitOfWork, *, tenant: str, sku: str) -> KnownParent | None:
    """As it is now; it may change at any time."""
    return await uow.fetch_first(_KNOWN_PARENT, tenant=tenant, sku=sku)


async def lock_for_variants(
    uow: UnitOfWork, *, tenant: str, skus: Iterable[str]
) -> dict[str, KnownParent]:
    """Those that exist. Until the transaction ends nobody else writes variants of them, changes or
    deletes them. Before any lock on products.
    """
    found = await uow.fetch_all(_LOCK_FOR_VARIANTS, tenant=tenant, skus=sorted(skus))
    return {parent.sku: parent for parent in found}


async def taken_options(
    uow: UnitOfWork, *, tenant: str, variants: Sequence[Variant]
) -> dict[OptionsKey, str]:
    """Whose SKU has the options of these variants now, as far as anybody has. Parents are locked:
    each statement sees the data as of its start, so this is not part of the lock.
    """
    found = await uow.fetch_all(
        _HOLDERS,
        tenant=tenant,
        parent_skus=[variant.parent_sku for variant in variants],
        options=[variant.options for variant in variants],
    )
    return {Variant(one.parent_sku, one.options).key: one.sku for one in found}


async def count_variants(uow: UnitOfWork, *, tenant: str, sku: str) -> int:
    """Live ones. The parent is locked."""
    return await uow.fetch_value(_COUNT_VARIANTS, tenant=tenant, sku=sku) or 0


async def insert_parent(uow: UnitOfWork, stored: StoredParent) -> bool:
    """False if the SKU is taken, or there is no such merchant."""
    touched = await uow.execute(
        _INSERT_PARENT,
        id=stored.id,
        tenant=stored.merchant_id,
        sku=stored.parent.sku,
        product_type_version=stored.type_version,
        now=stored.updated_at,
        **_content(stored.parent),
    )
    return touched == 1


async def update_parent(uow: UnitOfWork, stored: StoredParent) -> None:
    await uow.execute(
        _UPDATE_PARENT,
        id=stored.id,
        tenant=stored.merchant_id,
        product_type_version=stored.type_version,
        version=stored.version,
        now=stored.updated_at,
        **_content(stored.parent),
    )


async def delete_parent(uow: UnitOfWork, stored: StoredParent, *, now: datetime) -> None:
    await uow.execute(_DELETE_PARENT, id=stored.id, tenant=stored.merchant_id, now=now)


def _content(parent: Parent) -> dict[str, object]:
    """The columns that a merchant may change."""
    return {
        "title": parent.title,
        "axes": list(parent.axes),
        "product_type": parent.product_type,
        "synthetic": parent.synthetic,
        "details": details_to_json(parent.details),
    }
