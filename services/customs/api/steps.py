"""/v1/declarations/{id}:cancel, :clone, :amend, :repair, :resend."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from services.customs.api.deps import CustomsParts, DeclarationId, Parts, StepWrite
from services.customs.domain.declarations import acts
from services.customs.domain.evidence.entries import ActKind
from services.customs.queries.declarations import views
from services.customs.schemas.declarations import DeclarationOut
from services.customs.schemas.steps import CancelIn, CorrectIn, RepairIn
from services.customs.use_cases.declarations.steps import Decide, take_step
from shared.db import UnitOfWork
from shared.http import Call, Reply, problems
from shared.kernel.clock import real_now

steps_api = APIRouter(tags=["declarations"])


async def _step(
    call: Call, parts: CustomsParts, declaration_id: str, act: ActKind, decide: Decide
) -> Response:
    """The answer is the declaration as it is then."""

    async def once(uow: UnitOfWork) -> Reply:
        await views.get_declaration(uow, declaration_id=declaration_id)
        await take_step(
            uow,
            declaration_id=declaration_id,
            act=act,
            decide=decide,
            rulebooks=parts.rulebooks,
            by=call.principal.subject,
            now=call.clock.now(),
            real_now=real_now(),
        )
        declaration = await views.get_declaration(uow, declaration_id=declaration_id)
        return Reply(200, DeclarationOut.of(declaration, call.locale))

    return await call.once(once)


@steps_api.post(
    "/v1/declarations/{declaration_id}:cancel",
    response_model=DeclarationOut,
    responses=problems(404, 409, 422),
)
async def cancel_declaration(
    declaration_id: DeclarationId, body: CancelIn, call: StepWrite, parts: Parts
) -> Response:
    """Cancel a declaration.

    It is withdrawn if customs does not have it. Otherwise customs is asked by CEB605, as soon as
    the list has a number there, and the status is `cancel_requested` until customs agrees or
    declines. What customs has released needs `confirm`.
    """
    decide = partial(acts.cancel, reason=body.reason, confirmed=body.confirm)
    return await _step(call, parts, declaration_id, ActKind.CANCEL, decide)


@steps_api.post(
    "/v1/declarations/{declaration_id}:clone",
    response_model=DeclarationOut,
    responses=problems(404, 409, 422),
)
async def clone_declaration(
    declaration_id: DeclarationId, body: CorrectIn, call: StepWrite, parts: Parts
) -> Response:
    """Declare again under a new number.

    For what customs returned or cancelled, and what the port refused for its content: a new list
    from the newest order and waybill, with `repairs`, on the same declaration.
    """
    decide = partial(acts.clone, repairs=body.to_domain())
    return await _step(call, parts, declaration_id, ActKind.CLONE, decide)


@steps_api.post(
    "/v1/declarations/{declaration_id}:amend",
    response_model=DeclarationOut,
    responses=problems(404, 409, 422),
)
async def amend_declaration(
    declaration_id: DeclarationId, body: CorrectIn, call: StepWrite, parts: Parts
) -> Response:
    """Change a declaration that customs has.

    While it is accepted or under review: new content from the newest order and waybill, with
    `repairs`, under the same number.
    """
    decide = partial(acts.amend, repairs=body.to_domain())
    return await _step(call, parts, declaration_id, ActKind.AMEND, decide)


@steps_api.post(
    "/v1/declarations/{declaration_id}:repair",
    response_model=DeclarationOut,
    responses=problems(404, 409, 422),
)
async def repair_declaration(
    declaration_id: DeclarationId, body: RepairIn, call: StepWrite, parts: Parts
) -> Response:
    """Repair a blocked declaration.

    It is matched again with the repairs, and queued if no fault is left. The order stays as it was
    received; a newer version of it keeps a repair as long as it says there what was repaired. What
    the port refused for its content is declared again.
    """
    decide = partial(
        acts.repair,
        given=body.to_domain(),
        apply_suggested=body.apply_suggested,
    )
    return await _step(call, parts, declaration_id, ActKind.REPAIR, decide)


@steps_api.post(
    "/v1/declarations/{declaration_id}:resend",
    response_model=DeclarationOut,
    responses=problems(404, 409, 422),
)
async def resend_declaration(
    declaration_id: DeclarationId, call: StepWrite, parts: Parts
) -> Response:
    """Send what failed once more.

    Also what was never answered.
    """
    return await _step(call, parts, declaration_id, ActKind.RESEND, acts.resend)
