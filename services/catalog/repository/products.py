"""Write side of products. Creating a product creates its stock counters with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.catalog.domain.products.product import Product, StoredProduct
from services.catalog.domain.products.search_words import EDITION, SearchWords
from services.catalog.domain.products.stored import details_to_json, stored_product
from shared.db import (
    BIGINT,
    BOOLEAN,
    INSTANT,
    INTEGER,
    INTEGERS,
    JSON,
    SMALLINT,
    TEXT,
    TEXTS,
    Reader,
    SqlType,
    UnitOfWork,
    array_of,
    sql,
)
from shared.kernel.ids import new_id

# What a merchant may change, in the order of every list below.
_CONTENT: Final[dict[str, SqlType]] = {
    "title": JSON,
    "hs_code": TEXT,
    "origin_country": TEXT,
    "net_weight_g": INTEGER,
    "gross_weight_g": INTEGER,
    "length_mm": INTEGER,
    "width_mm": INTEGER,
    "height_mm": INTEGER,
    "price_minor": BIGINT,
    "currency": TEXT,
    "battery": BOOLEAN,
    "synthetic": BOOLEAN,
    "product_type": TEXT,
    "parent_sku": TEXT,
    "options": JSON,
    "gtin": TEXT,
    "details": JSON,
}
_NAMES: Final = ", ".join(_CONTENT)


@dataclass(frozen=True, slots=True)
class Upserted:
    """`version` 1: it is new."""

    id: str
    sku: str
    version: int
    created_at: datetime


_LOCK_PRODUCT: Final = sql(
    f"""
    SELECT id, tenant_id, sku, {_NAMES}, version, created_at, updated_at,
        product_type_version
    FROM catalog.products
    WHERE tenant_id = :tenant AND sku = :sku AND deleted_at IS NULL FOR UPDATE
    """,  # noqa: S608 - names are the constants above
    stored_product,
    tenant=TEXT,
    sku=TEXT,
)
_UPDATE: Final = f"""
    UPDATE catalog.products
    SET {", ".join(f"{name} = :{name}" for name in _CONTENT)}, version = :version,
        updated_at = :now, product_type_version = :product_type_version
    WHERE id = :product_id AND tenant_id = :tenant
"""  # noqa: S608 - names are the constants above
_UPDATE_TYPES: Final[dict[str, SqlType]] = {
    "product_id": TEXT,
    "tenant": TEXT,
    "version": INTEGER,
    "now": INSTANT,
    "product_type_version": INTEGER,
    **_CONTENT,
}
_UPDATE_PRODUCT: Final = sql(_UPDATE, **_UPDATE_TYPES)
# How the words of products are written: after a SELECT or VALUES of these columns.
_INTO_SEARCH: Final = """
    INSERT INTO catalog.product_search AS s (product_id, tenant_id, words, folded, edition)
"""
_NEW_WORDS: Final = """
    ON CONFLICT (product_id) DO UPDATE
    SET words = excluded.words, folded = excluded.folded, edition = excluded.edition
    WHERE (s.words, s.folded, s.edition)
        IS DISTINCT FROM (excluded.words, excluded.folded, excluded.edition)
