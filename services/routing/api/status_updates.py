"""POST /v1/status-updates: what airlines and handlers report, in FSU codes."""

from fastapi import APIRouter
from starlette.responses import Response

from services.routing.api.deps import ParkWrite
from services.routing.schemas.status_updates import StatusUpdateIn, StatusUpdatesIn
from services.routing.use_cases.status_updates import Recorded, record_status_updates
from shared.db import UnitOfWork
from shared.http import Reply, problems
from shared.http.batches import BatchOut, ItemDone, accepted, batch_reply, read_items
from shared.kernel.errors import AirlaneError

status_updates_api = APIRouter(tags=["status updates"])


@status_updates_api.post(
    "/v1/status-updates", status_code=207, response_model=BatchOut, responses=problems(409, 422)
)
async def post_status_updates(body: StatusUpdatesIn, call: ParkWrite) -> Response:
    """Report status updates of flights and parcels.

    FSU codes, applied in the order of the items. Repeated and early updates do no harm.
    """
    items = await read_items(StatusUpdateIn, body.items, StatusUpdateIn.to_domain)

    async def act(uow: UnitOfWork) -> Reply:
        outcomes = await record_status_updates(
            uow,
            updates=accepted(items),
            reported_by=call.principal.subject,
            now=call.clock.now(),
        )
        return batch_reply(call, items, [_done(outcome) for outcome in outcomes])

    return await call.once(act)


def _done(outcome: Recorded | AirlaneError) -> ItemDone | AirlaneError:
    if isinstance(outcome, AirlaneError):
        return outcome
    return ItemDone(outcome.id, is_new=outcome.is_new)
