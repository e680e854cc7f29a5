"""Prices of markets as events."""

from services.catalog.domain.prices.schedule import StoredPrices
from shared.contracts.catalog.prices import MarketPrice, PricesChanged


def prices_changed(stored: StoredPrices) -> PricesChanged:
    return PricesChanged(
        prices_id=stored.id,
        product_id=stored.product_id,
        merchant_id=stored.merchant_id,
        sku=stored.sku,
        market=stored.market,
        prices=tuple(
            [
                MarketPrice(
                    amount_minor=one.price.amount_minor,
                    currency=one.price.currency,
                    valid_from=one.valid_from,
                    valid_to=one.valid_to,
                )
                for one in stored.prices
            ]
        ),
        version=stored.version,
    )
