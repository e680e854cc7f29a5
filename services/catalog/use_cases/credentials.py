"""Making, rotating and deleting access credentials. A secret is in the answer once, never again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.catalog.domain.credential import (
    OVERLAP,
    PARK_TENANT,
    SCOPES_OF_ROLE,
    CredentialNotFound,
    ForeignTenant,
    ScopeNotAllowed,
    UnknownTenant,
    hash_secret,
    new_secret,
)
from services.catalog.domain.problems import problem, refuse
from services.catalog.repository import credentials as repository
from shared.db import UnitOfWork
from shared.kernel.identity import PARK, Role
from shared.kernel.ids import new_id


@dataclass(frozen=True)
class Issued:
    client_id: str
    client_secret: str
    tenant: str
    scopes: tuple[str, ...]


async def create_credential(
    uow: UnitOfWork,
    *,
    acts_as: str,
    tenant: str,
    description: str,
    scopes: Sequence[str] | None,
    environment: str,
    now: datetime,
) -> Issued:
    """For the whole park (`acts_as` PARK) for anybody, else for oneself. `now` is real time.

    Raises ForeignTenant, UnknownTenant or ScopeNotAllowed.
    """
    if acts_as not in (PARK, tenant):
        raise ForeignTenant(acts_as=acts_as)
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
        scopes=tuple(scopes) if scopes is not None else allowed,
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
    uow: UnitOfWork, *, tenant: str, client_id: str, environment: str, now: datetime
) -> Issued:
    """A second secret; the one before stays valid for OVERLAP. Raises CredentialNotFound."""
    secret = new_secret(environment)
    row = await uow.fetch_first(
        repository.ROTATE_CREDENTIAL,
        client=client_id,
        tenant=tenant,
        new_hash=hash_secret(secret),
        expires_at=now + OVERLAP,
    )
    if row is None:
        raise CredentialNotFound
    return Issued(client_id, secret, row["tenant_id"], tuple(row["scopes"]))


async def delete_credential(uow: UnitOfWork, *, tenant: str, client_id: str) -> None:
    """Its tokens live on until they expire (15 minutes at most). Raises CredentialNotFound."""
    if not await uow.execute(repository.DELETE_CREDENTIAL, client=client_id, tenant=tenant):
        raise CredentialNotFound
