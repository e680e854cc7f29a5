"""Access credentials. Of a secret only the hash is kept."""

from typing import Final

from sqlalchemy import ARRAY, Column, Index, LargeBinary, Table, Text

from services.catalog.tables.metadata import id_column, instant_column, metadata, tenant_column

credentials: Final = Table(
    "credentials",
    metadata,
    id_column("client_id"),
    tenant_column(),
    Column("role", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("previous_secret_hash", LargeBinary),
    instant_column("previous_expires_at", nullable=True),
    instant_column("created_at"),
    Index("credentials_tenant_id_ix", "tenant_id", "client_id"),
)
