"""/v1/declarations: what became of each order at customs, what happened, what is missing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.customs.api.deps import CustomsRead, DeclarationId, Parts
from services.customs.api.stops import stops_of
from services.customs.queries.declarations import timeline, views
from services.customs.queries.declarations.files import DeclarationFile, get_file
from services.customs.queries.work import clocks
from services.customs.schemas.declarations import (
    DeclarationDetail,
    DeclarationOut,
    TimelineOut,
)
from services.customs.schemas.documents import DocumentsOut
from services.customs.schemas.work.missing import MissingOut
from shared.contracts.customs.declarations import Channel, DeclarationStatus
from shared.documents.fields import AnyInstant
from shared.http import Call, Page, PageOf, json_reply, problems
from shared.kernel.identity import PARK

declarations_api = APIRouter(tags=["declarations"])


@dataclass(frozen=True)
class DeclarationFilters:
    """What a list of declarations can be narrowed to."""

    status: Annotated[DeclarationStatus | None, Query()] = None
    channel: Annotated[Channel | None, Query()] = None
    order_id: Annotated[str | None, Query(pattern=r"^ord_[0-9a-f]{32}$")] = None
    order_number: Annotated[
        str | None,
        Query(min_length=1, max_length=60, description="The order's number in its store."),
    ] = None
    house_waybill: Annotated[str | None, Query(pattern=r"^[A-Z0-9]{1,32}$")] = None
    cop_no: Annotated[
        str | None,
        Query(
            pattern=r"^[A-Za-z0-9_-]{1,36}$",
            description="copNo of a list: the current one, or one that was replaced.",
        ),
    ] = None
    invt_no: Annotated[
        str | None,
        Query(pattern=r"^[A-Za-z0-9]{1,18}$", description="invtNo: customs' number of a list."),
    ] = None
    created_from: Annotated[AnyInstant | None, Query()] = None
    created_to: Annotated[AnyInstant | None, Query(description="Before this instant.")] = None
    flight_id: Annotated[
        str | None, Query(pattern=r"^flt_[0-9a-f]{32}$", description="Id of the booked flight.")
    ] = None


@declarations_api.get(
    "/v1/declarations", response_model=Page[DeclarationOut], responses=problems(422)
)
async def list_declarations(
    call: CustomsRead, given: Annotated[DeclarationFilters, Depends()], page: PageOf
) -> Response:
    """List declarations, newest first.

    By the instant at which they were created, then by id.
    """
    asked = page.of(given, datetime, str)
    async with call.read() as reader:
        found = await views.list_declarations(reader, asked.window, asked.filters)
    shown = asked.page(
        found,
        lambda one: DeclarationOut.of(one, call.locale),
        key=lambda one: (one.created_at, one.id),
    )
    return json_reply(shown)


async def _read_file(call: Call, declaration_id: str) -> DeclarationFile:
    """Raises DeclarationNotFound."""
    async with call.read() as reader:
        declaration = await views.get_declaration(reader, declaration_id=declaration_id)
    async with call.db.read(PARK) as reader:
        return await get_file(reader, declaration)


@declarations_api.get(
    "/v1/declarations/{declaration_id}",
    response_model=DeclarationDetail,
    responses=problems(404, 422),
)
async def get_declaration(declaration_id: DeclarationId, call: CustomsRead) -> Response:
    """Read a declaration.

    With the steps that its status allows, and the clocks that run.
    """
    file = await _read_file(call, declaration_id)
    async with call.read() as reader:
        running = await clocks.list_clocks(reader, declaration_id=declaration_id)
    return json_reply(DeclarationDetail.whole(file, running, call.locale))


@declarations_api.get(
    "/v1/declarations/{declaration_id}/documents",
    response_model=DocumentsOut,
    responses=problems(404, 422),
)
async def list_documents(declaration_id: DeclarationId, call: CustomsRead) -> Response:
    """List the documents of a declaration.

    Each with its number at customs, its status and its uploads.
    """
    return json_reply(DocumentsOut.of(await _read_file(call, declaration_id)))


@declarations_api.get(
    "/v1/declarations/{declaration_id}/timeline",
    response_model=TimelineOut,
    responses=problems(404, 422),
)
async def get_timeline(declaration_id: DeclarationId, call: CustomsRead) -> Response:
    """Read what happened to a declaration.

    All its documents, their uploads, what was answered and what that means, lane and departure, by
    time.
    """
    async with call.read() as reader:
        declaration = await views.get_declaration(reader, declaration_id=declaration_id)
    async with call.db.read(PARK) as reader:
        happened = await timeline.get_timeline(reader, declaration)
    return json_reply(TimelineOut.of(happened, call.locale, is_park=call.tenant == PARK))


@declarations_api.get(
    "/v1/declarations/{declaration_id}/missing",
    response_model=MissingOut,
    responses=problems(404, 422),
)
async def get_missing(declaration_id: DeclarationId, call: CustomsRead, parts: Parts) -> Response:
    """Read what a declaration still lacks.

    Whose move it is at this moment, until when, and what to do; for what the port refused or
    customs returned, also why. `clocks` are those that run.
    """
    file = await _read_file(call, declaration_id)
    async with call.read() as reader:
        running = await clocks.list_clocks(reader, declaration_id=declaration_id)
    async with call.db.read(PARK) as reader:
        stops = await stops_of(reader, [file], parts)
    shown = MissingOut.of(file, running, stops, call.locale, is_park=call.tenant == PARK)
    return json_reply(shown)
