"""Prices of a market as their row: one JSON array."""

from datetime import datetime

from services.catalog.domain.prices.schedule import MarketPrice, StoredPrices
from shared.kernel.instants import rfc3339
from shared.kernel.json import JsonObject
from shared.kernel.money import Money


def stored_prices(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002 - the column
    tenant_id: str,
    product_id: str,
    sku: str,
    market: str,
    prices: list[JsonObject],
    version: int,
    created_at: datetime,
    updated_at: datetime,
) -> StoredPrices:
    """From the columns of its table and the SKU of the product."""
    return StoredPrices(
        id,
        tenant_id,
        product_id,
        sku,
        market,
        prices_from_json(prices),
        version,
        created_at,
        updated_at,
    )


def prices_to_json(prices: tuple[MarketPrice, ...]) -> list[JsonObject]:
    return [
        {
            "amount_minor": one.price.amount_minor,
            "currency": one.price.currency,
            "valid_from": None if one.valid_from is None else rfc3339(one.valid_from),
            "valid_to": None if one.valid_to is None else rfc3339(one.valid_to),
        }
        for one in prices
    ]


def prices_from_json(stored: list[JsonObject]) -> tuple[MarketPrice, ...]:
    return tuple(
        [
            MarketPrice(
                Money(one["amount_minor"], one["currency"]),
                _instant(one["valid_from"]),
                _instant(one["valid_to"]),
            )
            for one in stored
        ]
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
