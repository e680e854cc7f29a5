"""/v1/declarations/{id}:cancel, :clone, :amend, :repair, :resend. A route says which decision its
step is; the rest is the same for all of them and stands in `StepRequest`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.customs.api.deps import DeclarationId, Parts, StepWrite
from services.customs.domain.declarations import acts
from services.customs.domain.declarations.repairs import Repair
from services.customs.domain.evidence.entries import ActKind
from services.customs.queries.declarations import views
from services.customs.schemas.declarations import DeclarationOut
from services.customs.schemas.steps import CancelIn, CorrectIn, RepairIn
from services.customs.use_cases.declarations.steps import Decide, take_step
from shared.db import UnitOfWork
from shared.http import Reply, problems
from shared.kernel.clock import real_now

Route = TypeVar("Route", bound=Callable[..., Any])

steps_api = APIRouter(tags=["declarations"])


class StepRequest:
    """Somebody asks for a step with the declaration that the path names."""

    def __init__(self, declaration_id: DeclarationId, call: StepWrite, parts: Parts) -> None:
        self._declaration_id = declaration_id
        self._call = call
        self._parts = parts

    async def take(self, act: ActKind, decide: Decide, repairs: Sequence[Repair] = ()) -> Response:
        """The answer is the declaration as it is then. `repairs`: that `decide` makes."""
        call, declaration_id = self._call, self._declaration_id

        async def once(uow: UnitOfWork) -> Reply:
            await views.get_declaration(uow, declaration_id=declaration_id)
            await take_step(
                uow,
                declaration_id=declaration_id,
                act=act,
                decide=decide,
                rulebooks=self._parts.rulebooks,
                by=call.principal.subject,
                now=call.clock.now(),
                real_now=real_now(),
                repairs=repairs,
            )
            declaration = await views.get_declaration(uow, declaration_id=declaration_id)
            return Reply(200, DeclarationOut.of(declaration, call.locale))

        return await call.once(once)


Requested = Annotated[StepRequest, Depends()]


def _post(path: str) -> Callable[[Route], Route]:
    return steps_api.post(path, response_model=DeclarationOut, responses=problems(404, 409, 422))


@_post("/v1/declarations/{declaration_id}:cancel")
async def cancel_declaration(request: Requested, body: CancelIn) -> Response:
    """Cancel a declaration.

    It is withdrawn if customs does not have it. Otherwise customs is asked by CEB605, as soon as
    the list has a number there, and the status is `cancel_requested` until customs agrees or
    declines. What customs has released needs `confirm`.
    """
    decide = partial(acts.cancel, reason=body.reason, confirmed=body.confirm)
    return await request.take(ActKind.CANCEL, decide)


@_post("/v1/declarations/{declaration_id}:clone")
async def clone_declaration(request: Requested, body: CorrectIn) -> Response:
    """Declare again under a new number.

    For what customs returned or cancelled, and what the port refused for its content: a new list
    from the newest order and waybill, with `repairs`, on the same declaration.
    """
    repairs = body.to_domain()
    return await request.take(ActKind.CLONE, partial(acts.clone, repairs=repairs), repairs)


@_post("/v1/declarations/{declaration_id}:amend")
async def amend_declaration(request: Requested, body: CorrectIn) -> Response:
    """Change a declaration that customs has.

    While it is accepted or under review: new content from the newest order and waybill, with
    `repairs`, under the same number.
    """
    repairs = body.to_domain()
    return await request.take(ActKind.AMEND, partial(acts.amend, repairs=repairs), repairs)


@_post("/v1/declarations/{declaration_id}:repair")
async def repair_declaration(request: Requested, body: RepairIn) -> Response:
    """Repair a blocked declaration.

    It is matched again with the repairs, and queued if no fault is left. The order stays as it was
    received; a newer version of it keeps a repair as long as it says there what was repaired. What
    the port refused for its content is declared again. An order or a waybill that was refused or
    returned is sent again under its number, also without repairs.
    """
    repairs = body.to_domain()
    decide = partial(acts.repair, given=repairs, apply_suggested=body.apply_suggested)
    return await request.take(ActKind.REPAIR, decide, repairs)


@_post("/v1/declarations/{declaration_id}:resend")
async def resend_declaration(request: Requested) -> Response:
    """Send what failed once more.

    Also what was never answered.
    """
    return await request.take(ActKind.RESEND, acts.resend)
