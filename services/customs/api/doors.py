"""/v1/doors: the ways by which messages leave, opened and closed by hand. For operators."""

from fastapi import APIRouter
from starlette.responses import Response

from services.customs.api.deps import DoorName, ParkRead, ParkWrite
from services.customs.queries import doors
from services.customs.schemas.doors import DoorOut, DoorsOut
from services.customs.use_cases.doors import close_door, open_door
from shared.db import UnitOfWork
from shared.http import Reply, json_reply, problems
from shared.kernel.clock import real_now

doors_api = APIRouter(tags=["doors"])


@doors_api.get("/v1/doors", response_model=DoorsOut)
async def list_doors(call: ParkRead) -> Response:
    """List the doors to the port.

    With the state of the breaker of each.
    """
    async with call.read() as reader:
        found = await doors.list_doors(reader)
    return json_reply(DoorsOut(items=[DoorOut.of(door) for door in found]))


@doors_api.post("/v1/doors/{door_name}:open", response_model=DoorOut, responses=problems(404, 422))
async def open_door_by_hand(door_name: DoorName, call: ParkWrite) -> Response:
    """Stop messages at a door.

    As for maintenance: like an open circuit it lets nothing pass until it is closed by hand.
    """

    async def act(uow: UnitOfWork) -> Reply:
        await open_door(
            uow,
            name=door_name,
            by=call.principal.subject,
            now=call.clock.now(),
            real_now=real_now(),
        )
        return Reply(200, DoorOut.of(await doors.get_door(uow, name=door_name)))

    return await call.once(act)


@doors_api.post("/v1/doors/{door_name}:close", response_model=DoorOut, responses=problems(404, 422))
async def close_door_by_hand(door_name: DoorName, call: ParkWrite) -> Response:
    """Let messages pass a door again.

    Like a closed circuit. If the port is still away, the breaker opens it anew.
    """

    async def act(uow: UnitOfWork) -> Reply:
        await close_door(
            uow,
            name=door_name,
            by=call.principal.subject,
            now=call.clock.now(),
            real_now=real_now(),
        )
        return Reply(200, DoorOut.of(await doors.get_door(uow, name=door_name)))

    return await call.once(act)
