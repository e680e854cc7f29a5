"""POST /v1/status-updates: what airlines and handlers report, in FSU codes."""

from fastapi import APIRouter
from starlette.responses import Response

from services.routing.api.deps import ParkWrite
from services.routing.schemas.status_updates import (
    StatusUpdatesIn,
    read_each_update,
)
from services.routing.use_cases.status_updates import Recorded, record_status_updates
from shared.db import UnitOfWork
from shared.http import Reply, problems
from shared.http.batches import BatchItemOut, BatchOut
from shared.http.errors import problem, status_of
from shared.http.faults import ITEM_ERRORS_MAX
from shared.kernel.errors import AirlaneError, Locale

status_updates_api = APIRouter(tags=["status updates"])
_PATH = "/v1/status-updates"


@status_updates_api.post(
    _PATH, status_code=207, response_model=BatchOut, responses=problems(409, 422)
)
async def post_status_updates(body: StatusUpdatesIn, call: ParkWrite) -> Response:
    """Report status updates of flights and parcels.

    FSU codes, taken in the order of the items. Repeated and early updates do no harm.
    """
    updates = await read_each_update(body.items)
    readable = [update for update in updates if not isinstance(update, AirlaneError)]

    async def act(uow: UnitOfWork) -> Reply:
        recorded = iter(
            await record_status_updates(
                uow,
                updates=readable,
                reported_by=call.principal.subject,
                now=call.clock.now(),
            )
        )
        outcomes = [u if isinstance(u, AirlaneError) else next(recorded) for u in updates]
        items = [_item(n, outcome, call.locale) for n, outcome in enumerate(outcomes)]
        return Reply(207, BatchOut.model_construct(items=items))

    return await call.once(act)


def _item(index: int, outcome: Recorded | AirlaneError, locale: Locale) -> BatchItemOut:
    if isinstance(outcome, Recorded):
        return BatchItemOut(index=index, status=201 if outcome.new else 200, id=outcome.id)
    return BatchItemOut(
        index=index,
        status=status_of(type(outcome)),
        error=problem(
            outcome, locale=locale, instance=f"{_PATH}#/items/{index}", errors_max=ITEM_ERRORS_MAX
        ),
    )
