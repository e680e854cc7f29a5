"""Prices of products in markets."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.catalog.api.deps import CatalogWrite, Market, MerchantRead, Sku
from services.catalog.domain.overlays.overlay import known_market
from services.catalog.queries import prices as queries
from services.catalog.schemas.prices import MarketPricesIn, MarketPricesOut, market_prices_out
from services.catalog.use_cases import prices as use_cases
from services.catalog.use_cases.prices import SavedPrices
from shared.db import UnitOfWork
from shared.documents.fields import AnyInstant
from shared.http import Reply, json_reply, problems, representation

prices_api = APIRouter(tags=["markets"])

_ADDRESS = "/v1/products/{sku}/markets/{market}/prices"


@prices_api.get(_ADDRESS, response_model=MarketPricesOut, responses=problems(404, 422))
async def get_prices(
    sku: Sku,
    market: Market,
    call: MerchantRead,
    as_of: Annotated[
        AnyInstant | None, Query(description="For `effective`; now if it is left out.")
    ] = None,
) -> Response:
    """Read the prices of a product in a market.

    All of them, and those that are effective. The ETag covers both, so it also changes when a price
    begins or ends; with `as_of` it is another one, which is no use for a change.
    """
    known_market(market)
    async with call.read() as reader:
        found = await queries.get_prices(reader, sku=sku, market=market)
    at = call.clock.now() if as_of is None else as_of
    return json_reply(market_prices_out(found.stored, found.base, at))


@prices_api.put(
    _ADDRESS,
    response_model=MarketPricesOut,
    responses={
        201: {"model": MarketPricesOut, "description": "Created"},
        **problems(404, 412, 422, 428),
    },
)
async def put_prices(
    sku: Sku, market: Market, body: MarketPricesIn, call: CatalogWrite
) -> Response:
    """Create or replace the prices of a product in a market.

    All of them at once; an empty list leaves the product's own price. Replacing needs If-Match.
    Sending the same again changes nothing. Prices are never converted to another currency.
    """
    prices = body.to_domain()
    known_market(market)

    def shown(saved: SavedPrices) -> dict[str, object]:
        return market_prices_out(saved.stored, saved.base, call.clock.now())

    async def act(uow: UnitOfWork) -> Reply:
        saved = await use_cases.put_market_prices(
            uow,
            tenant=call.tenant,
            sku=sku,
            market=market,
            prices=prices,
            check=call.unchanged(shown),
            now=call.clock.now,
        )
        return representation(
            shown(saved),
            201 if saved.is_new else 200,
            at=_ADDRESS.format(sku=sku, market=market),
        )

    return await call.change(act)
