"""Who gets an access token (RFC 6749 §4.4), and for which scopes.

All times here are real time: a fast business clock must not make tokens expire.
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import ClassVar

from services.catalog.domain.credentials.credential import (
    SCOPES_OF_ROLE,
    Secrets,
    hash_secret,
)
from shared.kernel.errors import Invalid, Text, TooManyRequests, Unauthenticated
from shared.kernel.identity import PARK_TENANT, Role


class InvalidClient(Unauthenticated):
    """Does not say which of the two was wrong, on purpose."""

    oauth_error: ClassVar[str] = "invalid_client"
    code = "auth.invalid_client"
    text = Text("The client id or the secret is wrong.", "客户端编号或密钥错误。")
    fix = Text("Check both, or rotate the secret.", "请核对，或轮换密钥。")


class UnsupportedGrantType(Invalid):
    oauth_error: ClassVar[str] = "unsupported_grant_type"
    code = "auth.unsupported_grant_type"
    text = Text("Only grant_type=client_credentials is supported.", "仅支持 client_credentials。")


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
    text = Text("Too many log-ins from this address have failed.", "来自该地址的登录失败次数过多。")

    def __init__(self, wait_s: float) -> None:
        super().__init__()
        self.retry_after_s = max(1, ceil(wait_s))


TokenRefusal = (
    InvalidClient | UnsupportedGrantType | InvalidTokenRequest | InvalidScope | TooManyLogIns
)


@dataclass(frozen=True, slots=True)
class Client:
    """Who may have tokens, and for which scopes."""

    client_id: str
    tenant: str
    role: Role
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownClient:
    client: Client
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class BootstrapOperator:
    """The operator who exists before any row does, from the settings."""

    client_id: str
    secret_hash: bytes

    def known(self) -> KnownClient:
        scopes = SCOPES_OF_ROLE[Role.OPERATOR]
        client = Client(self.client_id, PARK_TENANT, Role.OPERATOR, scopes)
        return KnownClient(client, Secrets(self.secret_hash))


def stored_client(  # noqa: PLR0917 - columns
    client_id: str,
    tenant_id: str,
    role: str,
    scopes: list[str],
    secret_hash: bytes,
    previous_secret_hash: bytes | None,
    previous_expires_at: datetime | None,
) -> KnownClient:
    """From the columns of a credential."""
    return KnownClient(
        Client(client_id, tenant_id, Role(role), tuple(scopes)),
        Secrets(secret_hash, previous_secret_hash, previous_expires_at),
    )


def authenticated(
    known: KnownClient | None, *, client_id: str, client_secret: str, now: datetime
) -> Client:
    """`known` is None if there is no client with that id. Raises InvalidClient."""
    # An unknown client costs the same comparison as a known one.
    secrets = Secrets(hash_secret(client_id)) if known is None else known.secrets
    is_right = secrets.accept(client_secret, now=now)
    if known is None or not is_right:
        raise InvalidClient
    return known.client


def granted_scopes(client: Client, asked: str | None) -> str:
    """All of the client's scopes, or those asked for. Raises InvalidScope."""
    scopes = asked.split() if asked else list(client.scopes)
    foreign = next((scope for scope in scopes if scope not in client.scopes), None)
    if foreign is not None:
        raise InvalidScope(scope=foreign)
    return " ".join(scopes)