"""
_UPDATE_PRODUCT_AND_WORDS: Final = sql(
    f"""
    WITH searchable AS (
        {_INTO_SEARCH}
        SELECT :product_id, :tenant, array_to_tsvector(string_to_array(:words, ' ')), :folded,
            :edition
        {_NEW_WORDS}
    )
    {_UPDATE}
    """,
    words=TEXT,
    folded=TEXT,
    edition=SMALLINT,
    **_UPDATE_TYPES,
)
# One statement for one product or five hundred. Rows that are equal are not written; the join with
# merchants writes nothing for a tenant that does not exist. Sorted, so that two batches cannot wait
# for each other.
_UPSERT_PRODUCTS: Final = sql(
    f"""
    WITH given AS (
        SELECT * FROM unnest(
            :id, :sku, :title, :hs_code, :origin_country, :net_weight_g, :gross_weight_g,
            :length_mm, :width_mm, :height_mm, :price_minor, :currency, :battery, :synthetic,
            :product_type, :parent_sku, :options, :gtin, :details, :product_type_version,
            :words, :folded
        ) AS g(id, sku, {_NAMES}, product_type_version, words, folded)
    ), written AS (
        INSERT INTO catalog.products AS p
            (id, tenant_id, sku, {_NAMES}, version, created_at, updated_at, product_type_version)
        SELECT g.id, m.id, g.sku, {", ".join(f"g.{name}" for name in _CONTENT)}, 1, :now, :now,
            g.product_type_version
        FROM given g JOIN catalog.merchants m ON m.id = :tenant
        ORDER BY g.sku COLLATE "C"
        ON CONFLICT (tenant_id, sku) WHERE deleted_at IS NULL DO UPDATE
        SET {", ".join(f"{name} = excluded.{name}" for name in _CONTENT)},
            version = p.version + 1, updated_at = greatest(p.updated_at, :now),
            product_type_version = excluded.product_type_version
        WHERE :overwrite AND ({", ".join(f"p.{name}" for name in _CONTENT)})
            IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _CONTENT)})
        RETURNING p.id, p.sku, p.version, p.created_at
    ), counters AS (
        INSERT INTO catalog.stock (product_id, tenant_id, on_hand, reserved, version, updated_at)
        SELECT id, :tenant, 0, 0, 0, :now FROM written WHERE version = 1
    ), searchable AS (
        {_INTO_SEARCH}
        SELECT w.id, :tenant, array_to_tsvector(string_to_array(g.words, ' ')), g.folded, :edition
        FROM written w JOIN given g ON g.sku = w.sku
        {_NEW_WORDS}
    )
    SELECT id, sku, version, created_at FROM written
    """,  # noqa: S608 - names are the constants above
    Upserted,
    tenant=TEXT,
    now=INSTANT,
    overwrite=BOOLEAN,
    id=TEXTS,
    sku=TEXTS,
    product_type_version=INTEGERS,
    words=TEXTS,
    folded=TEXTS,
    edition=SMALLINT,
    **{name: array_of(kind) for name, kind in _CONTENT.items()},
)


def _id_by_sku(sku: str, id: str) -> tuple[str, str]:  # noqa: A002 - the column
    return sku, id


# Sorted, as everywhere, so that two of these cannot wait for each other.
_LOCK_PRODUCTS: Final = sql(
    """
    SELECT sku, id FROM catalog.products
    WHERE tenant_id = :tenant AND sku = ANY(:skus) AND deleted_at IS NULL
    ORDER BY sku COLLATE "C" FOR NO KEY UPDATE
    """,
    _id_by_sku,
    tenant=TEXT,
    skus=TEXTS,
)
_PRODUCTS_BY_SKU: Final = sql(
    f"""
    SELECT id, tenant_id, sku, {_NAMES}, version, created_at, updated_at,
        product_type_version
    FROM catalog.products
    WHERE tenant_id = :tenant AND sku = ANY(:skus) AND deleted_at IS NULL
    """,  # noqa: S608 - names are the constants above
    stored_product,
    tenant=TEXT,
    skus=TEXTS,
)
# What another holds is left for the next time. Words of a later edition are a newer release's.
_LOCK_WITHOUT_WORDS: Final = sql(
    f"""
    SELECT p.id, p.tenant_id, p.sku, {", ".join(f"p.{name}" for name in _CONTENT)}, p.version,
        p.created_at, p.updated_at, p.product_type_version
    FROM catalog.products p
    WHERE p.id > :after_id AND p.deleted_at IS NULL AND NOT EXISTS (
        SELECT FROM catalog.product_search s WHERE s.product_id = p.id AND s.edition >= :edition
    )
    ORDER BY p.id LIMIT :rows_max FOR NO KEY UPDATE OF p SKIP LOCKED
    """,  # noqa: S608 - names are the constants above
    stored_product,
    after_id=TEXT,
    edition=SMALLINT,
    rows_max=INTEGER,
)
_WRITE_WORDS: Final = sql(
    f"""
    {_INTO_SEARCH}
    SELECT g.product_id, g.tenant_id, array_to_tsvector(string_to_array(g.words, ' ')), g.folded,
        :edition
    FROM unnest(:product_id, :tenant, :words, :folded) AS g(product_id, tenant_id, words, folded)
    {_NEW_WORDS}
    """,  # noqa: S608 - constants
    product_id=TEXTS,
    tenant=TEXTS,
    words=TEXTS,
    folded=TEXTS,
    edition=SMALLINT,
)
# Two statements, because each sees the data as of its start: first wait for whoever holds the
# counters, then count who waits for the product.
_LOCK_RESERVED: Final = sql(
    "SELECT reserved FROM catalog.stock"
    " WHERE product_id = :product_id AND tenant_id = :tenant FOR UPDATE",
    int,
    product_id=TEXT,
    tenant=TEXT,
)
_WAITING: Final = sql(
    "SELECT coalesce(sum(quantity), 0)::bigint FROM catalog.back_order_lines"
    " WHERE product_id = :product_id AND tenant_id = :tenant",
    int,
    product_id=TEXT,
    tenant=TEXT,
)
# The counters are deleted. The ledger stays and is balanced to zero. Orders that wait for the lock
# on the counters find them gone, and with them the SKU.
_DELETE_PRODUCT: Final = sql(
    """
    WITH counters AS (
        DELETE FROM catalog.stock WHERE product_id = :product_id AND tenant_id = :tenant
        RETURNING on_hand
    ), closing AS (
        INSERT INTO catalog.stock_ledger
            (tenant_id, product_id, reason, on_hand_delta, reserved_delta, at)
        SELECT :tenant, :product_id, 'product_deleted', -on_hand, 0, :now
        FROM counters WHERE on_hand <> 0
    ), searchable AS (
        DELETE FROM catalog.product_search WHERE product_id = :product_id
    )
    UPDATE catalog.products SET deleted_at = :now, updated_at = :now, version = version + 1
    WHERE id = :product_id AND tenant_id = :tenant
    """,
    product_id=TEXT,
    tenant=TEXT,
    now=INSTANT,
)


async def lock_product(uow: UnitOfWork, *, tenant: str, sku: str) -> StoredProduct | None:
    return await uow.fetch_first(_LOCK_PRODUCT, tenant=tenant, sku=sku)


async def lock_products(uow: UnitOfWork, *, tenant: str, skus: Iterable[str]) -> dict[str, str]:
    """Ids by SKU, of those that exist."""
    return dict(await uow.fetch_all(_LOCK_PRODUCTS, tenant=tenant, skus=sorted(skus)))


async def list_by_sku(
    reader: Reader, *, tenant: str, skus: Sequence[str]
) -> dict[str, StoredProduct]:
    found = await reader.fetch_all(_PRODUCTS_BY_SKU, tenant=tenant, skus=list(skus))
    return {stored.product.sku: stored for stored in found}


async def update_product(
    uow: UnitOfWork, stored: StoredProduct, *, words: SearchWords | None
) -> None:
    """`words` None: they are what they were."""
    values: dict[str, object] = {
        "product_id": stored.id,
        "tenant": stored.merchant_id,
        "version": stored.version,
        "now": stored.updated_at,
        "product_type_version": stored.type_version,
        **_content(stored.product),
    }
    if words is None:
        await uow.execute(_UPDATE_PRODUCT, **values)
    else:
        await uow.execute(
            _UPDATE_PRODUCT_AND_WORDS,
            words=words.words,
            folded=words.folded,
            edition=EDITION,
            **values,
        )


async def upsert_products(
    uow: UnitOfWork,
    products: Sequence[Product],
    words: Sequence[SearchWords],
    *,
    tenant: str,
    overwrite: bool,
    type_versions: Sequence[int | None],
    now: datetime,
) -> dict[str, Upserted]:
    """What was created or changed, by SKU. Missing are products that were equal, and all if there
    is no such merchant. SKUs must be distinct. `words` are those of each product, `type_versions`
    what each was checked against.
    """
    contents = [_content(product) for product in products]
    written = await uow.fetch_all(
        _UPSERT_PRODUCTS,
        tenant=tenant,
        now=now,
        overwrite=overwrite,
        id=[new_id("prd") for _ in products],
        sku=[product.sku for product in products],
        product_type_version=type_versions,
        words=[one.words for one in words],
        folded=[one.folded for one in words],
        edition=EDITION,
        **{name: [content[name] for content in contents] for name in _CONTENT},
    )
    return {one.sku: one for one in written}


async def lock_without_words(
    uow: UnitOfWork, *, after_id: str, rows_max: int
) -> list[StoredProduct]:
    """Products whose words are missing or of an earlier edition, by id."""
    return await uow.fetch_all(
        _LOCK_WITHOUT_WORDS, after_id=after_id, edition=EDITION, rows_max=rows_max
    )


async def write_words(
    uow: UnitOfWork, products: Sequence[StoredProduct], words: Sequence[SearchWords]
) -> None:
    await uow.execute(
        _WRITE_WORDS,
        product_id=[stored.id for stored in products],
        tenant=[stored.merchant_id for stored in products],
        words=[one.words for one in words],
        folded=[one.folded for one in words],
        edition=EDITION,
    )


async def lock_reserved(uow: UnitOfWork, *, tenant: str, product_id: str) -> int:
    """The quantity reserved. Until the transaction ends nobody reserves more."""
    reserved = await uow.fetch_value(_LOCK_RESERVED, product_id=product_id, tenant=tenant)
    return reserved or 0


async def count_waiting(uow: UnitOfWork, *, tenant: str, product_id: str) -> int:
    """The quantity that back orders wait for."""
    return await uow.fetch_value(_WAITING, product_id=product_id, tenant=tenant) or 0


async def delete_product(uow: UnitOfWork, *, tenant: str, product_id: str, now: datetime) -> None:
    await uow.execute(_DELETE_PRODUCT, product_id=product_id, tenant=tenant, now=now)


def _content(product: Product) -> dict[str, object]:
    """The columns that a merchant may change."""
    length, width, height = product.size_mm
    variant = product.variant
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
        "product_type": product.product_type,
        "parent_sku": None if variant is None else variant.parent_sku,
        "options": {} if variant is None else variant.options,
        "gtin": product.gtin,
        "details": details_to_json(product.details),
    }
