"""Write side of credentials, and the one look-up that comes before a tenant is known."""

from datetime import datetime
from typing import Final

from services.catalog.domain.credentials.credential import Credential, stored_credential
from services.catalog.domain.credentials.token import KnownClient, stored_client
from shared.db import BYTES, INSTANT, TEXT, TEXTS, Reader, UnitOfWork, sql
from shared.kernel.identity import PARK, Role

_COLUMNS: Final = "client_id, tenant_id, role, description, scopes, created_at, previous_expires_at"
_OF_THE_TENANT: Final = f"client_id = :client_id AND (tenant_id = :tenant OR :tenant = '{PARK}')"

_INSERT_CREDENTIAL: Final = sql(
    """
    INSERT INTO catalog.credentials
        (client_id, tenant_id, role, description, scopes, secret_hash, created_at)
    VALUES (:client_id, :tenant, :role, :description, :scopes, :secret_hash, :created_at)
    """,
    client_id=TEXT,
    tenant=TEXT,
    role=TEXT,
    description=TEXT,
    scopes=TEXTS,
    secret_hash=BYTES,
    created_at=INSTANT,
)
_ROLE_OF_TENANT: Final = sql(
    """
    SELECT :merchant FROM catalog.merchants WHERE id = :tenant
    UNION ALL
    SELECT :partner FROM catalog.partners WHERE id = :tenant
    """,
    str,
    tenant=TEXT,
    merchant=TEXT,
    partner=TEXT,
)
_LOCK_CREDENTIAL: Final = sql(
    f"SELECT {_COLUMNS} FROM catalog.credentials WHERE {_OF_THE_TENANT} FOR UPDATE",  # noqa: S608 - constants
    stored_credential,
    client_id=TEXT,
    tenant=TEXT,
)
# Locked, so that it cannot be deleted at the same time.
_LIVES: Final = sql(
    "SELECT true FROM catalog.credentials WHERE client_id = :client_id FOR SHARE",
    bool,
    client_id=TEXT,
)
_ROTATE_CREDENTIAL: Final = sql(
    f"""
    UPDATE catalog.credentials
    SET previous_secret_hash = secret_hash, previous_expires_at = :expires_at,
        secret_hash = :secret_hash
    WHERE {_OF_THE_TENANT}
    """,  # noqa: S608 - constants
    client_id=TEXT,
    tenant=TEXT,
    secret_hash=BYTES,
    expires_at=INSTANT,
)
_DELETE_CREDENTIAL: Final = sql(
    f"DELETE FROM catalog.credentials WHERE {_OF_THE_TENANT}",  # noqa: S608 - constants
    client_id=TEXT,
    tenant=TEXT,
)
_CLIENT: Final = sql(
    """
    SELECT client_id, tenant_id, role, scopes, secret_hash, previous_secret_hash,
        previous_expires_at
    FROM catalog.credentials WHERE client_id = :client_id
    """,
    stored_client,
    client_id=TEXT,
)


async def insert_credential(uow: UnitOfWork, credential: Credential, *, secret_hash: bytes) -> None:
    await uow.execute(
        _INSERT_CREDENTIAL,
        client_id=credential.client_id,
        tenant=credential.tenant,
        role=credential.role.value,
        description=credential.description,
        scopes=list(credential.scopes),
        secret_hash=secret_hash,
        created_at=credential.created_at,
    )


async def find_role(uow: UnitOfWork, *, tenant: str) -> Role | None:
    """Whether the id is a merchant's or a partner's."""
    found = await uow.fetch_value(
        _ROLE_OF_TENANT,
        tenant=tenant,
        merchant=Role.MERCHANT.value,
        partner=Role.PARTNER.value,
    )
    return None if found is None else Role(found)


async def lock_credential(uow: UnitOfWork, *, client_id: str) -> Credential | None:
    return await uow.fetch_first(_LOCK_CREDENTIAL, client_id=client_id, tenant=uow.tenant)


async def lives(uow: UnitOfWork, *, client_id: str) -> bool:
    return bool(await uow.fetch_value(_LIVES, client_id=client_id))


async def rotate_credential(
    uow: UnitOfWork, *, client_id: str, secret_hash: bytes, expires_at: datetime
) -> None:
    """`expires_at`: until when the secret before is still accepted."""
    await uow.execute(
        _ROTATE_CREDENTIAL,
        client_id=client_id,
        tenant=uow.tenant,
        secret_hash=secret_hash,
        expires_at=expires_at,
    )


async def delete_credential(uow: UnitOfWork, *, client_id: str) -> bool:
    """False if there is none of the tenant."""
    return await uow.execute(_DELETE_CREDENTIAL, client_id=client_id, tenant=uow.tenant) == 1


async def find_client(reader: Reader, *, client_id: str) -> KnownClient | None:
    return await reader.fetch_first(_CLIENT, client_id=client_id)
