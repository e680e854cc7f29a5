"""Thousands of products in two statements: staged by COPY, merged with their counters and events.

A product is written only while it still has the version on which the decision about it is based.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Final

from pydantic_core import to_json

from services.catalog.domain.imports.deciding import Decision
from services.catalog.domain.products.stored import details_to_json
from shared.contracts.catalog.products import ProductUpdated
from shared.db import BIGINTS, INSTANT, TEXT, TEXTS, Reader, UnitOfWork, sql
from shared.kernel.ids import new_ids
from shared.telemetry import trace


@dataclass(frozen=True, slots=True)
class KeyedRows:
    """Rows by the SKU in them, as the file has it, and their digests."""

    numbers: Sequence[int]
    skus: Sequence[str]
    digests: Sequence[int]


@dataclass(frozen=True, slots=True)
class KnownRows:
    """Numbers of rows whose product is there. `same`: as it is now it came from that row."""

    same: frozenset[int] = frozenset()
    others: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Places:
    """In the lists that were given, from 1; None: nowhere."""

    same: list[int] | None
    others: list[int] | None


_STAGING: Final = "catalog.import_rows"
# Texts in staging that are jsonb in the table.
_DOCUMENTS: Final = frozenset(("title", "options", "details"))
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
    "product_type",
    "parent_sku",
    "options",
    "gtin",
    "details",
    "product_type_version",
)
_STAGED: Final = ("import_id", "product_id", "event_id", "base_version", "digest", "sku", *_CONTENT)
_NAMES: Final = ", ".join(_CONTENT)
_VALUES: Final = ", ".join(f"g.{n}::jsonb" if n in _DOCUMENTS else f"g.{n}" for n in _CONTENT)
_SETS: Final = ", ".join(
    f"{n} = g.{n}::jsonb" if n in _DOCUMENTS else f"{n} = g.{n}" for n in _CONTENT
)
# The payload of ProductUpdated, member for member, from the row as it was written. Pieces of text
# take a third of the time that json_build_object takes. What stands between quotation marks here
# has passed a pattern without any; `details` has the names of the contract's last eight members.
_NO_DETAILS: Final = """{"brand": null, "material": null, "attributes": {}, "description": {},
 "highlights": {}, "warnings": {}, "media": [], "classifications": []}"""


def _quoted(column: str) -> str:
    return f"""coalesce('"' || w.{column} || '"', 'null')"""


_PAYLOAD: Final = f"""concat(
    '{{"product_id":"', w.id, '","merchant_id":"', w.tenant_id, '","sku":"', w.sku,
    '","title":', w.title, ',"hs_code":"', w.hs_code,
    '","origin_country":"', w.origin_country,
    '","net_weight_g":', w.net_weight_g, ',"gross_weight_g":', w.gross_weight_g,
    ',"size_mm":[', w.length_mm, ',', w.width_mm, ',', w.height_mm,
    '],"price_minor":', w.price_minor, ',"currency":"', w.currency,
    '","battery":', w.battery::text, ',"synthetic":', w.synthetic::text,
    ',"version":', w.version,
    ',"product_type":', {_quoted("product_type")},
    ',"product_type_version":', coalesce(w.product_type_version::text, 'null'),
    ',"parent_sku":', {_quoted("parent_sku")}, ',"options":', w.options,
    ',"gtin":', {_quoted("gtin")}, ',',
    ltrim(CASE WHEN w.details = '{{}}' THEN '{_NO_DETAILS}'
        ELSE ('{_NO_DETAILS}'::jsonb || w.details)::text END, '{{')
)"""
_EVENTS: Final = f"""
    INSERT INTO catalog.outbox (event_id, topic, aggregate_id, type, tenant_id,
        aggregate_version, occurred_at, traceparent, payload, lane)
    SELECT w.event_id, :topic, w.id, :type, w.tenant_id, w.version, :now, :traceparent, {_PAYLOAD},
        catalog.stream_of(w.id)
    FROM written w
