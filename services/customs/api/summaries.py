"""/v1/summaries: released lists are declared by a summary each month. For operators."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.customs.api.deps import ParkRead, ParkWrite, Parts, SummaryId
from services.customs.domain.documents.kinds import MESSAGE_TYPE, DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.messages.senders import site_sender
from services.customs.domain.summaries.month import Month
from services.customs.domain.summaries.reconciling import LineStatus, order_of
from services.customs.queries import summaries as queries
from services.customs.schemas.summaries import (
    PreviewIn,
    PreviewOut,
    ReconciledSummaryOut,
    SummariesOut,
    SummaryIn,
    SummaryLineOut,
    SummaryOut,
    WaitingOut,
)
from services.customs.use_cases import summaries as use_cases
from services.customs.use_cases.registrations import require_site_parties
from shared.db import UnitOfWork
from shared.http import Page, PageOf, Reply, json_reply, problems
from shared.kernel.clock import real_now

summaries_api = APIRouter(tags=["summaries"])


@summaries_api.post("/v1/summaries:preview", response_model=PreviewOut, responses=problems(422))
async def preview_summary(body: PreviewIn, call: ParkRead) -> Response:
    """Read what a summary of a month would have.

    The released lists that wait for one, grouped as declarations will be, until when it is due and
    what stands against it. Nothing is stored.
    """
    async with call.read() as reader:
        found = await use_cases.preview(
            reader,
            month=Month.parse(body.month),
            flag=body.summary_flag,
            now=call.clock.now(),
        )
    return json_reply(PreviewOut.of(found))


@summaries_api.post(
    "/v1/summaries",
    status_code=201,
    response_model=SummariesOut,
    responses={
        200: {"model": SummariesOut, "description": "No list waits: nothing was made"},
        **problems(409, 422),
    },
)
async def create_summaries(body: SummaryIn, call: ParkWrite, parts: Parts) -> Response:
    """Create the summaries of a month.

    One for each declarant and consignor, of the lists that wait; they are sent to customs (CEB701).
    200 and no items: none waits.
    """

    async def act(uow: UnitOfWork) -> Reply:
        site = await require_site_parties(uow, parts.rulebooks.books, now=call.clock.now())
        made = await use_cases.apply_for(
            uow,
            sender=site_sender(MESSAGE_TYPE[DocumentKind.SUMMARY], site),
            month=Month.parse(body.month),
            flag=body.summary_flag,
            replaces=body.replaces,
            by=call.principal.subject,
            now=call.clock.now(),
            real_now=real_now(),
        )
        shown = [await queries.get_summary(uow, summary_id=one) for one in made]
        return Reply(
            201 if made else 200, SummariesOut(items=[SummaryOut.of(one) for one in shown])
        )

    return await call.once(act)


@dataclass(frozen=True)
class SummaryFilters:
    """What a list of summaries can be narrowed to."""

    status: Annotated[DocumentPhase | None, Query()] = None
    month: Annotated[str | None, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")] = None


@summaries_api.get("/v1/summaries", response_model=Page[SummaryOut], responses=problems(422))
async def list_summaries(
    call: ParkRead, given: Annotated[SummaryFilters, Depends()], page: PageOf
) -> Response:
    """List summaries, newest first."""
    asked = page.of(given, str)
    async with call.read() as reader:
        found = await queries.list_summaries(reader, asked.window, asked.filters)
    return json_reply(asked.page(found, SummaryOut.of, key=lambda one: (one.id,)))


@dataclass(frozen=True)
class WaitingFilters:
    """What the lists that wait can be narrowed to. Codes are customs'."""

    month: Annotated[str | None, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")] = None
    customs_code: Annotated[str | None, Query(pattern=r"^[0-9]{4}$")] = None
    consignor: Annotated[str | None, Query(pattern=r"^[0-9A-Z]{1,18}$")] = None
    merchant_id: Annotated[str | None, Query(pattern=r"^mer_[0-9a-f]{32}$")] = None


@summaries_api.get(
    "/v1/summaries/waiting", response_model=Page[WaitingOut], responses=problems(422)
)
async def list_waiting(
    call: ParkRead, given: Annotated[WaitingFilters, Depends()], page: PageOf
) -> Response:
    """List the released lists that are in no summary.

    The oldest first: which month and customs office each is for, until when, and whether customs'
    number has come.
    """
    asked = page.of(given, str)
    async with call.read() as reader:
        found = await use_cases.list_waiting(
            reader,
            asked.window,
            month=Month.parse(given.month) if given.month else None,
            filters={name: value for name, value in asked.filters.items() if name != "month"},
            now=call.clock.now(),
        )
    return json_reply(asked.page(found, WaitingOut.of, key=lambda one: (one.waiting.list_id,)))


@summaries_api.get(
    "/v1/summaries/{summary_id}",
    response_model=ReconciledSummaryOut,
    responses=problems(404, 422),
)
async def get_summary(summary_id: SummaryId, call: ParkRead) -> Response:
    """Read a summary.

    With the declarations that customs made of it, and how many lines are in them.
    """
    async with call.read() as reader:
        view = await queries.get_summary(reader, summary_id=summary_id)
        found = await use_cases.reconcile_summary(reader, summary_id=summary_id, sum_no=view.sum_no)
    return json_reply(ReconciledSummaryOut.whole(view, found))


@dataclass(frozen=True)
class LineFilters:
    """What the lines of a summary can be narrowed to."""

    status: Annotated[LineStatus | None, Query()] = None


@summaries_api.get(
    "/v1/summaries/{summary_id}/lines",
    response_model=Page[SummaryLineOut],
    responses=problems(404, 422),
)
async def list_summary_lines(
    summary_id: SummaryId,
    call: ParkRead,
    given: Annotated[LineFilters, Depends()],
    page: PageOf,
) -> Response:
    """List the lines of a summary.

    Each line of its lists, and each line that customs has declared: by list and number.
    """
    asked = page.of(given, str, str, str, str)
    async with call.read() as reader:
        view = await queries.get_summary(reader, summary_id=summary_id)
        found = await use_cases.reconcile_summary(reader, summary_id=summary_id, sum_no=view.sum_no)
    after = asked.window.after
    left = [
        line
        for line in found.lines
        if (given.status is None or line.status == given.status)
        and (after is None or order_of(line) > after)
    ]
    rows = left[: asked.window.rows_max]
    return json_reply(asked.page(rows, SummaryLineOut.of, key=order_of))
