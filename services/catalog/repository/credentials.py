"""Write-side statements of credentials, and the one look-up that comes before a tenant is known."""

from typing import Final

from sqlalchemy import bindparam, delete, insert, literal, select, union_all, update

from services.catalog.tables.credentials import credentials
from services.catalog.tables.merchants import merchants, partners
from shared.db import Statement

INSERT_CREDENTIAL: Final = Statement(
    insert(credentials).values(
        {c.name: bindparam(c.name, type_=c.type) for c in credentials.columns}
    )
)
# Which kind of tenant an id is.
ROLE_OF_TENANT: Final = Statement(
    union_all(
        select(literal("merchant").label("role")).where(merchants.c.id == bindparam("tenant")),
        select(literal("partner").label("role")).where(partners.c.id == bindparam("tenant")),
    )
)
_OF_THE_TENANT: Final = (credentials.c.client_id == bindparam("client")) & (
    (credentials.c.tenant_id == bindparam("tenant")) | (bindparam("tenant") == literal("*"))
)
SCOPES_FOR_UPDATE: Final = Statement(
    select(credentials.c.scopes).where(_OF_THE_TENANT).with_for_update()
)
# Locked, so that it cannot be deleted beside us.
LIVES: Final = Statement(
    select(literal(True))
    .where(credentials.c.client_id == bindparam("client"))
    .with_for_update(read=True)
)
ROTATE_CREDENTIAL: Final = Statement(
    update(credentials)
    .where(_OF_THE_TENANT)
    .values(
        secret_hash=bindparam("new_hash", type_=credentials.c.secret_hash.type),
        previous_secret_hash=credentials.c.secret_hash,
        previous_expires_at=bindparam("expires_at", type_=credentials.c.previous_expires_at.type),
    )
    .returning(credentials.c.client_id, credentials.c.tenant_id, credentials.c.scopes)
)
DELETE_CREDENTIAL: Final = Statement(delete(credentials).where(_OF_THE_TENANT))
CREDENTIAL_FOR_TOKEN: Final = Statement(
    select(credentials).where(credentials.c.client_id == bindparam("client"))
)
