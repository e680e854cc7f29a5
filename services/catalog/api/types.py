"""Product types: what attributes goods have."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from services.catalog.api.deps import CatalogRead, ParkWrite, References
from services.catalog.queries import types as queries
from services.catalog.schemas.products.details import TYPE_CODE_PATTERN
from services.catalog.schemas.types import (
    ProductTypeIn,
    ProductTypeOut,
    ProductTypeSummaryOut,
    summary_out,
    type_out,
)
from services.catalog.use_cases import types as use_cases
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

types_api = APIRouter(tags=["product types"])

_SCHEMA_JSON: Final = "application/schema+json"
# A version never changes; the newest must be asked for again.
_FOR_EVER: Final = "private, max-age=31536000, immutable"
_ASK_AGAIN: Final = "private, no-cache"

TypeCode = Annotated[str, Path(pattern=TYPE_CODE_PATTERN, examples=["wig"])]
Version = Annotated[
    int | None, Query(ge=1, le=2**31 - 1, description="The newest if it is left out.")
]


@types_api.put(
    "/v1/product-types/{type_code}",
    response_model=ProductTypeOut,
    responses={
        201: {"model": ProductTypeOut, "description": "Created"},
        **problems(412, 422, 428),
    },
)
async def put_product_type(
    type_code: TypeCode, body: ProductTypeIn, call: ParkWrite, reference: References
) -> Response:
    """Create a product type, or give it a new version.

    A new version needs If-Match. Products keep theirs until they change. Sending the newest version
    again changes nothing.
    """
    given = body.to_domain(type_code)

    async def act(uow: UnitOfWork) -> Reply:
        saved = await use_cases.put_type(
            uow, given=given, check=call.unchanged(type_out), reference=reference
        )
        status = 201 if saved.is_new else 200
        return representation(type_out(saved.stored), status, at=f"/v1/product-types/{type_code}")

    return await call.change(act)


@types_api.get(
    "/v1/product-types/{type_code}", response_model=ProductTypeOut, responses=problems(404, 422)
)
async def get_product_type(
    type_code: TypeCode, call: CatalogRead, version: Version = None
) -> Response:
    """Read a product type."""
    async with call.read() as reader:
        stored = await queries.get_type(reader, code=type_code, version=version)
    return json_reply(type_out(stored))


@types_api.get(
    "/v1/product-types/{type_code}/schema",
    responses={
        200: {"content": {_SCHEMA_JSON: {"schema": {"type": "object"}}}},
        **problems(404, 422),
    },
    response_class=Response,
)
async def get_product_type_schema(
    type_code: TypeCode, call: CatalogRead, version: Version = None
) -> Response:
    """Read the JSON Schema of a product type.

    For validators and forms: the properties are in the order of the fields of a form.
    """
    async with call.read() as reader:
        found = await queries.get_schema(reader, code=type_code, version=version)
    headers = {
        "content-type": _SCHEMA_JSON,
        "cache-control": _ASK_AGAIN if version is None else _FOR_EVER,
    }
    return json_reply(found.schema.encode(), headers=headers)


@dataclass
class ProductTypeFilters:
    hs_code: Annotated[
        str | None, Query(pattern=r"^[0-9]{1,10}$", description="Types for goods of this code.")
    ] = None


@types_api.get(
    "/v1/product-types", response_model=CountedPage[ProductTypeSummaryOut], responses=problems(422)
)
async def list_product_types(
    call: CatalogRead,
    page: PageOf,
    given: Annotated[ProductTypeFilters, Depends()],
    is_total_wanted: TotalWanted,
    fields: Annotated[Fields | None, Depends(fields_of(ProductTypeSummaryOut))],
) -> Response:
    """List product types.

    In the order of their codes, each in its newest version.
    """
    asked = page.of(given, str)
    total = None
    async with call.read() as reader:
        found = await queries.list_types(reader, asked.window, asked.filters)
        if is_total_wanted:
            total = await total_of(
                lambda at_most: queries.count_types(reader, asked.filters, at_most=at_most)
            )
    return json_reply(
        asked.page(found, summary_out, key=lambda summary: (summary.code,), total=total),
        fields=fields,
        headers=TOTAL_APPLIED if is_total_wanted else None,
    )
