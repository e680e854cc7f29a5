"""OAuth 2.0 client credentials (RFC 6749 §4.4), and what others need to verify our tokens.

Errors have OAuth's own form (§5.2), not problem+json.
"""

import base64
from collections import Counter
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.catalog.api.credentials.identity import Identities
from services.catalog.domain.credentials.credential import SCOPES_OF_ROLE
from services.catalog.domain.credentials.token import (
    InvalidClient,
    InvalidScope,
    InvalidTokenRequest,
    TokenRefusal,
    TooManyLogIns,
    UnsupportedGrantType,
)
from services.catalog.schemas.credentials import TokenOut, TokenRefusedOut
from services.catalog.use_cases.credentials.tokens import authenticate, issue_token
from shared.db import Database
from shared.http import Reply, json_reply
from shared.http.replies import response_of
from shared.kernel.clock import real_now
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK, Role
from shared.kernel.json import JsonObject

tokens_api = APIRouter(tags=["tokens"])

_NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}
_PUBLIC: Final = {"cache-control": "public, max-age=300"}
_FORM: Final = "application/x-www-form-urlencoded"
_FORM_BYTES_MAX: Final = 8192
_FORM_SCHEMA: Final[JsonObject] = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_id": {
                            "type": "string",
                            "examples": ["cli_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"],
                        },
                        "client_secret": {
                            "type": "string",
                            "examples": ["airlane_local_5f0c9d"],
                        },
                        "scope": {"type": "string", "examples": ["catalog:read catalog:write"]},
                    },
                }
            }
        },
    }
}
_REFUSED: Final[dict[int | str, JsonObject]] = {
    400: {"model": TokenRefusedOut, "description": "RFC 6749 §5.2"},
    401: {"model": TokenRefusedOut, "description": "Wrong client id or secret"},
    429: {"model": TokenRefusedOut, "description": "Too many failed log-ins from this address"},
}
_STATUS: Final[dict[type[AirlaneError], int]] = {InvalidClient: 401, TooManyLogIns: 429}


@tokens_api.post(
    "/oauth/token",
    response_model=TokenOut,
    responses=_REFUSED,
    openapi_extra=_FORM_SCHEMA,
)
async def create_token(request: Request, identity: Identities) -> Response:
    """Issue an access token.

    It is valid for fifteen minutes. The client may also authenticate by HTTP Basic.
    """
    address, client_id = request.client.host if request.client else "", ""
    try:
        form = await _form(request)
        client_id, client_secret = _client(request, form)
        identity.log_ins.check(address, client_id)
        asked_at = real_now()
        db: Database = request.app.state.airlane.db
        # The only park-wide read for a caller who is not known yet: it looks the tenant up, so it
        # cannot be limited to one. All it can reveal is that the secret is wrong.
        async with db.read(PARK) as reader:
            client = await authenticate(
                reader,
                client_id=client_id,
                client_secret=client_secret,
                operator=identity.operator,
                real_now=asked_at,
            )
        token = issue_token(
            client,
            scope=form.get("scope"),
            key=identity.keys.current,
            issuer=identity.issuer,
            audience=identity.audience,
            real_now=asked_at,
        )
    except (
        InvalidClient,
        InvalidScope,
        InvalidTokenRequest,
        TooManyLogIns,
        UnsupportedGrantType,
    ) as refusal:
        if isinstance(refusal, InvalidClient) and client_id:
            identity.log_ins.failed(address, client_id)
        return _refused(refusal)
    body = TokenOut(
        access_token=token.access_token, expires_in=token.expires_in_s, scope=token.scope
    )
    return response_of(Reply(200, body, headers=_NO_STORE))


@tokens_api.get("/.well-known/jwks.json")
async def get_jwks(identity: Identities) -> Response:
    """Read the public keys of our tokens.

    RFC 7517: the current signing key, the previous one and the next.
    """
    return json_reply(identity.keys.jwks, headers=_PUBLIC)


@tokens_api.get("/.well-known/oauth-authorization-server")
async def get_authorization_server(identity: Identities) -> Response:
    """Read where and how tokens are issued.

    RFC 8414.
    """
    return json_reply(_metadata(identity.issuer), headers=_PUBLIC)


@tokens_api.get("/.well-known/openid-configuration")
async def get_openid_configuration(identity: Identities) -> Response:
    """Read where tokens are issued, for OpenID clients.

    As much of OpenID Discovery 1.0 as client libraries need to find the two addresses.
    """
    of_openid = {
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }
    return json_reply(_metadata(identity.issuer) | of_openid, headers=_PUBLIC)


def _metadata(issuer: str) -> dict[str, object]:
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": list(SCOPES_OF_ROLE[Role.OPERATOR]),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }


async def _form(request: Request) -> dict[str, str]:
    """The parameters of the body. Raises InvalidTokenRequest or UnsupportedGrantType."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise InvalidTokenRequest(name="Content-Type", fault=f"not {_FORM}")
    body = await request.body()
    if len(body) > _FORM_BYTES_MAX:
        raise InvalidTokenRequest(name="body", fault="too long")
    try:
        # RFC 6749 §3.2: a parameter without a value counts as left out.
        pairs = parse_qsl(body.decode("ascii"), errors="strict")
    except ValueError as error:
        raise InvalidTokenRequest(name="body", fault="not form-encoded UTF-8") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        # RFC 6749 §3.2: parameters must not be included more than once.
        counted = Counter(name for name, _ in pairs)
        raise InvalidTokenRequest(name=counted.most_common(1)[0][0], fault="given twice")
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
        client_id, secret = _basic(encoded.strip())
        if "client_secret" in form or form.get("client_id", client_id) != client_id:
            raise InvalidTokenRequest(name="client_secret", fault="given twice")
        return client_id, secret
    if not form.get("client_id") or not form.get("client_secret"):
        raise InvalidClient
    return form["client_id"], form["client_secret"]


def _basic(encoded: str) -> tuple[str, str]:
    """RFC 7617, with each part form-encoded (RFC 6749 §2.3.1). Raises InvalidClient."""
    try:
        client_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        parts = unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except ValueError as error:
        raise InvalidClient from error
    if not colon or not all(parts) or "\x00" in "".join(parts):
        raise InvalidClient
    return parts


def _refused(refusal: TokenRefusal) -> Response:
    status = _STATUS.get(type(refusal), 400)
    headers = dict(_NO_STORE)
    if refusal.retry_after_s is not None:
        headers["retry-after"] = str(refusal.retry_after_s)
    if status == 401:
        headers["www-authenticate"] = 'Basic realm="airlane", charset="UTF-8"'
    described = refusal.text.render("en", refusal.params)
    # RFC 6749 §5.2 allows printable ASCII only, without quotes and backslashes.
    clean = "".join(c if " " <= c <= "~" and c not in '"\\' else "?" for c in described)
    body = TokenRefusedOut(error=refusal.oauth_error, error_description=clean)
    return json_reply(body, status, headers=headers)
