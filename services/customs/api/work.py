"""/v1/work: the declarations that wait for somebody, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.customs.api.deps import CustomsParts, CustomsRead, Parts
from services.customs.api.stops import stops_of
from services.customs.domain.declarations.missing import CORRECTION, Owner
from services.customs.domain.movements.waiting import nameless_reports, terms_of
from services.customs.domain.work import ParkItem, work_of_keys, work_of_movements
from services.customs.queries.declarations.files import read_own_files
from services.customs.queries.movements import list_stalled
from services.customs.queries.work import details, items
from services.customs.schemas.work.items import WorkItem, WorkPage, work_page
from services.customs.use_cases.registrations import find_site_parties
from services.customs.use_cases.signing import list_keys
from shared.db import Reader
from shared.documents.fields import AnyInstant
from shared.http import Call, PageOf, json_reply, problems
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK

# Of each way to wait.
_STALLED_MAX = 100

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
    call: CustomsRead, given: Annotated[WorkFilters, Depends()], page: PageOf, parts: Parts
) -> Response:
    """List the declarations that wait for somebody.

    By deadline, then the oldest first: whose move it is, what to do, and until when. A page may
    have fewer than `limit` or none: as long as there is `next`, go on. What our own check suggests
    is in `repairs`, what was refused in `refused`, and keys and late reports in `summary`.
    """
    asked = page.of(given, datetime, str)
    async with call.read() as reader:
        found = await items.list_work(reader, asked.window, asked.filters)
        owners = await items.count_by_owner(reader)
        park = await items.count_park_work(reader)
        faulty = [one.id for one in found.rows if one.waits_for == CORRECTION.code]
        suggestions = await details.list_suggestions(reader, faulty)
        park_items = [] if park is None else await _park_items(call, reader, parts)
    async with call.db.read(PARK) as reader:
        read = await read_own_files(reader, [one.id for one in found.rows])
        stops = await stops_of(reader, read, parts)
    files = {one.declaration.id: one for one in read}
    shown = asked.page(
        found.rows,
        lambda one: WorkItem.of(
            one,
            suggestions.get(one.id, ()),
            files[one.id],
            stops,
            call.locale,
            is_park=call.tenant == PARK,
        ),
        key=lambda one: (one.due_at, one.id),
        passed=found.passed,
    )
    return json_reply(work_page(shown, owners, park, park_items, call.locale))


async def _park_items(call: Call, reader: Reader, parts: CustomsParts) -> list[ParkItem]:
    at, now = real_now(), call.clock.now()
    books = parts.rulebooks.books
    nameless = nameless_reports(await find_site_parties(reader, books, now=now))
    terms = terms_of(books.district_on(now))
    stalled = await list_stalled(
        reader, terms=terms, nameless=nameless, now=now, real_now=at, rows_max=_STALLED_MAX
    )
    keys = await list_keys(reader, real_now=at)
    return [*work_of_keys(keys, real_now=at), *work_of_movements(stalled)]
