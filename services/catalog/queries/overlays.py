"""Overlays for reading, and what a market's view of a product is merged from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.domain.overlays.merging import (
    Merged,
    merge,
    sheet_of_overlay,
    sheet_of_parent,
    sheet_of_product,
)
from services.catalog.domain.overlays.overlay import (
    MarketStatus,
    OverlayNotFound,
    StoredOverlay,
)
from services.catalog.domain.overlays.stored import overlay_from_json, stored_overlay
from services.catalog.domain.prices.schedule import MarketPrice
from services.catalog.domain.prices.stored import prices_from_json
from services.catalog.domain.products.product import StoredProduct
from services.catalog.queries import products
from services.catalog.queries.parents import parents_by_sku
from shared.db import TEXT, Filters, Listing, Reader, Window, sql
from shared.kernel.json import JsonObject


@dataclass(frozen=True, slots=True)
class ProductInMarket:
    """`status` None: no overlay is set for the market. `prices`: those that are set for it."""

    stored: StoredProduct
    status: MarketStatus | None
    merged: Merged
    prices: tuple[MarketPrice, ...]


@dataclass(frozen=True, slots=True)
class _InMarket:
    """What is set for a market; each None: nothing."""

    state: str | None
    patch: JsonObject | None
    prices: list[JsonObject] | None


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
# One row, whatever is there.
_IN_MARKET: Final = sql(
    """
    SELECT o.state, o.patch, m.prices
    FROM catalog.products p
    LEFT JOIN catalog.market_overlays o
        ON o.tenant_id = p.tenant_id AND o.product_id = p.id AND o.market = :market
    LEFT JOIN catalog.market_prices m
        ON m.tenant_id = p.tenant_id AND m.product_id = p.id AND m.market = :market
    WHERE p.id = :product_id
    """,
    _InMarket,
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
    reader: Reader, window: Window, filters: Filters, *, product_id: str
) -> list[StoredOverlay]:
    """By market. Filter: status."""
    return await _OVERLAYS.page(reader, window, filters, product_id=product_id)


async def count_overlays(reader: Reader, filters: Filters, *, product_id: str, at_most: int) -> int:
    return await _OVERLAYS.count(reader, filters, at_most=at_most, product_id=product_id)


async def get_product_in_market(
    reader: Reader, *, sku: str, market: str | None, languages: Sequence[str]
) -> ProductInMarket:
    """Two statements, three for a variant. `market` None: the product as it is everywhere. Raises
    ProductNotFound.
    """
    product = await products.get_product(reader, sku=sku)
    sheets = [sheet_of_product(product.product)]
    if (variant := product.product.variant) is not None:
        skus = [variant.parent_sku]
        found_parents = await parents_by_sku(reader, tenant=product.merchant_id, skus=skus)
        sheets += [sheet_of_parent(one.parent, product.product) for one in found_parents.values()]
    status: MarketStatus | None = None
    prices: tuple[MarketPrice, ...] = ()
    if market is not None:
        found = await reader.fetch_first(_IN_MARKET, product_id=product.id, market=market)
        if found is not None and found.state is not None:
            overlay = overlay_from_json(market, found.state, found.patch or {})
            sheets.insert(0, sheet_of_overlay(overlay))
            status = overlay.status
        if found is not None and found.prices is not None:
            prices = prices_from_json(found.prices)
    return ProductInMarket(product, status, merge(sheets, languages), prices)


async def _find(reader: Reader, product: StoredProduct, market: str) -> StoredOverlay | None:
    return await reader.fetch_first(
        _OVERLAY, tenant=product.merchant_id, product_id=product.id, market=market
    )
