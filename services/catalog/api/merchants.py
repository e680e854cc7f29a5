"""Merchants, partners and the reference lists."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.catalog.api.deps import (
    CatalogRead,
    OperatorRead,
    PageQuery,
    ParkWrite,
    References,
)
from services.catalog.domain.merchants import MerchantNotFound, PartnerNotFound
from services.catalog.queries import merchants as queries
from services.catalog.queries.reference import list_belts, list_stores
from services.catalog.schemas.merchants import (
    BeltsOut,
    MerchantIn,
    MerchantOut,
    PartnerIn,
    PartnerOut,
    StoresOut,
    merchant_out,
    partner_out,
)
from services.catalog.use_cases.merchants import register_merchant, register_partner
from shared.db import UnitOfWork
from shared.http import Page, Reply, json_reply, problems
from shared.kernel.ids import is_id

merchants_api = APIRouter(tags=["merchants"])


@merchants_api.post(
    "/v1/merchants", status_code=201, response_model=MerchantOut, responses=problems(409, 422)
)
async def create_merchant(body: MerchantIn, call: ParkWrite, reference: References) -> Response:
    """Register a merchant."""
    merchant, now = body.to_domain(), call.clock.now()

    async def act(uow: UnitOfWork) -> Reply:
        merchant_id = await register_merchant(uow, merchant=merchant, reference=reference, now=now)
        row = {
            "id": merchant_id,
            "name": merchant.name,
            "uscc": merchant.uscc,
            "belt": merchant.belt,
            "office": None if merchant.desk is None else {"desk": merchant.desk},
            "synthetic": merchant.synthetic,
            "registered_at": now,
        }
        return Reply(201, merchant_out(row), location=f"/v1/merchants/{merchant_id}")

    return await call.once(act)


@merchants_api.get("/v1/merchants", response_model=Page[MerchantOut], responses=problems(422))
async def list_merchants(
    call: CatalogRead,
    page: PageQuery,
    belt: Annotated[str | None, Query(max_length=40)] = None,
    has_office: Annotated[bool | None, Query()] = None,
) -> Response:
    """List merchants.

    Operators see all, a merchant itself.
    """
    filters = {"list": "merchants", "belt": belt, "has_office": has_office}
    (after,) = page.after(filters, str) or ("",)
    async with call.read() as reader:
        rows = await queries.list_merchants(
            reader,
            tenant=call.tenant,
            belt=belt,
            has_office=has_office,
            after=after,
            limit=page.fetch,
        )
    return json_reply(page.page(rows, merchant_out, key=lambda row: (row["id"],), filters=filters))


@merchants_api.get(
    "/v1/merchants/{merchant_id}", response_model=MerchantOut, responses=problems(404)
)
async def get_merchant(merchant_id: str, call: CatalogRead) -> Response:
    """Read a merchant."""
    if not is_id(merchant_id, "mer"):
        raise MerchantNotFound
    async with call.read() as reader:
        row = await queries.get_merchant(reader, tenant=call.tenant, merchant_id=merchant_id)
    return json_reply(merchant_out(row))


@merchants_api.post(
    "/v1/partners", status_code=201, response_model=PartnerOut, responses=problems(422)
)
async def create_partner(body: PartnerIn, call: ParkWrite) -> Response:
    """Register a partner platform."""
    sees, now = body.merchants(), call.clock.now()

    async def act(uow: UnitOfWork) -> Reply:
        partner_id = await register_partner(uow, name=body.name, sees=sees, now=now)
        row = {"id": partner_id, "name": body.name, "sees": sees, "created_at": now}
        return Reply(201, partner_out(row), location=f"/v1/partners/{partner_id}")

    return await call.once(act)


@merchants_api.get("/v1/partners", response_model=Page[PartnerOut], responses=problems(422))
async def list_partners(call: OperatorRead, page: PageQuery) -> Response:
    """List partner platforms."""
    filters = {"list": "partners"}
    (after,) = page.after(filters, str) or ("",)
    async with call.read() as reader:
        rows = await queries.list_partners(
            reader, tenant=call.tenant, after=after, limit=page.fetch
        )
    return json_reply(page.page(rows, partner_out, key=lambda row: (row["id"],), filters=filters))


@merchants_api.get("/v1/partners/{partner_id}", response_model=PartnerOut, responses=problems(404))
async def get_partner(partner_id: str, call: OperatorRead) -> Response:
    """Read a partner platform."""
    if not is_id(partner_id, "par"):
        raise PartnerNotFound
    async with call.read() as reader:
        row = await queries.get_partner(reader, tenant=call.tenant, partner_id=partner_id)
    return json_reply(partner_out(row))


@merchants_api.get("/v1/belts", response_model=BeltsOut)
async def get_belts(call: CatalogRead) -> Response:
    """List the industrial belts merchants come from."""
    async with call.read() as reader:
        rows = await list_belts(reader)
    return json_reply({"items": [dict(row) for row in rows]})


@merchants_api.get("/v1/stores", response_model=StoresOut)
async def get_stores(call: CatalogRead) -> Response:
    """List the overseas stores an order may come from."""
    async with call.read() as reader:
        rows = await list_stores(reader)
    return json_reply({"items": [dict(row) for row in rows]})
