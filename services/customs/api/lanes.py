"""/v1/lanes and /v1/screenings: the queue of the three security lanes, and what they saw."""

from fastapi import APIRouter
from starlette.responses import Response

from services.customs.api.deps import LanePath, ParkRead, ParkWrite, Parts
from services.customs.queries import lanes as queries
from services.customs.schemas.lanes import (
    LaneOut,
    LanesOut,
    ParcelOut,
    ScreeningIn,
    ScreeningsIn,
    TakeIn,
    TakenOut,
)
from services.customs.use_cases.lanes import Screened, Screening, record_screenings, take_parcels
from shared.db import UnitOfWork
from shared.http import Reply, json_reply, problems
from shared.http.batches import BatchItemOut, BatchOut
from shared.http.errors import problem
from shared.http.faults import ITEM_ERRORS_MAX
from shared.http.fields import read_each
from shared.kernel.clock import real_now
from shared.kernel.errors import Invalid, Locale

lanes_api = APIRouter(tags=["lanes"])


@lanes_api.get("/v1/lanes", response_model=LanesOut)
async def list_lanes(call: ParkRead) -> Response:
    """List the security lanes.

    Queue, oldest parcel, next cut-off and use of each.
    """
    async with call.read() as reader:
        rows = await queries.list_lanes(reader, now=call.clock.now())
    return json_reply(LanesOut(items=[LaneOut.of(row) for row in rows]))


@lanes_api.post("/v1/lanes/{lane}:take", response_model=TakenOut, responses=problems(404, 422))
async def take_from_lane(lane: LanePath, body: TakeIn, call: ParkWrite, parts: Parts) -> Response:
    """Take the next parcels of a lane to screen.

    Earliest flight cut-off first, then the oldest.
    """

    async def act(uow: UnitOfWork) -> Reply:
        rows = await take_parcels(
            uow, lane=lane, limit=body.limit, lease=parts.lane_lease, real_now=real_now()
        )
        taken = TakenOut(
            lane=lane,
            lease_s=parts.lane_lease.total_seconds(),
            items=[ParcelOut.of(row) for row in rows],
        )
        return Reply(200, taken)

    return await call.once(act)


@lanes_api.post("/v1/screenings", status_code=207, response_model=BatchOut, responses=problems(422))
async def post_screenings(body: ScreeningsIn, call: ParkWrite) -> Response:
    """Report what the scanners saw.

    A failed screening holds the parcel until one passes.
    """
    read = await read_each(ScreeningIn, body.items)
    screenings = [
        Screening(one.declaration_id, one.lane, one.passed, one.screened_at)
        for one in read
        if isinstance(one, ScreeningIn)
    ]

    async def act(uow: UnitOfWork) -> Reply:
        results = await record_screenings(uow, screenings=screenings, now=call.clock.now())
        done = iter(results)
        items = [
            _item(index, one if isinstance(one, Invalid) else next(done), call.locale)
            for index, one in enumerate(read)
        ]
        return Reply(207, BatchOut(items=items))

    return await call.once(act)


def _item(index: int, one: Screened | Invalid, locale: Locale) -> BatchItemOut:
    refusal = one if isinstance(one, Invalid) else one.refusal
    if refusal is not None:
        error = problem(
            refusal, locale=locale, instance="/v1/screenings", errors_max=ITEM_ERRORS_MAX
        )
        return BatchItemOut(index=index, status=error["status"], error=error)
    assert isinstance(one, Screened)
    return BatchItemOut(index=index, status=201 if one.is_new else 200, id=one.screening_id)
