"""Products in markets: what differs there."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.catalog.api.deps import CatalogWrite, Market, MerchantRead, Sku
from services.catalog.domain.overlays.overlay import MarketStatus, StoredOverlay, known_market
from services.catalog.queries import overlays as queries
from services.catalog.queries.products import get_product
from services.catalog.schemas.overlays.overlay import (
    OverlayIn,
    OverlayOut,
    OverlayPatch,
    overlay_out,
)
from services.catalog.use_cases import overlays as use_cases
from shared.db import UnitOfWork
from shared.http import (
    TOTAL_APPLIED,
    CountedPage,
    Fields,
    PageOf,
    Reply,
    TotalWanted,
    fields_of,
    json_reply,
    problems,
    representation,
    total_of,
)

overlays_api = APIRouter(tags=["markets"])

_ADDRESS = "/v1/products/{sku}/markets/{market}"


def _saved_reply(stored: StoredOverlay, status: int = 200) -> Reply:
    address = _ADDRESS.format(sku=stored.sku, market=stored.overlay.market)
    return representation(overlay_out(stored), status, at=address)


@overlays_api.get(_ADDRESS, response_model=OverlayOut, responses=problems(404, 422))
async def get_overlay(sku: Sku, market: Market, call: MerchantRead) -> Response:
    """Read what differs of a product in a market.

    Only what was set there. `GET /v1/products/{sku}?market=…` shows it merged with the rest.
    """
    known_market(market)
    async with call.read() as reader:
        stored = await queries.get_overlay(reader, sku=sku, market=market)
    return json_reply(overlay_out(stored))


@overlays_api.put(
    _ADDRESS,
    response_model=OverlayOut,
    responses={
        201: {"model": OverlayOut, "description": "Created"},
        **problems(404, 412, 422, 428),
    },
)
async def put_overlay(sku: Sku, market: Market, body: OverlayIn, call: CatalogWrite) -> Response:
    """Create or replace what differs in a market.

    Replacing needs If-Match. Sending the same again changes nothing. A value is kept even where it
    equals the product's: it stays when the product changes.
    """
    overlay = body.to_domain(known_market(market))

    async def act(uow: UnitOfWork) -> Reply:
        stored, is_new = await use_cases.put_overlay(
            uow,
            tenant=call.tenant,
            sku=sku,
            overlay=overlay,
            check=call.unchanged(overlay_out),
            now=call.clock.now,
        )
        return _saved_reply(stored, 201 if is_new else 200)

    return await call.change(act)


@overlays_api.patch(_ADDRESS, response_model=OverlayOut, responses=problems(404, 412, 422, 428))
async def patch_overlay(
    sku: Sku, market: Market, body: OverlayPatch, call: CatalogWrite
) -> Response:
    """Change what differs in a market.

    JSON merge patch (RFC 7396): null goes back to what the product has. Needs If-Match.
    """
    known_market(market)

    async def act(uow: UnitOfWork) -> Reply:
        stored = await use_cases.patch_overlay(
            uow,
            tenant=call.tenant,
            sku=sku,
            market=market,
            apply=body.apply,
            check=call.unchanged(overlay_out),
            now=call.clock.now,
        )
        return _saved_reply(stored)

    return await call.change(act)


@overlays_api.delete(_ADDRESS, status_code=204, responses=problems(404, 412, 422, 428))
async def delete_overlay(sku: Sku, market: Market, call: CatalogWrite) -> Response:
    """Delete what differs in a market.

    The product is there as it is everywhere. Needs If-Match.
    """
    known_market(market)

    async def act(uow: UnitOfWork) -> Reply:
        await use_cases.delete_overlay(
            uow,
            tenant=call.tenant,
            sku=sku,
            market=market,
            check=call.unchanged(overlay_out),
            now=call.clock.now(),
        )
        return Reply(204)

    return await call.change(act)


@dataclass
class OverlayFilters:
    status: Annotated[MarketStatus | None, Query()] = None


@overlays_api.get(
    "/v1/products/{sku}/markets",
    response_model=CountedPage[OverlayOut],
    responses=problems(404, 422),
)
async def list_overlays(
    sku: Sku,
    call: MerchantRead,
    page: PageOf,
    *,
    given: Annotated[OverlayFilters, Depends()],
    is_total_wanted: TotalWanted,
    fields: Annotated[Fields | None, Depends(fields_of(OverlayOut))],
) -> Response:
    """List the markets in which a product differs.

    By market.
    """
    asked = page.of(given, str)
    total = None
    async with call.read() as reader:
        product = await get_product(reader, sku=sku)
        found = await queries.list_overlays(
            reader, asked.window, asked.filters, product_id=product.id
        )
        if is_total_wanted:
            total = await total_of(
                lambda at_most: queries.count_overlays(
                    reader, asked.filters, product_id=product.id, at_most=at_most
                )
            )
    return json_reply(
        asked.page(found, overlay_out, key=lambda stored: (stored.overlay.market,), total=total),
        fields=fields,
        headers=TOTAL_APPLIED if is_total_wanted else None,
    )
