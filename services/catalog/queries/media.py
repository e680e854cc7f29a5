"""Media for reading: those of a product with their checks, and what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.catalog.domain.media.check import MediaCheck, url_hash
from services.catalog.domain.media.stored import stored_check
from services.catalog.domain.products.details import Media
from services.catalog.domain.products.stored import media_from_json
from services.catalog.queries import parents, products
from shared.db import BYTE_STRINGS, INSTANT, INTEGER, TEXT, Reader, sql
from shared.kernel.json import JsonObject


@dataclass(frozen=True, slots=True)
class CheckedMedia:
    """`market` None: of the product or parent itself; else of the product's overlay there. `check`
    None: the address has not been noted yet.
    """

    market: str | None
    media: Media
    check: MediaCheck | None


@dataclass(frozen=True, slots=True)
class ProductMedia:
    product_id: str
    sku: str
    media: list[CheckedMedia]


@dataclass(frozen=True, slots=True)
class ParentMedia:
    parent_id: str
    sku: str
    media: list[CheckedMedia]


@dataclass(frozen=True, slots=True)
class _OfOverlay:
    market: str
    media: list[JsonObject]


_COLUMNS: Final = """
    c.id, c.tenant_id, c.url, c.status, c.fault, c.http_status, c.media_type, c.bytes, c.width,
    c.height, c.attempts, c.checked_at, c.next_at, c.version
"""
_OF_OVERLAYS: Final = sql(
    """
    SELECT market, patch -> 'media' AS media FROM catalog.market_overlays
    WHERE tenant_id = :tenant AND product_id = :product_id AND patch ? 'media' ORDER BY market
    """,
    _OfOverlay,
    tenant=TEXT,
    product_id=TEXT,
)
_CHECKS: Final = sql(
    f"""
    SELECT {_COLUMNS} FROM catalog.media_checks c
    WHERE c.tenant_id = :tenant AND c.url_hash = ANY(:url_hashes)
    """,  # noqa: S608 - names are the constants above
    stored_check,
    tenant=TEXT,
    url_hashes=BYTE_STRINGS,
)
# Merchants take turns: one who names thousands of dead addresses holds up nobody else. From one
# merchant to the next by the index, then the first of each.
_DUE: Final = sql(
    f"""
    WITH RECURSIVE waiting AS (
        (SELECT tenant_id FROM catalog.media_checks WHERE next_at IS NOT NULL
        ORDER BY tenant_id LIMIT 1)
        UNION ALL
        SELECT (SELECT c.tenant_id FROM catalog.media_checks c
            WHERE c.next_at IS NOT NULL AND c.tenant_id > w.tenant_id
            ORDER BY c.tenant_id LIMIT 1)
        FROM waiting w WHERE w.tenant_id IS NOT NULL
    )
    SELECT {_COLUMNS} FROM waiting w CROSS JOIN LATERAL (
        SELECT m.*, row_number() OVER (ORDER BY m.next_at, m.id) AS turn FROM (
            SELECT * FROM catalog.media_checks o
            WHERE o.tenant_id = w.tenant_id AND o.next_at <= :now
            ORDER BY o.next_at LIMIT :rows_max
        ) m
    ) c
    ORDER BY c.turn, c.next_at, c.id LIMIT :rows_max
    """,  # noqa: S608 - names are the constants above
    stored_check,
    now=INSTANT,
    rows_max=INTEGER,
)


async def get_media(reader: Reader, *, sku: str) -> ProductMedia:
    """Three statements. Raises ProductNotFound."""
    product = await products.get_product(reader, sku=sku)
    tenant = product.merchant_id
    own = [(None, one) for one in product.product.details.media]
    overlays = await reader.fetch_all(_OF_OVERLAYS, tenant=tenant, product_id=product.id)
    of_markets = [(o.market, media_from_json(one)) for o in overlays for one in o.media]
    return ProductMedia(product.id, sku, await _checked(reader, tenant, [*own, *of_markets]))


async def get_media_of_parent(reader: Reader, *, sku: str) -> ParentMedia:
    """Two statements. Raises ParentNotFound."""
    parent = await parents.get_parent(reader, sku=sku)
    own = [(None, one) for one in parent.parent.details.media]
    return ParentMedia(parent.id, sku, await _checked(reader, parent.merchant_id, own))


async def _checked(
    reader: Reader, tenant: str, media: Sequence[tuple[str | None, Media]]
) -> list[CheckedMedia]:
    hashes = [url_hash(url) for url in {one.url for _, one in media}]
    found = await reader.fetch_all(_CHECKS, tenant=tenant, url_hashes=hashes)
    checks = {check.url: check for check in found}
    return [CheckedMedia(market, one, checks.get(one.url)) for market, one in media]


async def list_due(reader: Reader, *, now: datetime, rows_max: int) -> list[MediaCheck]:
    """Of each merchant those that wait longest: the first of all, then the second of all."""
    return await reader.fetch_all(_DUE, now=now, rows_max=rows_max)


async def measure_due(reader: Reader, *, now: datetime) -> float:
    """How many seconds the oldest check is overdue."""
    oldest = await list_due(reader, now=now, rows_max=1)
    return max(((now - one.next_at).total_seconds() for one in oldest if one.next_at), default=0.0)
