"""Who is calling: a bearer token (JWT, RFC 7519) checked here against the issuer's public keys.

Only EdDSA and ES256 are accepted, so that no token can choose how it is checked. Verified tokens
are remembered until they expire, because checking an Ed25519 signature costs more than a query.
Tokens expire in real time, never by the business clock.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import Final

import jwt

from shared.http.keys import Jwks, KeySource
from shared.kernel.clock import monotonic_s, real_time_ms
from shared.kernel.errors import Text, Unauthenticated, Unavailable
from shared.kernel.identity import Principal, Role
from shared.kernel.json import JsonObject
from shared.telemetry import get_logger

log = get_logger(__name__)

# The claims of a token whose signature has been checked.
Claims = JsonObject

_ALGORITHMS: Final = ("EdDSA", "ES256")
# Proxies accept heads of 8 to 16 kB, so a longer token would not work reliably anyway.
_TOKEN_CHARS_MAX: Final = 16_384
_REMEMBERED_MAX: Final = 4096
# Keys are read again after this, in the background, so that a revoked one stops working.
_KEYS_FRESH_S: Final = 300.0
# An unknown `kid` may be a new key or made up: read the keys at most this often.
_REFRESH_PAUSE_S: Final = 5.0
_LEEWAY_S: Final = 5
# What the database accepts as a tenant; above all never "*", the park.
_TENANT: Final = re.compile(r"[a-z0-9_]{1,64}", re.ASCII)


class TokenInvalid(Unauthenticated):
    code = "auth.token_invalid"
    text = Text("The access token is not valid: {reason}.", "访问令牌无效：{reason}。")


class TokenExpired(Unauthenticated):
    code = "auth.token_expired"
    text = Text("The access token has expired.", "访问令牌已过期。")
    fix = Text("Get a new one from POST /oauth/token.", "请通过 POST /oauth/token 重新获取。")


@dataclass(frozen=True, slots=True)
class _Verified:
    principal: Principal
    expires_ms: int


class Verifier:
    """Checks tokens. All tasks of a process can share it."""

    def __init__(self, keys: KeySource, *, issuer: str, audience: str | None = None) -> None:
        self._source = keys
        self._issuer = issuer
        self._audience = audience
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at_s: float | None = None
        self._tried_at_s = float("-inf")
        self._refreshing: asyncio.Task[None] | None = None
        self._verified: dict[str, _Verified] = {}

    def remembered(self, token: str) -> Principal | None:
        """The bearer of a token that was checked before and has not expired."""
        entry = self._verified.get(token)
        if entry is None or entry.expires_ms <= real_time_ms():
            return None
        return entry.principal

    async def verify(self, token: str) -> Principal:
        """Raises TokenInvalid, TokenExpired, or KeysUnavailable while no key was ever read."""
        known = self.remembered(token)
        if known is not None:
            return known
        if len(token) > _TOKEN_CHARS_MAX:
            raise TokenInvalid(reason=f"it is longer than {_TOKEN_CHARS_MAX} characters")
        key = await self._key(_kid(token))
        claims = self._claims(token, key)
        try:
            principal = principal_of(claims)
            expires_ms = int(claims["exp"]) * 1000
        except (ValueError, TypeError) as error:
            raise TokenInvalid(reason="its claims have the wrong types") from error
        if len(self._verified) >= _REMEMBERED_MAX:
            self._forget_some()
        self._verified[token] = _Verified(principal, expires_ms)
        return principal

    def _claims(self, token: str, key: jwt.PyJWK) -> Claims:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=_LEEWAY_S,
                options={
                    "require": ["exp", "iss", "sub"],
                    "verify_aud": self._audience is not None,
                },
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired from error
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise TokenInvalid(reason=str(error).rstrip(".") or "it cannot be checked") from error

    async def _key(self, kid: str) -> jwt.PyJWK:
        if self._read_at_s is None:
            await self._refresh()
        elif kid not in self._keys:
            if monotonic_s() - self._tried_at_s > _REFRESH_PAUSE_S:
                await self._refresh()
        elif monotonic_s() - self._read_at_s > _KEYS_FRESH_S:
            self._refresh_soon()
        key = self._keys.get(kid)
        if key is None:
            raise TokenInvalid(reason="it is signed with an unknown key")
        return key

    async def _refresh(self) -> None:
        """Waits for the read in progress, or starts one. The old keys stay if it fails."""
        task = self._refresh_soon()
        try:
            await asyncio.shield(task)
        except Unavailable:
            if self._read_at_s is None:
                raise

    def _refresh_soon(self) -> asyncio.Task[None]:
        if self._refreshing is None or self._refreshing.done():
            self._tried_at_s = monotonic_s()
            self._refreshing = asyncio.get_running_loop().create_task(self._read_keys())
            self._refreshing.add_done_callback(_log_failure)
        return self._refreshing

    async def _read_keys(self) -> None:
        keys = usable_keys(await self._source.fetch())
        if self._keys.keys() - keys.keys():
            self._verified.clear()
        self._keys = keys
        self._read_at_s = monotonic_s()

    def _forget_some(self) -> None:
        now_ms = real_time_ms()
        alive = [(t, v) for t, v in self._verified.items() if v.expires_ms > now_ms]
        # Dicts keep the order of insertion: the older half goes.
        self._verified = dict(alive[-_REMEMBERED_MAX // 2 :])


def usable_keys(jwks: Jwks) -> dict[str, jwt.PyJWK]:
    """The signing keys that we support, by `kid`; others in the set are ignored."""
    keys = {}
    for entry in jwks["keys"]:
        try:
            key = jwt.PyJWK(entry)
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
            continue
        if key.key_id and key.algorithm_name in _ALGORITHMS and entry.get("use", "sig") == "sig":
            keys[key.key_id] = key
    return keys


def principal_of(claims: Claims) -> Principal:
    """The claims `sub`, `tenant`, `roles` (or `role`) and `scope` as a principal.

    `scope` is a space-separated text (RFC 8693 §4.2) or a list.
    Raises TokenInvalid if one is missing or malformed: such a token is its issuer's fault.
    """
    tenant = claims.get("tenant")
    if not isinstance(tenant, str) or not _TENANT.fullmatch(tenant):
        raise TokenInvalid(reason="the claim tenant is missing or malformed")
    roles = claims.get("roles", claims.get("role"))
    named = roles if isinstance(roles, list) else [roles]
    role = next((Role(r) for r in named if r in list(Role)), None)
    if role is None:
        raise TokenInvalid(reason="the claim roles names no known role")
    scope = claims.get("scope", "")
    scopes = scope.split() if isinstance(scope, str) else list(scope)
    return Principal(
        subject=str(claims["sub"]),
        tenant=tenant,
        role=role,
        scopes=frozenset(map(str, scopes)),
        acts_as=tenant,
    )


def _kid(token: str) -> str:
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise TokenInvalid(reason="it is not a JWT") from error
    if not isinstance(kid, str):
        raise TokenInvalid(reason="its header names no key (kid)")
    return kid


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("keys for tokens not read", error=str(error), cause=str(error.__cause__ or ""))
