"""/v1/returns: exported goods that come back."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.customs.api.deps import (
    CustomsRead,
    DeclarationId,
    ParkWrite,
    Parts,
    ReturnId,
    ReturnsWrite,
)
from services.customs.clients.reference import code_tables, regime_tables
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.returns.clock import day_in_china
from services.customs.queries import returns as queries
from services.customs.queries.declarations.views import get_declaration
from services.customs.schemas.returns import ReturnableOut, ReturnIn, ReturnOut, TallyIn
from services.customs.use_cases import returns as use_cases
from services.customs.use_cases.registrations import require_site_parties
from shared.db import Reader, UnitOfWork
from shared.documents.fields import AnyInstant
from shared.http import Call, Page, PageOf, Reply, json_reply, problems
from shared.kernel.clock import real_now

returns_api = APIRouter(tags=["returns"])


@returns_api.post(
    "/v1/returns", status_code=201, response_model=ReturnOut, responses=problems(404, 409, 422)
)
async def create_return(body: ReturnIn, call: ReturnsWrite, parts: Parts) -> Response:
    """Create a return.

    It is drawn from the list that the goods left with, which customs must have released, and sent
    to customs (CEB213). A list can come back in several returns.
    """
    asked = body.to_domain()

    async def act(uow: UnitOfWork) -> Reply:
        made = await use_cases.create_return(
            uow,
            declaration_id=body.declaration_id,
            asked=asked,
            countries=code_tables().country,
            tables=regime_tables(),
            rulebooks=parts.rulebooks,
            actor=call.principal.subject,
            now=call.clock.now(),
            real_now=real_now(),
        )
        return Reply(201, await _shown(uow, call, made), location=f"/v1/returns/{made}")

    return await call.once(act)


@dataclass(frozen=True)
class ReturnFilters:
    """What a list of returns can be narrowed to."""

    status: Annotated[DocumentPhase | None, Query()] = None
    declaration_id: Annotated[str | None, Query(pattern=r"^dec_[0-9a-f]{32}$")] = None
    merchant_id: Annotated[str | None, Query(pattern=r"^mer_[0-9a-f]{32}$")] = None
    created_from: Annotated[AnyInstant | None, Query()] = None
    created_to: Annotated[AnyInstant | None, Query(description="Before this instant.")] = None


@returns_api.get("/v1/returns", response_model=Page[ReturnOut], responses=problems(422))
async def list_returns(
    call: CustomsRead, given: Annotated[ReturnFilters, Depends()], page: PageOf
) -> Response:
    """List returns, newest first."""
    asked = page.of(given, str)
    async with call.read() as reader:
        found = await queries.list_returns(reader, asked.window, asked.filters)
    today = day_in_china(call.clock.now())
    shown = asked.page(
        found,
        lambda one: ReturnOut.of(one, regime_tables(), today, call.locale),
        key=lambda one: (one.id,),
    )
    return json_reply(shown)


@returns_api.get("/v1/returns/{return_id}", response_model=ReturnOut, responses=problems(404, 422))
async def get_return(return_id: ReturnId, call: CustomsRead) -> Response:
    """Read a return."""
    async with call.read() as reader:
        return json_reply(await _shown(reader, call, return_id))


@returns_api.post(
    "/v1/returns/{return_id}:tally",
    response_model=ReturnOut,
    responses=problems(404, 409, 422),
)
async def tally_return(
    return_id: ReturnId, body: TallyIn, call: ParkWrite, parts: Parts
) -> Response:
    """Report that the site has seen the parcel of a return.

    Customs is told by CEB215. Reported again it changes nothing, unless customs has refused it.
    """

    async def act(uow: UnitOfWork) -> Reply:
        site = await require_site_parties(uow, parts.rulebooks.books, now=call.clock.now())
        await use_cases.tally_return(
            uow,
            return_id=return_id,
            site=site,
            location=body.storage_place,
            note=body.note,
            actor=call.principal.subject,
            now=call.clock.now(),
            real_now=real_now(),
        )
        return Reply(200, await _shown(uow, call, return_id))

    return await call.once(act)


@returns_api.get(
    "/v1/declarations/{declaration_id}/returnable",
    response_model=ReturnableOut,
    responses=problems(404, 422),
)
async def get_returnable(declaration_id: DeclarationId, call: CustomsRead) -> Response:
    """Read what of a declaration can still come back.

    How much of each line, and until when it is free of import duty.
    """
    async with call.read() as reader:
        await get_declaration(reader, declaration_id=declaration_id)
        found = await use_cases.read_returnable(
            reader, declaration_id=declaration_id, tables=regime_tables()
        )
    today = day_in_china(call.clock.now())
    return json_reply(ReturnableOut.of(declaration_id, found, today, call.locale))


async def _shown(reader: Reader, call: Call, return_id: str) -> ReturnOut:
    found = await queries.get_return(reader, return_id=return_id)
    today = day_in_china(call.clock.now())
    return ReturnOut.of(found, regime_tables(), today, call.locale)
