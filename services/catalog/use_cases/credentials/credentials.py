"""Creating, rotating and deleting access credentials. A secret is returned once and never again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.catalog.domain.credentials.credential import (
    OVERLAP,
    CallerCredentialGone,
    Credential,
    CredentialNotFound,
    UnknownTenant,
    hash_secret,
    must_act_for,
    must_hold_all,
    must_manage,
    new_credential,
    new_secret,
)
from services.catalog.repository import credentials as repository
from shared.db import UnitOfWork
from shared.kernel.identity import PARK_TENANT, Principal, Role
from shared.kernel.ids import is_id, new_id


@dataclass(frozen=True, slots=True)
class Issued:
    credential: Credential
    client_secret: str


async def create_credential(
    uow: UnitOfWork,
    *,
    caller: Principal,
    tenant: str,
    description: str,
    scopes: Sequence[str] | None,
    environment: str,
    real_now: datetime,
) -> Issued:
    """Nobody grants more than they hold.

    Raises CallerCredentialGone, ForeignTenant, UnknownTenant, ScopeNotAllowed or ScopeNotHeld.
    """
    await _must_live(uow, caller)
    must_act_for(caller, tenant)
    role = await _role_of(uow, tenant)
    credential = new_credential(
        caller,
        client_id=new_id("cli"),
        tenant=tenant,
        role=role,
        description=description,
        wanted=scopes,
        now=real_now,
    )
    secret = new_secret(environment)
    await repository.insert_credential(uow, credential, secret_hash=hash_secret(secret))
    return Issued(credential, secret)


async def _role_of(uow: UnitOfWork, tenant: str) -> Role:
    if tenant == PARK_TENANT:
        return Role.OPERATOR
    role = await repository.find_role(uow, tenant=tenant)
    if role is None:
        raise UnknownTenant(pointer="/tenant", tenant=tenant)
    return role


async def rotate_credential(
    uow: UnitOfWork, *, caller: Principal, client_id: str, environment: str, real_now: datetime
) -> Issued:
    """Issues a new secret; the previous one stays valid for OVERLAP.

    Raises CallerCredentialGone, Forbidden, CredentialNotFound, or ScopeNotHeld: the secret gives
    all scopes of the credential, so the caller must hold them all.
    """
    await _must_live(uow, caller)
    must_manage(caller, client_id)
    credential = await repository.lock_credential(uow, client_id=client_id)
    if credential is None:
        raise CredentialNotFound
    must_hold_all(credential.scopes, caller.scopes)
    secret = new_secret(environment)
    await repository.rotate_credential(
        uow, client_id=client_id, secret_hash=hash_secret(secret), expires_at=real_now + OVERLAP
    )
    return Issued(credential, secret)


async def delete_credential(uow: UnitOfWork, *, caller: Principal, client_id: str) -> None:
    """Its tokens stay valid for up to 15 minutes, but create no credentials any more.

    Raises CallerCredentialGone, Forbidden or CredentialNotFound.
    """
    await _must_live(uow, caller)
    must_manage(caller, client_id)
    if not await repository.delete_credential(uow, client_id=client_id):
        raise CredentialNotFound


async def _must_live(uow: UnitOfWork, caller: Principal) -> None:
    if not is_id(caller.subject, "cli"):
        return  # the first operator, or a client of another issuer: no row of ours
    # An operator's credential belongs to the park, also while it acts for a merchant.
    await uow.act_as(caller.tenant)
    lives = await repository.lives(uow, client_id=caller.subject)
    await uow.act_as(caller.acts_as)
    if not lives:
        raise CallerCredentialGone
