"""Making, rotating and deleting access credentials. A secret is in the answer once, never again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.catalog.domain.credentials import (
    MANAGE,
    OVERLAP,
    SCOPES_OF_ROLE,
    CallerCredentialGone,
    CredentialNotFound,
    ForeignTenant,
    ScopeNotAllowed,
    UnknownTenant,
    granted,
    hash_secret,
    must_hold_all,
    new_secret,
)
from services.catalog.domain.problems import problem, refuse
from services.catalog.repository import credentials as repository
from shared.db import UnitOfWork
from shared.kernel.errors import Forbidden
from shared.kernel.identity import PARK, PARK_TENANT, Principal, Role
from shared.kernel.ids import is_id, new_id


@dataclass(frozen=True)
class Issued:
    client_id: str
    client_secret: str
    tenant: str
    scopes: tuple[str, ...]


async def create_credential(
    uow: UnitOfWork,
    *,
    caller: Principal,
    tenant: str,
    description: str,
    scopes: Sequence[str] | None,
    environment: str,
    now: datetime,
) -> Issued:
    """Who acts for the whole park makes them for anybody, others for themselves, and nobody hands
    out more than they hold. `now` is real time.

    Raises CallerCredentialGone, ForeignTenant, UnknownTenant, ScopeNotAllowed or ScopeNotHeld.
    """
    await _must_live(uow, caller)
    if caller.acts_as not in (PARK, tenant):
        raise ForeignTenant(acts_as=caller.acts_as)
    role = await _role_of(uow, tenant)
    allowed = SCOPES_OF_ROLE[role]
    refuse(
        [
            problem(
                ScopeNotAllowed,
                f"/scopes/{index}",
                role=role.value,
                scope=scope,
                allowed=" ".join(allowed),
            )
            for index, scope in enumerate(scopes or ())
            if scope not in allowed
        ]
    )
    issued = Issued(
        client_id=new_id("cli"),
        client_secret=new_secret(environment),
        tenant=tenant,
        scopes=granted(role, wanted=scopes, held=caller.scopes),
    )
    await uow.execute(
        repository.INSERT_CREDENTIAL,
        client_id=issued.client_id,
        tenant_id=tenant,
        role=role.value,
        description=description,
        scopes=list(issued.scopes),
        secret_hash=hash_secret(issued.client_secret),
        previous_secret_hash=None,
        previous_expires_at=None,
        created_at=now,
    )
    return issued


async def _role_of(uow: UnitOfWork, tenant: str) -> Role:
    if tenant == PARK_TENANT:
        return Role.OPERATOR
    role = await uow.fetch_value(repository.ROLE_OF_TENANT, tenant=tenant)
    if role is None:
        raise UnknownTenant(pointer="/tenant", tenant=tenant)
    return Role(role)


async def rotate_credential(
    uow: UnitOfWork, *, caller: Principal, client_id: str, environment: str, now: datetime
) -> Issued:
    """A second secret; the one before stays valid for OVERLAP.

    Raises CallerCredentialGone, Forbidden, CredentialNotFound, or ScopeNotHeld: a secret is worth
    all scopes of its credential, also to a token that holds only some of them.
    """
    await _must_live(uow, caller)
    _must_manage(caller, client_id)
    scopes = await uow.fetch_value(
        repository.SCOPES_FOR_UPDATE, client=client_id, tenant=caller.acts_as
    )
    if scopes is None:
        raise CredentialNotFound
    must_hold_all(scopes, caller.scopes)
    secret = new_secret(environment)
    row = await uow.fetch_first(
        repository.ROTATE_CREDENTIAL,
        client=client_id,
        tenant=caller.acts_as,
        new_hash=hash_secret(secret),
        expires_at=now + OVERLAP,
    )
    assert row is not None, "it was locked a moment ago"
    return Issued(client_id, secret, row["tenant_id"], tuple(row["scopes"]))


async def delete_credential(uow: UnitOfWork, *, caller: Principal, client_id: str) -> None:
    """Its tokens live on until they expire (15 minutes at most), but make no credentials.

    Raises CallerCredentialGone, Forbidden or CredentialNotFound.
    """
    await _must_live(uow, caller)
    _must_manage(caller, client_id)
    done = await uow.execute(repository.DELETE_CREDENTIAL, client=client_id, tenant=caller.acts_as)
    if not done:
        raise CredentialNotFound


async def _must_live(uow: UnitOfWork, caller: Principal) -> None:
    if not is_id(caller.subject, "cli"):
        return  # the first operator, or a client of another issuer: no row of ours
    # An operator's credential belongs to the park, also while it acts for a merchant.
    await uow.act_as(caller.tenant)
    lives = await uow.fetch_value(repository.LIVES, client=caller.subject)
    await uow.act_as(caller.acts_as)
    if not lives:
        raise CallerCredentialGone


def _must_manage(caller: Principal, client_id: str) -> None:
    if client_id != caller.subject and MANAGE not in caller.scopes:
        raise Forbidden(needs=MANAGE)
