"""Write side of prices. Whoever writes prices holds the lock on their product, so that neither the
product nor other prices of that market can come or go meanwhile.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.catalog.domain.prices.schedule import StoredPrices
from services.catalog.domain.prices.stored import prices_to_json, stored_prices
from shared.db import INSTANT, INTEGERS, TEXT, TEXTS, UnitOfWork, sql

_SELECT: Final = """
    SELECT m.id, m.tenant_id, m.product_id, p.sku, m.market, m.prices, m.version, m.created_at,
        m.updated_at
    FROM catalog.market_prices m JOIN catalog.products p ON p.id = m.product_id
"""
_PRICES: Final = sql(
    f"""{_SELECT}
    WHERE m.tenant_id = :tenant AND m.product_id = :product_id AND m.market = :market
    """,
    stored_prices,
    tenant=TEXT,
    product_id=TEXT,
    market=TEXT,
)
_PRICES_OF_PLACES: Final = sql(
    f"""{_SELECT}
    JOIN unnest(:product_ids, :markets) AS wanted(product_id, market)
        ON wanted.product_id = m.product_id AND wanted.market = m.market
    WHERE m.tenant_id = :tenant
    """,
    stored_prices,
    tenant=TEXT,
    product_ids=TEXTS,
    markets=TEXTS,
)
# As text: an array of JSON arrays would be one of two dimensions.
_SAVE: Final = sql(
    """
    INSERT INTO catalog.market_prices AS m
        (id, tenant_id, product_id, market, prices, version, created_at, updated_at)
    SELECT g.id, :tenant, g.product_id, g.market, g.prices::jsonb, g.version, :now, :now
    FROM unnest(:id, :product_id, :market, :prices, :version)
        AS g(id, product_id, market, prices, version)
    ON CONFLICT (tenant_id, product_id, market) DO UPDATE
    SET prices = excluded.prices, version = excluded.version, updated_at = excluded.updated_at
    """,
    tenant=TEXT,
    now=INSTANT,
    id=TEXTS,
    product_id=TEXTS,
    market=TEXTS,
    prices=TEXTS,
    version=INTEGERS,
)
_DELETE_OF_PRODUCT: Final = sql(
    """
    DELETE FROM catalog.market_prices m USING catalog.products p
    WHERE m.tenant_id = :tenant AND m.product_id = :product_id AND p.id = m.product_id
    RETURNING m.id, m.tenant_id, m.product_id, p.sku, m.market, m.prices, m.version, m.created_at,
        m.updated_at
    """,
    stored_prices,
    tenant=TEXT,
    product_id=TEXT,
)


async def get_prices(
    uow: UnitOfWork, *, tenant: str, product_id: str, market: str
) -> StoredPrices | None:
    return await uow.fetch_first(_PRICES, tenant=tenant, product_id=product_id, market=market)


async def list_prices(
    uow: UnitOfWork, *, tenant: str, product_ids: Sequence[str], markets: Sequence[str]
) -> list[StoredPrices]:
    """Those of each product in the market beside it."""
    return await uow.fetch_all(
        _PRICES_OF_PLACES, tenant=tenant, product_ids=list(product_ids), markets=list(markets)
    )


async def save_prices(
    uow: UnitOfWork, stored: Sequence[StoredPrices], *, tenant: str, now: datetime
) -> None:
    """New ones and changed ones."""
    await uow.execute(
        _SAVE,
        tenant=tenant,
        now=now,
        id=[one.id for one in stored],
        product_id=[one.product_id for one in stored],
        market=[one.market for one in stored],
        prices=[json.dumps(prices_to_json(one.prices)) for one in stored],
        version=[one.version for one in stored],
    )


async def delete_prices(uow: UnitOfWork, *, tenant: str, product_id: str) -> list[StoredPrices]:
    """Those of one product, as they were."""
    return await uow.fetch_all(_DELETE_OF_PRODUCT, tenant=tenant, product_id=product_id)
