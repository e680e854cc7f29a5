"""Prices of a market for reading."""

from dataclasses import dataclass
from typing import Final

from services.catalog.domain.prices.schedule import PricesNotFound, StoredPrices
from services.catalog.domain.prices.stored import stored_prices
from services.catalog.queries import products
from shared.db import TEXT, Reader, sql
from shared.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PricesRead:
    """`base`: the product's own price."""

    stored: StoredPrices
    base: Money


_PRICES: Final = sql(
    """
    SELECT m.id, m.tenant_id, m.product_id, p.sku, m.market, m.prices, m.version, m.created_at,
        m.updated_at
    FROM catalog.market_prices m JOIN catalog.products p ON p.id = m.product_id
    WHERE m.tenant_id = :tenant AND m.product_id = :product_id AND m.market = :market
    """,
    stored_prices,
    tenant=TEXT,
    product_id=TEXT,
    market=TEXT,
)


async def get_prices(reader: Reader, *, sku: str, market: str) -> PricesRead:
    """Raises ProductNotFound, PricesNotFound."""
    product = await products.get_product(reader, sku=sku)
    stored = await reader.fetch_first(
        _PRICES, tenant=product.merchant_id, product_id=product.id, market=market
    )
    if stored is None:
        raise PricesNotFound
    return PricesRead(stored, product.product.price)
