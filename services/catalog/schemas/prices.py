"""Prices of markets, as REST clients see them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from services.catalog.domain.prices.schedule import (
    PRICES_MAX,
    MarketPrice,
    PriceShown,
    PriceSource,
    StoredPrices,
    shown,
)
from services.catalog.schemas.fields import Amount, Currency, Price, money
from shared.documents.fields import AnyInstant, Body
from shared.kernel.errors import FieldProblem, refuse
from shared.kernel.money import Money


class MarketPriceIn(Body):
    amount: Amount = Field(description="Decimal text with at most the currency's decimals.")
    currency: Currency
    valid_from: AnyInstant | None = Field(default=None, description="null: always so far.")
    valid_to: AnyInstant | None = Field(
        default=None, description="The first instant at which it no longer holds; null: no end."
    )


class MarketPricesIn(Body):
    """All prices of the market. Several may hold at once: the one that began last counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "prices": [
                        {"amount": "19.90", "currency": "EUR"},
                        {
                            "amount": "14.90",
                            "currency": "EUR",
                            "valid_from": "2026-11-27T00:00:00Z",
                            "valid_to": "2026-12-01T00:00:00Z",
                        },
                    ]
                }
            ]
        }
    )

    prices: list[MarketPriceIn] = Field(max_length=PRICES_MAX)

    def to_domain(self) -> list[MarketPrice]:
        """Raises Invalid where one is not valid money."""
        problems: list[FieldProblem] = []
        prices = [
            MarketPrice(
                money(
                    Price(amount=one.amount, currency=one.currency),
                    problems,
                    at=f"/prices/{index}",
                ),
                one.valid_from,
                one.valid_to,
            )
            for index, one in enumerate(self.prices)
        ]
        refuse(problems)
        return prices


class MarketPriceOut(BaseModel):
    amount: str = Field(examples=["19.90"])
    currency: str = Field(examples=["EUR"])
    valid_from: datetime | None
    valid_to: datetime | None


class PriceShownOut(MarketPriceOut):
    source: PriceSource


class MarketPricesOut(BaseModel):
    id: str = Field(examples=["prc_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    product_id: str
    merchant_id: str
    sku: str
    market: str = Field(examples=["DE"])
    prices: list[MarketPriceOut] = Field(description="By currency and beginning.")
    effective: list[PriceShownOut] = Field(
        description="What is asked now, or at `as_of`: a price for each currency that has one;"
        " where none holds, the product's own."
    )
    version: int = Field(description="Counts the changes; events carry it.")
    created_at: datetime
    updated_at: datetime


def market_prices_out(stored: StoredPrices, base: Money, at: datetime) -> dict[str, object]:
    return {
        "id": stored.id,
        "product_id": stored.product_id,
        "merchant_id": stored.merchant_id,
        "sku": stored.sku,
        "market": stored.market,
        "prices": [_market_price_out(one) for one in stored.prices],
        "effective": [price_shown_out(one) for one in shown(stored.prices, base, at)],
        "version": stored.version,
        "created_at": stored.created_at,
        "updated_at": stored.updated_at,
    }


def price_shown_out(one: PriceShown) -> dict[str, object]:
    return {**_market_price_out(one.held), "source": one.source}


def _market_price_out(one: MarketPrice) -> dict[str, object]:
    return {
        "amount": one.price.amount,
        "currency": one.price.currency,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
    }
