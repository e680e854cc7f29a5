"""OAuth 2.0 client credentials (RFC 6749 §4.4) and what others need to check our tokens.

Speaks OAuth's own error form (§5.2) instead of problem+json.
"""

import base64
import binascii
from typing import Any, Final, cast
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.catalog.api.deps import Identities
from services.catalog.schemas.credentials import TokenOut, TokenRefusedOut
from services.catalog.use_cases.tokens import (
    InvalidClient,
    InvalidScope,
    InvalidTokenRequest,
    UnsupportedGrantType,
    authenticate,
    issue_token,
    oauth_error,
)
from shared.db import Database
from shared.http import json_reply
from shared.kernel.clock import real_now
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK

tokens_api = APIRouter(tags=["tokens"])

_NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}
_FORM: Final = "application/x-www-form-urlencoded"
_FORM_BYTES_MAX: Final = 8192
_FORM_SCHEMA: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string"},
                        "scope": {"type": "string", "examples": ["catalog:read catalog:write"]},
                    },
                }
            }
        },
    }
}
_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": TokenRefusedOut, "description": "RFC 6749 §5.2"},
    401: {"model": TokenRefusedOut, "description": "Wrong client id or secret"},
}


@tokens_api.post(
    "/oauth/token",
    response_model=TokenOut,
    responses=_REFUSED,
    openapi_extra=_FORM_SCHEMA,
)
async def create_token(request: Request, identity: Identities) -> Response:
    """An access token for fifteen minutes. The client may also be named by HTTP Basic."""
    try:
        form = await _form(request)
        client_id, client_secret = _client(request, form)
        now = real_now()
        db: Database = request.app.state.airlane.db
        # The one read of the platform that runs park-wide for somebody unknown: it looks for the
        # tenant, so it cannot be limited to one. It gives nothing away but "wrong".
        async with db.read(PARK) as reader:
            client = await authenticate(
                reader,
                client_id=client_id,
                client_secret=client_secret,
                operator=identity.operator,
                now=now,
            )
        token = issue_token(
            client,
            scope=form.get("scope"),
            key=identity.keys.current,
            issuer=identity.issuer,
            audience=identity.audience,
            now=now,
        )
    except (InvalidClient, InvalidScope, InvalidTokenRequest, UnsupportedGrantType) as refusal:
        return _refused(refusal, by_header="authorization" in request.headers)
    body = TokenOut(access_token=token.access_token, expires_in=token.expires_in, scope=token.scope)
    return json_reply(body, headers=_NO_STORE)


@tokens_api.get("/.well-known/jwks.json")
async def get_jwks(identity: Identities) -> Response:
    """The public keys of our tokens (RFC 7517): the one that signs, the one before, the next."""
    return json_reply(identity.keys.jwks, headers={"cache-control": "public, max-age=300"})


@tokens_api.get("/.well-known/openid-configuration")
async def get_openid_configuration(identity: Identities) -> Response:
    """As much of OpenID Discovery 1.0 as client libraries need to find the two addresses."""
    return json_reply(
        {
            "issuer": identity.issuer,
            "token_endpoint": f"{identity.issuer}/oauth/token",
            "jwks_uri": f"{identity.issuer}/.well-known/jwks.json",
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "client_secret_basic",
            ],
        },
        headers={"cache-control": "public, max-age=300"},
    )


async def _form(request: Request) -> dict[str, str]:
    """The parameters of the body. Raises InvalidTokenRequest or UnsupportedGrantType."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise InvalidTokenRequest(name="Content-Type", fault=f"not {_FORM}")
    body = await request.body()
    if len(body) > _FORM_BYTES_MAX:
        raise InvalidTokenRequest(name="body", fault="too long")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise InvalidTokenRequest(name="body", fault="not form-encoded UTF-8") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        # RFC 6749 §3.2: parameters must not be included more than once.
        raise InvalidTokenRequest(name="body", fault="given twice")
    if any("\x00" in value for value in form.values()):
        raise InvalidTokenRequest(name="body", fault="not text")
    if not form.get("grant_type"):
        raise InvalidTokenRequest(name="grant_type", fault="missing")
    if form["grant_type"] != "client_credentials":
        raise UnsupportedGrantType
    return form


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Client id and secret from HTTP Basic or the form, not from both (RFC 6749 §2.3)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        if "client_secret" in form:
            raise InvalidTokenRequest(name="client_secret", fault="given twice")
        try:
            decoded = base64.b64decode(encoded, validate=True).decode("utf-8")
        except (binascii.Error, ValueError) as error:
            raise InvalidClient from error
        client_id, _, secret = decoded.partition(":")
        if "\x00" in decoded:
            raise InvalidClient
        return unquote_plus(client_id), unquote_plus(secret)
    if not form.get("client_id") or not form.get("client_secret"):
        raise InvalidClient
    return form["client_id"], form["client_secret"]


def _refused(refusal: AirlaneError, *, by_header: bool) -> Response:
    status = 401 if isinstance(refusal, InvalidClient) else 400
    headers = dict(_NO_STORE)
    if status == 401 and by_header:
        headers["www-authenticate"] = 'Basic realm="airlane"'
    described = refusal.text.render("en", refusal.params)
    # RFC 6749 §5.2 allows printable ASCII only, without quotes and backslashes.
    clean = "".join(c if " " <= c <= "~" and c not in '"\\' else "?" for c in described)
    body = TokenRefusedOut(error=cast("Any", oauth_error(refusal)), error_description=clean)
    return json_reply(body, status, headers=headers)
