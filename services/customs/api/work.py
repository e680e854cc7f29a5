"""/v1/work: the declarations that wait for somebody, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.customs.api.deps import CustomsRead
from services.customs.domain.declarations.missing import Owner
from services.customs.queries.work import items
from services.customs.schemas.work.items import WorkItem, WorkPage, work_page
from shared.documents.fields import AnyInstant
from shared.http import PageOf, json_reply, problems

work_api = APIRouter(tags=["work"])


@dataclass(frozen=True)
class WorkFilters:
    """What the work can be narrowed to."""

    owner: Annotated[Owner | None, Query()] = None
    code: Annotated[str | None, Query(pattern=r"^[a-z0-9_]{1,40}$")] = None
    lane: Annotated[int | None, Query(ge=1, le=32767)] = None
    flight_id: Annotated[str | None, Query(pattern=r"^flt_[0-9a-f]{32}$")] = None
    due_before: Annotated[
        AnyInstant | None, Query(description="Cut-off or end of the clock before this instant.")
    ] = None


@work_api.get("/v1/work", response_model=WorkPage, responses=problems(422))
async def list_work(
    call: CustomsRead, given: Annotated[WorkFilters, Depends()], page: PageOf
) -> Response:
    """List the declarations that wait for somebody.

    By deadline, then the oldest first: whose move it is, what to do, and until when. A page may
    have fewer than `limit` or none: as long as there is `next`, go on.
    """
    asked = page.of(given, datetime, str)
    async with call.read() as reader:
        found = await items.list_work(reader, asked.window, asked.filters)
        owners = await items.count_by_owner(reader)
        park = await items.count_park_work(reader)
    shown = asked.page(
        found.rows,
        lambda one: WorkItem.of(one, call.locale),
        key=lambda one: (one.due_at, one.id),
        passed=found.passed,
    )
    return json_reply(work_page(shown, owners, park))
