"""Parents and their variants."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.catalog.api.deps import CatalogRead, CatalogWrite, MerchantRead, ParentSku, References
from services.catalog.queries import parents as queries
from services.catalog.queries.products import count_variants, list_variants
from services.catalog.schemas.parents import (
    ParentIn,
    ParentOut,
    ParentPatch,
    VariantOut,
    parent_out,
    variant_out,
)
from services.catalog.schemas.products.details import TYPE_CODE_PATTERN
from services.catalog.use_cases import parents as use_cases
from services.catalog.use_cases.parents import SavedParent
from shared.db import UnitOfWork
from shared.documents.fields import AnyInstant
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

parents_api = APIRouter(tags=["parents"])


def _saved_reply(saved: SavedParent) -> Reply:
    status = 201 if saved.is_new else 200
    stored = saved.stored
    return representation(parent_out(stored), status, at=f"/v1/parents/{stored.parent.sku}")


@parents_api.put(
    "/v1/parents/{parent_sku}",
    response_model=ParentOut,
    responses={
        201: {"model": ParentOut, "description": "Created"},
        **problems(404, 409, 412, 422, 428),
    },
)
async def put_parent(parent_sku: ParentSku, body: ParentIn, call: CatalogWrite) -> Response:
    """Create or replace a parent.

    Replacing needs If-Match. Its variants are products that name it in `parent_sku`. What it says
    of its attributes must fit the product type; a variant may add what is missing. A change does
    not touch the variants: `GET /v1/parents/{sku}/variants` shows what no longer fits.
    """
    parent = body.to_domain(parent_sku)

    async def act(uow: UnitOfWork) -> Reply:
        saved = await use_cases.put_parent(
            uow,
            tenant=call.tenant,
            parent=parent,
            check=call.unchanged(parent_out),
            now=call.clock.now,
        )
        return _saved_reply(saved)

    return await call.change(act)


@parents_api.get("/v1/parents/{parent_sku}", response_model=ParentOut, responses=problems(404))
async def get_parent(parent_sku: ParentSku, call: MerchantRead) -> Response:
    """Read a parent by its SKU."""
    async with call.read() as reader:
        stored = await queries.get_parent(reader, sku=parent_sku)
    return json_reply(parent_out(stored))


@parents_api.patch(
    "/v1/parents/{parent_sku}",
    response_model=ParentOut,
    responses=problems(404, 409, 412, 422, 428),
)
async def patch_parent(parent_sku: ParentSku, body: ParentPatch, call: CatalogWrite) -> Response:
    """Change fields of a parent.

    JSON merge patch (RFC 7396). Needs If-Match.
    """

    async def act(uow: UnitOfWork) -> Reply:
        saved = await use_cases.patch_parent(
            uow,
            tenant=call.tenant,
            sku=parent_sku,
            apply=body.apply,
            check=call.unchanged(parent_out),
            now=call.clock.now,
        )
        return _saved_reply(saved)

    return await call.change(act)


@parents_api.delete(
    "/v1/parents/{parent_sku}", status_code=204, responses=problems(404, 409, 412, 428)
)
async def delete_parent(parent_sku: ParentSku, call: CatalogWrite) -> Response:
    """Delete a parent.

    Needs If-Match. Refused while it has variants.
    """

    async def act(uow: UnitOfWork) -> Reply:
        await use_cases.delete_parent(
            uow,
            tenant=call.tenant,
            sku=parent_sku,
            check=call.unchanged(parent_out),
            now=call.clock.now(),
        )
        return Reply(204)

    return await call.change(act)


@dataclass
class ParentFilters:
    product_type: Annotated[str | None, Query(pattern=TYPE_CODE_PATTERN)] = None
    updated_since: Annotated[AnyInstant | None, Query(description="With an offset.")] = None


@parents_api.get("/v1/parents", response_model=CountedPage[ParentOut], responses=problems(422))
async def list_parents(
    call: CatalogRead,
    page: PageOf,
    given: Annotated[ParentFilters, Depends()],
    is_total_wanted: TotalWanted,
    fields: Annotated[Fields | None, Depends(fields_of(ParentOut))],
) -> Response:
    """List parents.

    In the order of creation.
    """
    asked = page.of(given, str)
    total = None
    async with call.read() as reader:
        found = await queries.list_parents(reader, asked.window, asked.filters)
        if is_total_wanted:
            total = await total_of(
                lambda at_most: queries.count_parents(reader, asked.filters, at_most=at_most)
            )
    return json_reply(
        asked.page(
            found.rows,
            parent_out,
            key=lambda stored: (stored.id,),
            total=total,
            passed=found.passed,
        ),
        fields=fields,
        headers=TOTAL_APPLIED if is_total_wanted else None,
    )


@parents_api.get(
    "/v1/parents/{parent_sku}/variants",
    response_model=CountedPage[VariantOut],
    responses=problems(404, 422),
)
async def list_parent_variants(
    parent_sku: ParentSku,
    call: MerchantRead,
    page: PageOf,
    reference: References,
    *,
    is_total_wanted: TotalWanted,
    fields: Annotated[Fields | None, Depends(fields_of(VariantOut))],
) -> Response:
    """List the variants of a parent.

    In the order of creation. `findings` of each say what no longer fits since the parent or the
    product type has changed; such a variant is sold as before, and is refused when it changes.
    """
    asked = page.of({}, str)
    total = None
    async with call.read() as reader:
        parent = await queries.get_parent(reader, sku=parent_sku)
        variants = await list_variants(reader, asked.window, parent_sku=parent_sku)
        found = await use_cases.variant_problems(
            reader, parent=parent, variants=variants, reference=reference
        )
        if is_total_wanted:
            total = await total_of(
                lambda at_most: count_variants(reader, parent_sku=parent_sku, at_most=at_most)
            )
    shown = list(zip(variants, found, strict=True))
    return json_reply(
        asked.page(
            shown,
            lambda one: variant_out(one[0], one[1], call.locale),
            key=lambda one: (one[0].id,),
            total=total,
        ),
        fields=fields,
        headers=TOTAL_APPLIED if is_total_wanted else None,
    )
