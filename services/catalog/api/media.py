"""Media of products and parents, and what the checks of them found."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from fastapi import APIRouter
from starlette.responses import Response

from services.catalog.api.deps import CatalogWrite, MerchantRead, ParentSku, Sku
from services.catalog.queries import media as queries
from services.catalog.schemas.media import (
    ParentMediaOut,
    ProductMediaOut,
    parent_media_out,
    product_media_out,
)
from services.catalog.use_cases import media as use_cases
from shared.db import UnitOfWork
from shared.http import Call, Reply, json_reply, problems

media_api = APIRouter(tags=["media"])

M = TypeVar("M", queries.ProductMedia, queries.ParentMedia)


@media_api.get("/v1/products/{sku}/media", response_model=ProductMediaOut, responses=problems(404))
async def get_media(sku: Sku, call: MerchantRead) -> Response:
    """Read the media of a product with their checks.

    Those of the product and of its overlays. Each address is fetched once it is named, up to its
    first half megabyte; one that cannot be reached is tried again for a day.
    """
    async with call.read() as reader:
        product = await queries.get_media(reader, sku=sku)
    return json_reply(product_media_out(product, call.locale, call.clock.now().date()))


@media_api.post(
    "/v1/products/{sku}/media:recheck",
    status_code=202,
    response_model=ProductMediaOut,
    responses=problems(404),
)
async def recheck_media(sku: Sku, call: CatalogWrite) -> Response:
    """Check the media of a product again.

    Soon after the answer. Addresses that were checked within the last minute are left as they are.
    """

    async def act(uow: UnitOfWork) -> Reply:
        product = await _checked_again(uow, call, partial(queries.get_media, uow, sku=sku))
        return Reply(202, product_media_out(product, call.locale, call.clock.now().date()))

    return await call.once(act)


@media_api.get(
    "/v1/parents/{parent_sku}/media", response_model=ParentMediaOut, responses=problems(404)
)
async def get_parent_media(parent_sku: ParentSku, call: MerchantRead) -> Response:
    """Read the media of a parent with their checks.

    Variants without media of their own show them.
    """
    async with call.read() as reader:
        parent = await queries.get_media_of_parent(reader, sku=parent_sku)
    return json_reply(parent_media_out(parent, call.locale, call.clock.now().date()))


@media_api.post(
    "/v1/parents/{parent_sku}/media:recheck",
    status_code=202,
    response_model=ParentMediaOut,
    responses=problems(404),
)
async def recheck_parent_media(parent_sku: ParentSku, call: CatalogWrite) -> Response:
    """Check the media of a parent again.

    As for a product.
    """

    async def act(uow: UnitOfWork) -> Reply:
        read = partial(queries.get_media_of_parent, uow, sku=parent_sku)
        parent = await _checked_again(uow, call, read)
        return Reply(202, parent_media_out(parent, call.locale, call.clock.now().date()))

    return await call.once(act)


async def _checked_again(uow: UnitOfWork, call: Call, read: Callable[[], Awaitable[M]]) -> M:
    """What `read` brings once its media wait for another check."""
    media = [one.media for one in (await read()).media]
    await use_cases.check_again(uow, tenant=call.tenant, media=media, now=call.clock.now())
    return await read()
