"""Overlays for reading, and what a market's view of a product is merged from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.domain.overlays.merging import (
    Merged,
    merge,
    sheet_of_overlay,
    sheet_of_product,
)
from services.catalog.domain.overlays.overlay import (
    MarketStatus,
    OverlayNotFound,
    StoredOverlay,
)
from services.catalog.domain.overlays.stored import stored_overlay
from services.catalog.domain.products.product import StoredProduct
from services.catalog.queries import products
from shared.db import TEXT, Filters, Listing, Reader, Window, sql


@dataclass(frozen=True, slots=True)
class ProductInMarket:
    """`status` None: nothing is set for the market."""

    stored: StoredProduct
    status: MarketStatus | None
    merged: Merged


_SELECT: Final = """
    SELECT o.id, o.tenant_id, o.product_id, p.sku, o.market, o.state, o.patch, o.version,
        o.created_at, o.updated_at
    FROM catalog.market_overlays o JOIN catalog.products p ON p.id = o.product_id
"""
_OVERLAY: Final = sql(
    f"""{_SELECT}
    WHERE o.tenant_id = :tenant AND o.product_id = :product_id AND o.market = :market
    """,
    stored_overlay,
    tenant=TEXT,
    product_id=TEXT,
    market=TEXT,
)
_OVERLAYS: Final = Listing(
    _SELECT,
    stored_overlay,
    order_by="o.market",
    after="o.market > :after_market",
    tenant="o.tenant_id = :tenant",
    where="o.product_id = :product_id",
    filters={"status": "o.state = :status"},
    after_market=TEXT,
    product_id=TEXT,
    status=TEXT,
)


async def get_overlay(reader: Reader, *, sku: str, market: str) -> StoredOverlay:
    """Raises ProductNotFound, OverlayNotFound."""
    product = await products.get_product(reader, sku=sku)
    stored = await _find(reader, product, market)
    if stored is None:
        raise OverlayNotFound(sku=sku)
    return stored


async def list_overlays(
    reader: Reader, window: Window, filters: Filters, *, sku: str
) -> list[StoredOverlay]:
    """By market. Filter: status. Raises ProductNotFound."""
    product = await products.get_product(reader, sku=sku)
    return await _OVERLAYS.page(reader, window, filters, product_id=product.id)


async def get_product_in_market(
    reader: Reader, *, sku: str, market: str | None, languages: Sequence[str]
) -> ProductInMarket:
    """`market` None: the product as it is everywhere. Raises ProductNotFound."""
    product = await products.get_product(reader, sku=sku)
    sheets = [sheet_of_product(product.product)]
    found = None if market is None else await _find(reader, product, market)
    if found is not None:
        sheets.insert(0, sheet_of_overlay(found.overlay))
    status = None if found is None else found.overlay.status
    return ProductInMarket(product, status, merge(sheets, languages))


async def _find(reader: Reader, product: StoredProduct, market: str) -> StoredOverlay | None:
    return await reader.fetch_first(
        _OVERLAY, tenant=product.merchant_id, product_id=product.id, market=market
    )
