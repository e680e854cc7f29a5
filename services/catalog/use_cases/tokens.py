"""Client credentials to access tokens (RFC 6749 §4.4): JWTs signed with Ed25519 (RFC 8037).

All times here are real time: a fast business clock must not make tokens expire.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import OKPAlgorithm

from services.catalog.domain.credential import (
    PARK_TENANT,
    SCOPES_OF_ROLE,
    hash_secret,
    is_secret,
)
from services.catalog.repository.credentials import CREDENTIAL_FOR_TOKEN
from shared.db import Reader
from shared.kernel.errors import AirlaneError, Invalid, Text, Unauthenticated
from shared.kernel.identity import Role
from shared.kernel.ids import new_id

LIFETIME_S: Final = 900


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


TokenRefusal = InvalidClient | UnsupportedGrantType | InvalidTokenRequest | InvalidScope


class SigningKey:
    """The park's Ed25519 key; `kid` is its RFC 7638 thumbprint."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        public: dict[str, Any] = json.loads(OKPAlgorithm.to_jwk(key.public_key()))
        canonical = json.dumps(
            {name: public[name] for name in ("crv", "kty", "x")}, separators=(",", ":")
        )
        digest = hashlib.sha256(canonical.encode()).digest()
        self.kid = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        self.jwks: dict[str, Any] = {
            "keys": [public | {"kid": self.kid, "alg": "EdDSA", "use": "sig"}]
        }

    @classmethod
    def from_file(cls, path: Path) -> "SigningKey":
        """A PEM file with an Ed25519 private key. Raises ValueError or OSError."""
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{path} holds no Ed25519 private key")  # noqa: TRY004 - content
        return cls(key)

    @classmethod
    def ephemeral(cls) -> "SigningKey":
        """A key of this process only: its tokens end with it, and no replica knows them."""
        return cls(Ed25519PrivateKey.generate())

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self.kid})


@dataclass(frozen=True)
class Client:
    """Who asks, once the secret was right. `sees`: merchant ids, or "*"."""

    client_id: str
    tenant: str
    role: Role
    scopes: tuple[str, ...]
    sees: list[str] | Literal["*"]


@dataclass(frozen=True)
class BootstrapOperator:
    """The operator that exists before any row does; from settings."""

    client_id: str
    secret_hash: bytes

    def client(self) -> Client:
        scopes = SCOPES_OF_ROLE[Role.OPERATOR]
        return Client(self.client_id, PARK_TENANT, Role.OPERATOR, scopes, "*")


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
    row = await reader.fetch_first(CREDENTIAL_FOR_TOKEN, client=client_id)
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
    role, tenant = Role(row["role"]), row["tenant_id"]
    return Client(client_id, tenant, role, tuple(row["scopes"]), _sees(role, tenant, row["sees"]))


def _sees(role: Role, tenant: str, listed: list[str] | None) -> list[str] | Literal["*"]:
    if role is Role.MERCHANT:
        return [tenant]
    return "*" if listed is None else listed


def issue_token(
    client: Client, *, scope: str | None, key: SigningKey, issuer: str, now: datetime
) -> IssuedToken:
    """All of the client's scopes, or those asked for. Raises InvalidScope."""
    granted = scope.split() if scope else list(client.scopes)
    foreign = next((s for s in granted if s not in client.scopes), None)
    if foreign is not None:
        raise InvalidScope(scope=foreign)
    issued_at = int(now.timestamp())
    claims = {
        "iss": issuer,
        "sub": client.client_id,
        "tenant": client.tenant,
        "roles": [client.role.value],
        "scope": " ".join(granted),
        "sees": client.sees,
        "iat": issued_at,
        "exp": issued_at + LIFETIME_S,
        "jti": new_id("tok"),
    }
    return IssuedToken(key.sign(claims), LIFETIME_S, " ".join(granted))


def oauth_error(error: AirlaneError) -> str:
    return getattr(error, "oauth_error", "invalid_request")
