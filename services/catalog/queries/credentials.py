"""Credentials for reading, without their secrets. The list goes by client id, which is the order in
which they were made.
"""

from typing import Final

from services.catalog.domain.credentials.credential import (
    Credential,
    CredentialNotFound,
    stored_credential,
)
from shared.db import TEXT, Listing, Reader, Window, sql
from shared.kernel.identity import PARK

_SELECT: Final = """
    SELECT client_id, tenant_id, role, description, scopes, created_at, previous_expires_at
    FROM catalog.credentials
"""
_CREDENTIAL: Final = sql(
    f"{_SELECT} WHERE client_id = :client_id AND (tenant_id = :tenant OR :tenant = '{PARK}')",
    stored_credential,
    client_id=TEXT,
    tenant=TEXT,
)
_CREDENTIALS: Final = Listing(
    _SELECT,
    stored_credential,
    order_by="client_id",
    after="client_id > :after_id",
    tenant="tenant_id = :tenant",
    after_id=TEXT,
)


async def get_credential(reader: Reader, *, client_id: str) -> Credential:
    """Raises CredentialNotFound."""
    found = await reader.fetch_first(_CREDENTIAL, tenant=reader.tenant, client_id=client_id)
    if found is None:
        raise CredentialNotFound
    return found


async def list_credentials(reader: Reader, window: Window) -> list[Credential]:
    return await _CREDENTIALS.page(reader, window)
