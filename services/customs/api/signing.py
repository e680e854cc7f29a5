"""/v1/signing-keys: keys that customs found fault with, and trusting them again. For operators."""

from fastapi import APIRouter
from starlette.responses import Response

from services.customs.api.deps import KeyName, ParkRead, ParkWrite
from services.customs.schemas.signing import KeyComplaintOut, KeyComplaintsOut
from services.customs.use_cases.signing import list_complaints, trust_key
from shared.db import UnitOfWork
from shared.http import Reply, json_reply, problems

signing_api = APIRouter(tags=["signing"])


@signing_api.get("/v1/signing-keys", response_model=KeyComplaintsOut)
async def list_signing_keys(call: ParkRead) -> Response:
    """List the signing keys that customs found fault with.

    Those without `trusted_at` sign nothing.
    """
    async with call.read() as reader:
        found = await list_complaints(reader)
    return json_reply(KeyComplaintsOut(items=[KeyComplaintOut.of(one) for one in found]))


@signing_api.post(
    "/v1/signing-keys/{key_name}:trust",
    response_model=KeyComplaintOut,
    responses=problems(404, 422),
)
async def trust_signing_key(key_name: KeyName, call: ParkWrite) -> Response:
    """Let a key sign again.

    Once somebody has seen to what customs complained of. Messages that wait are signed then,
    and what was refused for its signature goes again by itself.
    """

    async def act(uow: UnitOfWork) -> Reply:
        trusted = await trust_key(
            uow, key_name=key_name, by=call.principal.subject, now=call.clock.now()
        )
        return Reply(200, KeyComplaintOut.of(trusted))

    return await call.once(act)
