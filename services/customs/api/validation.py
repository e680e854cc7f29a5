"""/v1/declarations:validate: what the match would find, before anything is sent."""

from fastapi import APIRouter
from starlette.responses import Response

from services.customs.api.deps import Parts, ValidationRead
from services.customs.domain.declarations.errors import ValidationUnclear
from services.customs.queries.declarations import views
from services.customs.schemas.validation import ValidationIn, ValidationOut
from services.customs.use_cases.declarations.validating import (
    validate_declaration,
    validate_papers,
)
from shared.http import json_reply, problems
from shared.http.call import TenantMissing
from shared.kernel.identity import PARK

validation_api = APIRouter(tags=["declarations"])


@validation_api.post(
    "/v1/declarations:validate", response_model=ValidationOut, responses=problems(404, 422)
)
async def validate(body: ValidationIn, call: ValidationRead, parts: Parts) -> Response:
    """Validate a declaration before it is sent.

    What is on file for a declaration, as a list drawn up from it at this moment would be, or an
    order that is not here yet. It is matched by the same rules as a declaration on its way, with
    the enterprises that it would name, and all findings come at once. Nothing is stored.
    """
    if not body.is_clear:
        raise ValidationUnclear
    if body.order is not None and call.tenant == PARK:
        raise TenantMissing(pointer="/header/airlane-tenant")
    if body.declaration_id is not None:
        async with call.read() as reader:
            await views.get_declaration(reader, declaration_id=body.declaration_id)
    async with call.db.read(PARK) as reader:
        if body.declaration_id is not None:
            examined = await validate_declaration(
                reader,
                declaration_id=body.declaration_id,
                rulebooks=parts.rulebooks,
                now=call.clock.now(),
            )
        else:
            examined = await validate_papers(
                reader,
                body.to_domain(call.tenant),
                merchant_id=call.tenant,
                rulebooks=parts.rulebooks,
                now=call.clock.now(),
            )
    return json_reply(ValidationOut.of(examined, call.locale, body.declaration_id))
