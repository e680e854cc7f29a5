"""/v1/lanes and /v1/screenings: the queues of the security lanes, and what the scanners saw."""

from fastapi import APIRouter
from starlette.responses import Response

from services.customs.api.deps import LaneNumber, ParkRead, ParkWrite, Parts
from services.customs.queries import lanes
from services.customs.schemas.lanes import (
    LaneOut,
    LanesOut,
    ParcelOut,
    ScreeningIn,
    ScreeningsIn,
    TakeIn,
    TakenOut,
)
from services.customs.use_cases.lanes import RecordedScreening, record_screenings, take_parcels
from shared.db import UnitOfWork
from shared.http import Reply, json_reply, problems
from shared.http.batches import BatchOut, ItemDone, accepted, batch_reply, read_items
from shared.kernel.clock import real_now
from shared.kernel.errors import AirlaneError

lanes_api = APIRouter(tags=["lanes"])


@lanes_api.get("/v1/lanes", response_model=LanesOut)
async def list_lanes(call: ParkRead) -> Response:
    """List the security lanes.

    Queue, oldest parcel, next cut-off and use of each.
    """
    async with call.read() as reader:
        found = await lanes.list_lanes(reader, now=call.clock.now())
    return json_reply(LanesOut(items=[LaneOut.of(lane) for lane in found]))


@lanes_api.post("/v1/lanes/{lane}:take", response_model=TakenOut, responses=problems(404, 422))
async def take_from_lane(lane: LaneNumber, body: TakeIn, call: ParkWrite, parts: Parts) -> Response:
    """Take the next parcels of a lane to screen.

    Earliest flight cut-off first, then the oldest.
    """

    async def act(uow: UnitOfWork) -> Reply:
        parcels = await take_parcels(
            uow, lane=lane, limit=body.limit, lease=parts.lane_lease, real_now=real_now()
        )
        taken = TakenOut(
            lane=lane,
            lease_s=parts.lane_lease.total_seconds(),
            items=[ParcelOut.of(parcel) for parcel in parcels],
        )
        return Reply(200, taken)

    return await call.once(act)


@lanes_api.post("/v1/screenings", status_code=207, response_model=BatchOut, responses=problems(422))
async def post_screenings(body: ScreeningsIn, call: ParkWrite) -> Response:
    """Report what the scanners saw.

    A failed screening holds the parcel until one passes.
    """
    items = await read_items(ScreeningIn, body.items, ScreeningIn.to_domain)

    async def act(uow: UnitOfWork) -> Reply:
        outcomes = await record_screenings(uow, screenings=accepted(items), now=call.clock.now())
        return batch_reply(call, items, [_done(one) for one in outcomes])

    return await call.once(act)


def _done(outcome: RecordedScreening | AirlaneError) -> ItemDone | AirlaneError:
    if isinstance(outcome, AirlaneError):
        return outcome
    return ItemDone(outcome.id, is_new=outcome.is_new)
