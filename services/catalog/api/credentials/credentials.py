"""Access credentials. Responses with a secret are never stored, so Idempotency-Key has no effect: a
repeated request makes another credential, which DELETE removes.
"""

from fastapi import APIRouter
from starlette.responses import Response

from services.catalog.api.credentials.identity import Identities
from services.catalog.api.deps import CredentialsRead, CredentialsWrite
from services.catalog.domain.credentials.credential import CredentialNotFound
from services.catalog.queries import credentials as queries
from services.catalog.schemas.credentials import (
    CredentialIn,
    CredentialIssuedOut,
    CredentialOut,
    credential_out,
    issued_out,
)
from services.catalog.use_cases.credentials import credentials as use_cases
from shared.db import UnitOfWork
from shared.http import Call, Page, PageOf, Reply, json_reply, problems
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK, PARK_TENANT
from shared.kernel.ids import is_id

credentials_api = APIRouter(tags=["credentials"])


def _tenant(call: Call, named: str | None) -> str:
    if named is not None:
        return named
    return PARK_TENANT if call.tenant == PARK else call.tenant


@credentials_api.post(
    "/v1/credentials",
    status_code=201,
    response_model=CredentialIssuedOut,
    responses=problems(422),
)
async def create_credential(
    body: CredentialIn, call: CredentialsWrite, identity: Identities
) -> Response:
    """Create a credential.

    With at most the scopes of the calling token. The secret is only in this response: just its hash
    is stored.
    """

    async def act(uow: UnitOfWork) -> Reply:
        issued = await use_cases.create_credential(
            uow,
            caller=call.principal,
            tenant=_tenant(call, body.tenant),
            description=body.description,
            scopes=body.scopes,
            environment=identity.environment,
            real_now=real_now(),
        )
        location = f"/v1/credentials/{issued.credential.client_id}"
        return Reply(201, issued_out(issued), location=location)

    return await call.change(act)


@credentials_api.get("/v1/credentials", response_model=Page[CredentialOut], responses=problems(422))
async def list_credentials(call: CredentialsRead, page: PageOf) -> Response:
    """List credentials.

    Without their secrets.
    """
    asked = page.of({}, str)
    async with call.read() as reader:
        credentials = await queries.list_credentials(reader, asked.window)
    return json_reply(asked.page(credentials, credential_out, key=lambda one: (one.client_id,)))


@credentials_api.get(
    "/v1/credentials/{client_id}", response_model=CredentialOut, responses=problems(404)
)
async def get_credential(client_id: str, call: CredentialsRead) -> Response:
    """Read a credential.

    Without its secret.
    """
    if not is_id(client_id, "cli"):
        raise CredentialNotFound
    async with call.read() as reader:
        credential = await queries.get_credential(reader, client_id=client_id)
    return json_reply(credential_out(credential))


@credentials_api.post(
    "/v1/credentials/{client_id}:rotate",
    response_model=CredentialIssuedOut,
    responses=problems(404),
)
async def rotate_credential(
    client_id: str, call: CredentialsWrite, identity: Identities
) -> Response:
    """Issue a new secret for a credential.

    The previous secret works for another 24 hours, the one before it no longer. For a credential
    other than its own, the token needs the scope catalog:credentials and all scopes of that
    credential.
    """
    if not is_id(client_id, "cli"):
        raise CredentialNotFound

    async def act(uow: UnitOfWork) -> Reply:
        issued = await use_cases.rotate_credential(
            uow,
            caller=call.principal,
            client_id=client_id,
            environment=identity.environment,
            real_now=real_now(),
        )
        return Reply(200, issued_out(issued))

    return await call.change(act)


@credentials_api.delete("/v1/credentials/{client_id}", status_code=204, responses=problems(404))
async def delete_credential(client_id: str, call: CredentialsWrite) -> Response:
    """Delete a credential.

    It gets no new tokens; those already issued expire within 15 minutes. There is no If-Match,
    because a lost secret must be stopped at once. For a credential other than its own, the token
    needs the scope catalog:credentials.
    """
    if not is_id(client_id, "cli"):
        raise CredentialNotFound

    async def act(uow: UnitOfWork) -> Reply:
        await use_cases.delete_credential(uow, caller=call.principal, client_id=client_id)
        return Reply(204)

    return await call.change(act)