"""  # noqa: S608 - constants
_WRITTEN: Final = f"p.id, p.tenant_id, p.sku, p.version, {', '.join(f'p.{n}' for n in _CONTENT)}"
# What is staged needs no join with what was written: PostgreSQL knows nothing of the sizes of both,
# and would compare each row with each. So the first event of a product has the digits of its id.
# Sorted by SKU, so that two writers cannot wait for each other.
_INSERT: Final = sql(
    f"""
    WITH written AS (
        INSERT INTO catalog.products AS p (id, tenant_id, sku, {_NAMES}, version, created_at,
            updated_at, row_digest, row_version)
        SELECT g.product_id, m.id, g.sku, {_VALUES}, 1, :now, :now, g.digest, 1
        FROM catalog.import_rows g JOIN catalog.merchants m ON m.id = :tenant
        WHERE g.import_id = :import_id AND g.base_version = 0
        ORDER BY g.sku
        ON CONFLICT (tenant_id, sku) WHERE deleted_at IS NULL DO NOTHING
        RETURNING {_WRITTEN}, 'evt_' || right(p.id, 32) AS event_id
    ), counters AS (
        INSERT INTO catalog.stock (product_id, tenant_id, on_hand, reserved, version, updated_at)
        SELECT id, :tenant, 0, 0, 0, :now FROM written
    ), events AS ({_EVENTS})
    SELECT array_agg(sku) FROM written
    """,  # noqa: S608 - constants
    list[str],
    import_id=TEXT,
    tenant=TEXT,
    now=INSTANT,
    topic=TEXT,
    type=TEXT,
    traceparent=TEXT,
)
# One product after the other by its key: a join might read them all for each that is staged.
_UPDATE: Final = sql(
    f"""
    WITH given AS MATERIALIZED (
        SELECT g.* FROM (
            SELECT * FROM catalog.import_rows
            WHERE import_id = :import_id AND base_version > 0 ORDER BY sku
        ) g CROSS JOIN LATERAL (
            SELECT FROM catalog.products p
            WHERE p.id = g.product_id AND p.tenant_id = :tenant AND p.version = g.base_version
                AND p.deleted_at IS NULL
            FOR UPDATE
        ) locked
    ), written AS (
        UPDATE catalog.products p SET {_SETS}, version = p.version + 1,
            updated_at = greatest(p.updated_at, :now), row_digest = g.digest,
            row_version = p.version + 1
        FROM given g WHERE p.id = g.product_id
        RETURNING {_WRITTEN}, g.event_id
    ), events AS ({_EVENTS})
    SELECT array_agg(sku) FROM written
    """,  # noqa: S608 - constants
    list[str],
    import_id=TEXT,
    tenant=TEXT,
    now=INSTANT,
    topic=TEXT,
    type=TEXT,
    traceparent=TEXT,
)
_CLEAR: Final = sql("DELETE FROM catalog.import_rows WHERE import_id = :import_id", import_id=TEXT)
# The digest counts only for the version that came from that row.
# For the statement that follows in the same transaction. Asked for the SKUs as they are, PostgreSQL
# reads all products of the merchant for each chunk, as long as it knows nothing of a table that has
# just been filled. So it is asked for the first product from each SKU on, and may not sort.
_WALK_BY_SKU: Final = sql(
    "SELECT set_config('enable_seqscan', 'off', true) || set_config('enable_sort', 'off', true)",
    str,
)
_KNOWN_ROWS: Final = sql(
    """
    SELECT array_agg(g.n::integer) FILTER (WHERE g.is_same) AS same,
        array_agg(g.n::integer) FILTER (WHERE g.is_same IS NOT TRUE) AS others
    FROM (
        SELECT g.n, p.row_digest = g.digest AND p.row_version = p.version AS is_same
        FROM unnest(:skus, :digests) WITH ORDINALITY AS g(sku, digest, n)
        CROSS JOIN LATERAL (
            SELECT sku, row_digest, row_version, version FROM catalog.products
            WHERE tenant_id = :tenant AND sku >= g.sku AND deleted_at IS NULL
            ORDER BY sku LIMIT 1
        ) p
        WHERE p.sku = g.sku
    ) g
    """,
    _Places,
    tenant=TEXT,
    skus=TEXTS,
    digests=BIGINTS,
)
# The worker makes those of the oldest edition again, and the old ones find the product until then.
_OUTDATE_WORDS: Final = sql(
    "UPDATE catalog.product_search SET edition = 0 WHERE product_id = ANY(:ids)", ids=TEXTS
)


async def find_known_rows(reader: Reader, rows: KeyedRows, *, tenant: str) -> KnownRows:
    """Those whose product is there."""
    await reader.fetch_value(_WALK_BY_SKU)
    found = await reader.fetch_first(
        _KNOWN_ROWS, tenant=tenant, skus=rows.skus, digests=rows.digests
    )
    if found is None:
        return KnownRows()
    numbers = rows.numbers
    return KnownRows(
        frozenset(numbers[place - 1] for place in found.same or ()),
        frozenset(numbers[place - 1] for place in found.others or ()),
    )


async def merge_products(
    uow: UnitOfWork, decisions: Sequence[Decision], *, tenant: str, import_id: str, now: datetime
) -> dict[str, str]:
    """Ids of the products that were written, by SKU. Missing are those that somebody else changed,
    created or deleted since they were read, and all if there is no such merchant.
    """
    rows = await asyncio.to_thread(_all_staged, decisions, import_id)
    await uow.copy_rows(_STAGING, _STAGED, rows)
    bases = {row[_BASE_AT] == 0 for row in rows}
    written: set[str] = set()
    for statement, is_new in ((_INSERT, True), (_UPDATE, False)):
        if is_new in bases:
            found = await uow.fetch_value(
                statement,
                import_id=import_id,
                tenant=tenant,
                now=now,
                topic=ProductUpdated.topic,
                type=ProductUpdated.event_type,
                traceparent=trace.traceparent(),
            )
            written.update(found or ())
    await uow.execute(_CLEAR, import_id=import_id)
    uow.outbox.was_written_to = True
    ids = {str(row[_SKU_AT]): str(row[_ID_AT]) for row in rows}
    return {sku: ids[sku] for sku in written}


async def outdate_words(uow: UnitOfWork, *, ids: Sequence[str]) -> None:
    """For products whose words are to be made later."""
    await uow.execute(_OUTDATE_WORDS, ids=list(ids))


_ID_AT: Final = _STAGED.index("product_id")
_BASE_AT: Final = _STAGED.index("base_version")
_SKU_AT: Final = _STAGED.index("sku")


def _all_staged(decisions: Sequence[Decision], import_id: str) -> list[tuple[object, ...]]:
    """Sorted by SKU."""
    product_ids = new_ids("prd", len(decisions))
    return sorted(map(partial(_staged, import_id), decisions, product_ids), key=itemgetter(_SKU_AT))


def _staged(import_id: str, decision: Decision, new_id: str) -> tuple[object, ...]:
    """In the order of _STAGED. The event of a product has the digits of its id if it is new."""
    product, present = decision.product, decision.present
    assert product is not None
    length, width, height = product.size_mm
    variant = product.variant
    details = details_to_json(product.details)
    return (
        import_id,
        new_id if present is None else present.id,
        f"evt_{new_id[4:]}",
        0 if present is None else present.version,
        decision.digest,
        product.sku,
        to_json(product.title).decode(),
        product.hs_code,
        product.origin_country,
        product.net_weight_g,
        product.gross_weight_g,
        length,
        width,
        height,
        product.price.amount_minor,
        product.price.currency,
        product.battery,
        product.synthetic,
        product.product_type,
        None if variant is None else variant.parent_sku,
        "{}" if variant is None else to_json(variant.options).decode(),
        product.gtin,
        "{}" if not details else to_json(details).decode(),
        decision.type_version,
    )
