"""Access credentials: who may have one made, with which scopes, and which secrets it accepts.

Tokens are in `token`. Secrets are stored as SHA-256, which is enough for 192 random bits: there is
nothing to guess, and no reason for a slow hash.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.errors import Forbidden, Invalid, NotFound, Text, Unauthenticated, refuse
from shared.kernel.identity import PARK, Principal, Role

# How long a replaced secret stays valid, so that a client can change over without a gap.
OVERLAP: Final = timedelta(hours=24)

# Rotating and deleting credentials other than one's own.
MANAGE: Final = "catalog:credentials"

_SERVICES: Final = ("catalog", "customs", "routing", "analytics", "webhooks")
SCOPES_OF_ROLE: Final[dict[Role, tuple[str, ...]]] = {
    Role.MERCHANT: (
        "catalog:read",
        "catalog:write",
        MANAGE,
        "customs:read",
        "customs:write",
        "routing:read",
        "analytics:read",
        "webhooks:read",
        "webhooks:write",
    ),
    Role.PARTNER: ("customs:read", "routing:read", "webhooks:read", "webhooks:write"),
    Role.OPERATOR: (*(f"{s}:{verb}" for s in _SERVICES for verb in ("read", "write")), MANAGE),
}


class CredentialNotFound(NotFound):
    code = "catalog.credential.not_found"
    text = Text("There is no such credential.", "访问凭证不存在。")


class UnknownTenant(Invalid):
    code = "catalog.credential.unknown_tenant"
    text = Text(
        "{tenant} is neither a merchant nor a partner.", "{tenant} 既不是商户也不是合作平台。"
    )
    fix = Text("Register it first.", "请先注册。")


class ForeignTenant(Forbidden):
    code = "catalog.credential.foreign_tenant"
    text = Text(
        "Credentials can only be created for {acts_as} here.", "此处只能为 {acts_as} 创建凭证。"
    )
    fix = Text("Leave out tenant, or set it to that id.", "请省略 tenant，或填写该编号。")


class ScopeNotAllowed(Invalid):
    code = "catalog.credential.scope_not_allowed"
    text = Text("A {role} cannot hold the scope {scope}.", "{role} 不能拥有权限 {scope}。")
    fix = Text("Allowed: {allowed}.", "允许的权限：{allowed}。")


class ScopeNotHeld(Forbidden):
    """Whoever could grant more than they hold could grant themselves everything."""

    code = "catalog.credential.scope_not_held"
    text = Text(
        "The token does not hold {scopes}, so it cannot grant that.",
        "当前令牌没有 {scopes} 权限，不能授予他人。",
    )
    fix = Text(
        "Use a token with these scopes, or ask for fewer.",
        "请使用具有这些权限的令牌，或减少所需权限。",
    )


class CallerCredentialGone(Unauthenticated):
    """A token outlives its credential by up to fifteen minutes, which would be enough to make a new
    credential.
    """

    code = "catalog.credential.caller_gone"
    text = Text("The credential of this token has been deleted.", "签发该令牌的访问凭证已被删除。")
    fix = Text("Use a token of a valid credential.", "请使用有效凭证签发的令牌。")


@dataclass(frozen=True, slots=True)
class Credential:
    """`previous_expires_at`: until when the previous secret is valid, after a rotation."""

    client_id: str
    tenant: str
    role: Role
    description: str
    scopes: tuple[str, ...]
    created_at: datetime
    previous_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Secrets:
    """Hashes of the secrets that a credential accepts."""

    current: bytes
    previous: bytes | None = None
    previous_expires_at: datetime | None = None

    def accept(self, secret: str, *, now: datetime) -> bool:
        """Compares with both hashes in constant time. `now` is real time."""
        given = hash_secret(secret)
        good = hmac.compare_digest(given, self.current)
        if (
            self.previous is not None
            and self.previous_expires_at is not None
            and now < self.previous_expires_at
        ):
            good |= hmac.compare_digest(given, self.previous)
        return good


def stored_credential(  # noqa: PLR0917 - columns
    client_id: str,
    tenant_id: str,
    role: str,
    description: str,
    scopes: list[str],
    created_at: datetime,
    previous_expires_at: datetime | None,
) -> Credential:
    """From the columns of its table."""
    return Credential(
        client_id,
        tenant_id,
        Role(role),
        description,
        tuple(scopes),
        created_at,
        previous_expires_at,
    )


def new_credential(
    caller: Principal,
    *,
    client_id: str,
    tenant: str,
    role: Role,
    description: str,
    wanted: Sequence[str] | None,
    now: datetime,
) -> Credential:
    """A credential that `caller` creates for `tenant`, with the scopes `wanted` or, if None, with
    all that the role allows and the caller holds. Raises ScopeNotAllowed or ScopeNotHeld.
    """
    allowed = SCOPES_OF_ROLE[role]
    refuse(
        [
            ScopeNotAllowed.at(
                f"/scopes/{index}", role=role.value, scope=scope, allowed=" ".join(allowed)
            )
            for index, scope in enumerate(wanted or ())
            if scope not in allowed
        ]
    )
    scopes = granted(role, wanted=wanted, held=caller.scopes)
    return Credential(client_id, tenant, role, description, scopes, now)


def must_act_for(caller: Principal, tenant: str) -> None:
    """Callers create credentials for the tenant they act for; for any tenant if that is the whole
    park. Raises ForeignTenant.
    """
    if caller.acts_as not in (PARK, tenant):
        raise ForeignTenant(acts_as=caller.acts_as)


def must_manage(caller: Principal, client_id: str) -> None:
    """Credentials other than the caller's own need a scope. Raises Forbidden."""
    if client_id != caller.subject and MANAGE not in caller.scopes:
        raise Forbidden(needs=MANAGE)


def granted(role: Role, *, wanted: Sequence[str] | None, held: Collection[str]) -> tuple[str, ...]:
    """Scopes of a new credential for `role`, made with a token that holds `held`.

    `wanted` None asks for all that both allow. Raises ScopeNotHeld for a scope that the token does
    not hold, or when nothing is left. Whether the role may have `wanted` is checked before.
    """
    scopes = tuple(wanted if wanted is not None else SCOPES_OF_ROLE[role])
    if wanted is None:
        scopes = tuple(scope for scope in scopes if scope in held)
    must_hold_all(scopes or SCOPES_OF_ROLE[role], held)
    return scopes


def must_hold_all(scopes: Collection[str], held: Collection[str]) -> None:
    """Raises ScopeNotHeld."""
    missing = [scope for scope in scopes if scope not in held]
    if missing:
        raise ScopeNotHeld(scopes=" ".join(missing))


def new_secret(environment: str) -> str:
    """`airlane_<env>_` + 192 random bits: the prefix lets leak scanners recognise it."""
    return f"airlane_{environment}_{secrets.token_hex(24)}"


def hash_secret(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
