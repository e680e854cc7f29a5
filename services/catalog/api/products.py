"""Products by SKU, their list, and the batch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.catalog.api.batches import batch_reply, merged
from services.catalog.api.deps import (
    CatalogRead,
    CatalogWrite,
    MerchantRead,
    PageQuery,
    References,
    SkuPath,
)
from services.catalog.domain.products import Product
from services.catalog.queries import products as queries
from services.catalog.schemas.products import (
    ProductIn,
    ProductItemIn,
    ProductOut,
    ProductPatch,
    ProductsIn,
    product_out,
)
from services.catalog.use_cases import products as use_cases
from services.catalog.use_cases.products import Saved
from shared.db import UnitOfWork
from shared.http import Call, Page, Reply, json_reply, problems, representation
from shared.http.batches import BatchOut
from shared.http.fields import AnyInstant, read_each
from shared.kernel.errors import AirlaneError

products_api = APIRouter(tags=["products"])


def _check(call: Call) -> use_cases.Check:
    def check(row: Mapping[str, Any] | None, *, is_applied: bool = False) -> None:
        present = None if row is None else product_out(row)
        call.check_unchanged(present, is_applied=is_applied)

    return check


def _saved_reply(saved: Saved) -> Reply:
    status = 201 if saved.is_new else 200
    return representation(product_out(saved.row), status, at=f"/v1/products/{saved.product.sku}")


@products_api.get("/v1/products/{sku}", response_model=ProductOut, responses=problems(404))
async def get_product(sku: SkuPath, call: MerchantRead) -> Response:
    """Read a product by its SKU."""
    async with call.read() as reader:
        row = await queries.get_product(reader, tenant=call.tenant, sku=sku)
    return json_reply(product_out(row))


@products_api.put(
    "/v1/products/{sku}",
    response_model=ProductOut,
    responses={
        201: {"model": ProductOut, "description": "Created"},
        **problems(404, 412, 422, 428),
    },
)
async def put_product(
    sku: SkuPath, body: ProductIn, call: CatalogWrite, reference: References
) -> Response:
    """Create or replace a product.

    Replaces with If-Match. The same product again changes nothing. With
    `If-None-Match: *` it creates only.
    """
    product = body.to_domain(sku)

    async def act(uow: UnitOfWork) -> Reply:
        saved = await use_cases.put_product(
            uow,
            tenant=call.tenant,
            product=product,
            check=_check(call),
            reference=reference,
            now=call.clock.now(),
        )
        return _saved_reply(saved)

    return await call.change(act)


@products_api.patch(
    "/v1/products/{sku}",
    response_model=ProductOut,
    responses=problems(404, 412, 422, 428),
)
async def patch_product(
    sku: SkuPath, body: ProductPatch, call: CatalogWrite, reference: References
) -> Response:
    """Change fields of a product.

    JSON merge patch (RFC 7396), with If-Match.
    """

    async def act(uow: UnitOfWork) -> Reply:
        saved = await use_cases.patch_product(
            uow,
            tenant=call.tenant,
            sku=sku,
            apply=body.apply,
            check=_check(call),
            reference=reference,
            now=call.clock.now(),
        )
        return _saved_reply(saved)

    return await call.change(act)


@products_api.delete("/v1/products/{sku}", status_code=204, responses=problems(404, 409, 412, 428))
async def delete_product(sku: SkuPath, call: CatalogWrite) -> Response:
    """Delete a product.

    With If-Match; refused while orders have it reserved or wait for it.
    """

    async def act(uow: UnitOfWork) -> Reply:
        await use_cases.delete_product(
            uow,
            tenant=call.tenant,
            sku=sku,
            check=_check(call),
            now=call.clock.now(),
        )
        return Reply(204)

    return await call.change(act)


@dataclass
class ProductFilters:
    hs_code: Annotated[
        str | None, Query(pattern=r"^[0-9]{1,10}$", description="Its first digits.")
    ] = None
    q: Annotated[
        str | None,
        Query(min_length=1, max_length=100, description="Start of the SKU, or part of a title."),
    ] = None
    battery: Annotated[bool | None, Query()] = None
    updated_since: Annotated[AnyInstant | None, Query(description="With an offset.")] = None


@products_api.get("/v1/products", response_model=Page[ProductOut], responses=problems(422))
async def list_products(
    call: CatalogRead, page: PageQuery, given: Annotated[ProductFilters, Depends()]
) -> Response:
    """List products.

    In the order of creation.
    """
    filters = {"list": "products", **asdict(given)}
    (after,) = page.after(filters, str) or ("",)
    async with call.read() as reader:
        rows = await queries.list_products(
            reader,
            tenant=call.tenant,
            after=after,
            limit=page.fetch,
            **asdict(given),
        )
    return json_reply(page.page(rows, product_out, key=lambda row: (row["id"],), filters=filters))


@products_api.post(
    "/v1/products:batch", status_code=207, response_model=BatchOut, responses=problems(404, 422)
)
async def put_products(body: ProductsIn, call: CatalogWrite, reference: References) -> Response:
    """Create or replace up to 500 products.

    Items are like the body of PUT plus `sku`; they overwrite without If-Match, and each stands or
    falls by itself.
    """
    read = await read_each(ProductItemIn, body.items)
    items = [_product_of(item) for item in read]
    products = [item for item in items if not isinstance(item, AirlaneError)]

    async def act(uow: UnitOfWork) -> Reply:
        outcomes = await use_cases.put_products(
            uow,
            tenant=call.tenant,
            products=products,
            reference=reference,
            now=call.clock.now(),
        )
        return batch_reply(call, "/v1/products:batch", merged(items, outcomes), _done)

    return await call.once(act)


def _product_of(item: ProductItemIn | AirlaneError) -> Product | AirlaneError:
    if isinstance(item, AirlaneError):
        return item
    try:
        return item.to_domain(item.sku)
    except AirlaneError as refused:
        return refused


def _done(saved: Saved) -> dict[str, object]:
    return {"status": 201 if saved.is_new else 200, "id": saved.product_id}
