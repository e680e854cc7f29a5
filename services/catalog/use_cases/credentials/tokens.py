"""Client credentials to access tokens (RFC 6749 §4.4); how they are signed: `signing_keys`.

All times here are real time: a fast business clock must not make tokens expire.
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, ClassVar

from services.catalog.domain.credentials import (
    SCOPES_OF_ROLE,
    hash_secret,
    is_secret,
)
from services.catalog.repository.credentials import CREDENTIAL_FOR_TOKEN
from services.catalog.use_cases.credentials.signing_keys import LIFETIME_S, SigningKey
from shared.db import Reader
from shared.kernel.errors import AirlaneError, Invalid, Text, TooManyRequests, Unauthenticated
from shared.kernel.identity import PARK_TENANT, Role
from shared.kernel.ids import new_id


class InvalidClient(Unauthenticated):
    """Says on purpose not which of the two was wrong."""

    oauth_error: ClassVar[str] = "invalid_client"
    code = "auth.invalid_client"
    text = Text("The client id or the secret is wrong.", "客户端编号或密钥错误。")
    fix = Text("Check both, or rotate the secret.", "请核对，或轮换密钥。")


class UnsupportedGrantType(Invalid):
    oauth_error: ClassVar[str] = "unsupported_grant_type"
    code = "auth.unsupported_grant_type"
    text = Text("Only grant_type=client_credentials is offered.", "仅支持 client_credentials。")


class InvalidTokenRequest(Invalid):
    oauth_error: ClassVar[str] = "invalid_request"
    code = "auth.invalid_token_request"
    text = Text("The parameter {name} is {fault}.", "参数 {name} 有误：{fault}。")


class InvalidScope(Invalid):
    oauth_error: ClassVar[str] = "invalid_scope"
    code = "auth.invalid_scope"
    text = Text("This client may not have the scope {scope}.", "该客户端无权获得 {scope}。")


class TooManyLogIns(TooManyRequests):
    oauth_error: ClassVar[str] = "temporarily_unavailable"
    code = "auth.too_many_log_ins"
    text = Text("Too many log-ins from this address failed.", "来自该地址的登录失败次数过多。")

    def __init__(self, wait_s: float) -> None:
        super().__init__()
        self.retry_after_s = max(1, ceil(wait_s))


TokenRefusal = (
    InvalidClient | UnsupportedGrantType | InvalidTokenRequest | InvalidScope | TooManyLogIns
)


@dataclass(frozen=True)
class Client:
    """Who asks, once the secret was right."""

    client_id: str
    tenant: str
    role: Role
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class BootstrapOperator:
    """The operator that exists before any row does; from settings."""

    client_id: str
    secret_hash: bytes

    def client(self) -> Client:
        scopes = SCOPES_OF_ROLE[Role.OPERATOR]
        return Client(self.client_id, PARK_TENANT, Role.OPERATOR, scopes)


@dataclass(frozen=True)
class IssuedToken:
    access_token: str
    expires_in: int
    scope: str


async def authenticate(
    reader: Reader,
    *,
    client_id: str,
    client_secret: str,
    operator: BootstrapOperator | None,
    now: datetime,
) -> Client:
    """Raises InvalidClient. `reader` must be park-wide: the tenant is what we are looking for."""
    # Looked for whoever it is, so that the time of an answer does not tell the operator's id.
    row = await reader.fetch_first(CREDENTIAL_FOR_TOKEN, client=client_id)
    if operator is not None and client_id == operator.client_id:
        if not is_secret(
            client_secret,
            current=operator.secret_hash,
            previous=None,
            previous_expires_at=None,
            now=now,
        ):
            raise InvalidClient
        return operator.client()
    # An unknown client costs the same comparison as a known one.
    current = row["secret_hash"] if row else hash_secret(client_id)
    is_right = is_secret(
        client_secret,
        current=current,
        previous=row["previous_secret_hash"] if row else None,
        previous_expires_at=row["previous_expires_at"] if row else None,
        now=now,
    )
    if row is None or not is_right:
        raise InvalidClient
    return Client(client_id, row["tenant_id"], Role(row["role"]), tuple(row["scopes"]))


def issue_token(
    client: Client,
    *,
    scope: str | None,
    key: SigningKey,
    issuer: str,
    audience: str | None,
    now: datetime,
) -> IssuedToken:
    """All of the client's scopes, or those asked for. Raises InvalidScope."""
    granted = scope.split() if scope else list(client.scopes)
    foreign = next((s for s in granted if s not in client.scopes), None)
    if foreign is not None:
        raise InvalidScope(scope=foreign)
    issued_at = int(now.timestamp())
    claims: dict[str, Any] = {} if audience is None else {"aud": audience}
    claims |= {
        "iss": issuer,
        "sub": client.client_id,
        "tenant": client.tenant,
        "roles": [client.role.value],
        "scope": " ".join(granted),
        "iat": issued_at,
        "exp": issued_at + LIFETIME_S,
        "jti": new_id("tok"),
    }
    return IssuedToken(key.sign(claims), LIFETIME_S, " ".join(granted))


def oauth_error(error: AirlaneError) -> str:
    return getattr(error, "oauth_error", "invalid_request")
