"""/v1/documents: what was drawn up for customs. For operators."""

from fastapi import APIRouter
from starlette.responses import Response

from services.customs.api.deps import ParkWrite, Parts
from services.customs.domain.declarations.errors import ResendUnclear
from services.customs.schemas.steps import ResendIn
from services.customs.use_cases.declarations.steps import list_documents, resend_documents
from shared.db import UnitOfWork
from shared.http import Reply, problems
from shared.http.batches import BatchOut, ItemDone, batch_reply
from shared.kernel.clock import real_now
from shared.kernel.errors import AirlaneError

documents_api = APIRouter(tags=["documents"])


@documents_api.post(
    "/v1/documents:resend", status_code=207, response_model=BatchOut, responses=problems(422)
)
async def resend_many(body: ResendIn, call: ParkWrite, parts: Parts) -> Response:
    """Send documents once more.

    Up to 200 that failed or were never answered: by their ids, or the oldest of a kind in a phase.
    An arrival, bill or departure whose content customs or the port did not take is drawn up anew.
    """
    if (body.document_ids is None) == (body.of is None):
        raise ResendUnclear

    async def act(uow: UnitOfWork) -> Reply:
        wanted = body.document_ids or []
        if body.of is not None:
            wanted = await list_documents(
                uow, kind=body.of.kind, phase=body.of.status, limit=body.of.limit
            )
        outcomes = await resend_documents(
            uow,
            document_ids=wanted,
            rulebooks=parts.rulebooks,
            by=call.principal.subject,
            now=call.clock.now(),
            real_now=real_now(),
        )
        return batch_reply(call, wanted, [_done(one) for one in outcomes])

    return await call.once(act)


def _done(outcome: str | AirlaneError) -> ItemDone | AirlaneError:
    return outcome if isinstance(outcome, AirlaneError) else ItemDone(outcome, is_new=False)
