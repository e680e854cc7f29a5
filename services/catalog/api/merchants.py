"""Merchants and partner platforms."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.catalog.api.deps import (
    CatalogRead,
    OperatorRead,
    ParkWrite,
    References,
)
from services.catalog.domain.merchants import MerchantNotFound, PartnerNotFound
from services.catalog.queries import merchants as queries
from services.catalog.schemas.merchants import (
    MerchantIn,
    MerchantOut,
    PartnerIn,
    PartnerOut,
    merchant_out,
    partner_out,
)
from services.catalog.use_cases.merchants import register_merchant, register_partner
from shared.db import UnitOfWork
from shared.http import Page, PageOf, Reply, json_reply, problems
from shared.kernel.ids import is_id

merchants_api = APIRouter(tags=["merchants"])


@merchants_api.post(
    "/v1/merchants", status_code=201, response_model=MerchantOut, responses=problems(409, 422)
)
async def create_merchant(body: MerchantIn, call: ParkWrite, reference: References) -> Response:
    """Register a merchant."""
    new, now = body.to_domain(), call.clock.now()

    async def act(uow: UnitOfWork) -> Reply:
        merchant = await register_merchant(uow, new=new, reference=reference, now=now)
        return Reply(201, merchant_out(merchant), location=f"/v1/merchants/{merchant.id}")

    return await call.once(act)


@dataclass
class MerchantFilters:
    belt: Annotated[str | None, Query(max_length=40)] = None
    has_office: Annotated[bool | None, Query()] = None


@merchants_api.get("/v1/merchants", response_model=Page[MerchantOut], responses=problems(422))
async def list_merchants(
    call: CatalogRead, given: Annotated[MerchantFilters, Depends()], page: PageOf
) -> Response:
    """List merchants.

    Operators see all merchants; a merchant sees itself.
    """
    asked = page.of(given, str)
    async with call.read() as reader:
        merchants = await queries.list_merchants(reader, asked.window, asked.filters)
    return json_reply(asked.page(merchants, merchant_out, key=lambda merchant: (merchant.id,)))


@merchants_api.get(
    "/v1/merchants/{merchant_id}", response_model=MerchantOut, responses=problems(404)
)
async def get_merchant(merchant_id: str, call: CatalogRead) -> Response:
    """Read a merchant."""
    if not is_id(merchant_id, "mer"):
        raise MerchantNotFound
    async with call.read() as reader:
        merchant = await queries.get_merchant(reader, merchant_id=merchant_id)
    return json_reply(merchant_out(merchant))


@merchants_api.post(
    "/v1/partners", status_code=201, response_model=PartnerOut, responses=problems(422)
)
async def create_partner(body: PartnerIn, call: ParkWrite) -> Response:
    """Register a partner platform."""
    sees, now = body.merchants(), call.clock.now()

    async def act(uow: UnitOfWork) -> Reply:
        partner = await register_partner(uow, name=body.name, sees=sees, now=now)
        return Reply(201, partner_out(partner), location=f"/v1/partners/{partner.id}")

    return await call.once(act)


@merchants_api.get("/v1/partners", response_model=Page[PartnerOut], responses=problems(422))
async def list_partners(call: OperatorRead, page: PageOf) -> Response:
    """List partner platforms."""
    asked = page.of({}, str)
    async with call.read() as reader:
        partners = await queries.list_partners(reader, asked.window)
    return json_reply(asked.page(partners, partner_out, key=lambda partner: (partner.id,)))


@merchants_api.get("/v1/partners/{partner_id}", response_model=PartnerOut, responses=problems(404))
async def get_partner(partner_id: str, call: OperatorRead) -> Response:
    """Read a partner platform."""
    if not is_id(partner_id, "par"):
        raise PartnerNotFound
    async with call.read() as reader:
        partner = await queries.get_partner(reader, partner_id=partner_id)
    return json_reply(partner_out(partner))
