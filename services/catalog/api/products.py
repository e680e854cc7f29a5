"""Products: by SKU, as a list, and in batches."""

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.catalog.api.deps import (
    CatalogRead,
    CatalogWrite,
    LocaleQuery,
    MarketQuery,
    MerchantRead,
    References,
    Sku,
)
from services.catalog.domain.overlays.merging import languages_wanted
from services.catalog.domain.overlays.overlay import known_market
from services.catalog.domain.products.product import StoredProduct
from services.catalog.domain.products.query import Sort
from services.catalog.domain.reference import NO_STORE
from services.catalog.queries import products as queries
from services.catalog.queries.overlays import get_product_in_market
from services.catalog.schemas.overlays.view import ProductInMarketOut, product_in_market_out
from services.catalog.schemas.products.filters import ProductFilters
from services.catalog.schemas.products.patch import ProductPatch
from services.catalog.schemas.products.product import (
    ProductIn,
    ProductItemIn,
    ProductOut,
    ProductsIn,
    product_out,
    product_with_stock_out,
)
from services.catalog.use_cases import products as use_cases
from services.catalog.use_cases.products import Saved
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
from shared.http.batches import BatchOut, ItemDone, accepted, batch_reply, read_items
from shared.kernel.errors import AirlaneError, Invalid, Text

products_api = APIRouter(tags=["products"])


class Embed(StrEnum):
    STOCK = "stock"


EmbedQuery = Annotated[
    Embed | None, Query(description="`stock`: the counters of each product with it.")
]


class EmbedInMarket(Invalid):
    code = "catalog.product.embed_in_market"
    text = Text("A product in a market has no stock of its own.", "市场视图不含库存。")
    fix = Text(
        "Leave out `embed`, or `market` and `locale`.", "请去掉 embed，或 market 与 locale。"
    )


def _saved_reply(saved: Saved) -> Reply:
    status = 201 if saved.is_new else 200
    stored = saved.stored
    return representation(product_out(stored), status, at=f"/v1/products/{stored.product.sku}")


@products_api.get(
    "/v1/products/{sku}",
    response_model=ProductOut | ProductInMarketOut,
    responses=problems(404, 422),
)
async def get_product(
    sku: Sku,
    call: MerchantRead,
    reference: References,
    *,
    fields: Annotated[Fields | None, Depends(fields_of(ProductOut | ProductInMarketOut))],
    market: MarketQuery = None,
    locale: LocaleQuery = None,
    embed: EmbedQuery = None,
) -> Response:
    """Read a product by its SKU.

    With `market` or `locale` the answer is the product as that market sees it
    (`ProductInMarketOut`): what differs there laid over the product, each value with its `source`,
    and each text in the best language there is. That is `locale` or a prefix of it, another tag of
    the same language, a language of the market's stores, English, or any other; the overlay's text
    in that language comes before the product's. `price` holds there now.

    `embed=stock` adds the counters, for a product without a market. The ETag is then that of both:
    read it without `embed` before changing it.
    """
    if market is None and locale is None:
        async with call.read() as reader:
            stored = await queries.get_product(reader, sku=sku)
            if embed is None:
                return json_reply(product_out(stored), fields=fields)
            stock = await queries.stock_of(reader, [stored.id])
        return json_reply(product_with_stock_out(stored, stock.get(stored.id)), fields=fields)
    if embed is not None:
        raise EmbedInMarket(pointer="/query/embed")
    stores = NO_STORE
    if market is not None:
        stores = reference.market(known_market(market, pointer="/query/market"))
    languages = languages_wanted(locale, stores.languages)
    async with call.read() as reader:
        shown = await get_product_in_market(reader, sku=sku, market=market, languages=languages)
    return json_reply(
        product_in_market_out(
            shown,
            market=market,
            locale=locale,
            languages=languages,
            currencies=stores.currencies,
            at=call.clock.now(),
        ),
        fields=fields,
    )


@products_api.put(
    "/v1/products/{sku}",
    response_model=ProductOut,
    responses={
        201: {"model": ProductOut, "description": "Created"},
        **problems(404, 412, 422, 428),
    },
)
async def put_product(
    sku: Sku, body: ProductIn, call: CatalogWrite, reference: References
) -> Response:
    """Create or replace a product.

    Replacing needs If-Match. Sending the same product again changes nothing. With
    `If-None-Match: *` it only creates.
    """
    product = body.to_domain(sku)

    async def act(uow: UnitOfWork) -> Reply:
        saved = await use_cases.put_product(
            uow,
            tenant=call.tenant,
            product=product,
            check=call.unchanged(product_out),
            reference=reference,
            now=call.clock.now,
        )
        return _saved_reply(saved)

    return await call.change(act)


@products_api.patch(
    "/v1/products/{sku}",
    response_model=ProductOut,
    responses=problems(404, 412, 422, 428),
)
async def patch_product(
    sku: Sku, body: ProductPatch, call: CatalogWrite, reference: References
) -> Response:
    """Change fields of a product.

    JSON merge patch (RFC 7396). Needs If-Match.
    """

    async def act(uow: UnitOfWork) -> Reply:
        saved = await use_cases.patch_product(
            uow,
            tenant=call.tenant,
            sku=sku,
            apply=body.apply,
            check=call.unchanged(product_out),
            reference=reference,
            now=call.clock.now,
        )
        return _saved_reply(saved)

    return await call.change(act)


@products_api.delete("/v1/products/{sku}", status_code=204, responses=problems(404, 409, 412, 428))
async def delete_product(sku: Sku, call: CatalogWrite) -> Response:
    """Delete a product.

    Needs If-Match. Refused while orders have it reserved or wait for it.
    """

    async def act(uow: UnitOfWork) -> Reply:
        await use_cases.delete_product(
            uow,
            tenant=call.tenant,
            sku=sku,
            check=call.unchanged(product_out),
            now=call.clock.now(),
        )
        return Reply(204)

    return await call.change(act)


_SORT_KEYS: Final[dict[Sort, tuple[type, ...]]] = {
    Sort.ID: (str,),
    Sort.UPDATED: (datetime, str),
    Sort.UPDATED_LAST: (datetime, str),
}


@products_api.get("/v1/products", response_model=CountedPage[ProductOut], responses=problems(422))
async def list_products(
    call: CatalogRead,
    page: PageOf,
    *,
    given: Annotated[ProductFilters, Depends()],
    is_total_wanted: TotalWanted,
    fields: Annotated[Fields | None, Depends(fields_of(ProductOut))],
    sort: Annotated[
        Sort | None,
        Query(
            description="`id`: as created. `-updated_at`: the last changed first. Without it"
            " `id`, or `updated_at` with a filter by that time."
        ),
    ] = None,
    embed: EmbedQuery = None,
) -> Response:
    """List products.

    All filters must hold. A list by the time of change moves while it is read: a product that
    changes goes to its end, and is seen there again.

    Where many products have each of the filters but few have all of them, a page looks at a bounded
    number of products, and may have fewer than `limit` or none. As long as there is `next`, go on.
    """
    query = given.query()
    sort = sort or query.usual_sort()
    asked = page.of({**asdict(given), "sort": sort}, *_SORT_KEYS[sort])
    total, stock = None, None
    async with call.read() as reader:
        found = await queries.list_products(reader, asked.window, query, sort=sort)
        if embed is not None:
            stock = await queries.stock_of(reader, [stored.id for stored in found.rows])
        if is_total_wanted:
            total = await total_of(
                lambda at_most: queries.count_products(reader, query, at_most=at_most)
            )

    def build(stored: StoredProduct) -> dict[str, object]:
        if stock is None:
            return product_out(stored)
        return product_with_stock_out(stored, stock.get(stored.id))

    def key(stored: StoredProduct) -> tuple[object, ...]:
        return (stored.id,) if sort is Sort.ID else (stored.updated_at, stored.id)

    return json_reply(
        asked.page(found.rows, build, key=key, total=total, passed=found.passed),
        fields=fields,
        headers=TOTAL_APPLIED if is_total_wanted else None,
    )


@products_api.post(
    "/v1/products:batch", status_code=207, response_model=BatchOut, responses=problems(404, 422)
)
async def put_products(body: ProductsIn, call: CatalogWrite, reference: References) -> Response:
    """Create or replace up to 500 products.

    Items are like the body of PUT plus `sku`. They overwrite without If-Match, and each is accepted
    or refused on its own.
    """
    items = await read_items(ProductItemIn, body.items, lambda item: item.to_domain(item.sku))

    async def act(uow: UnitOfWork) -> Reply:
        outcomes = await use_cases.put_products(
            uow,
            tenant=call.tenant,
            products=accepted(items),
            reference=reference,
            now=call.clock.now(),
        )
        return batch_reply(call, items, [_done(outcome) for outcome in outcomes])

    return await call.once(act)


def _done(outcome: Saved | AirlaneError) -> ItemDone | AirlaneError:
    if isinstance(outcome, AirlaneError):
        return outcome
    return ItemDone(outcome.stored.id, is_new=outcome.is_new)
