"""Checks of media by their addresses."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.catalog.tables.metadata import id_column, instant_column, metadata, tenant_column
from shared.db import Key

# One row for each address of a merchant. `url_hash` is SHA-256, because an address may be longer
# than an entry of an index.
media_checks: Final = Table(
    "media_checks",
    metadata,
    id_column(),
    tenant_column(),
    Column("url_hash", LargeBinary, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Key, nullable=False),
    Column("fault", Key),
    Column("http_status", SmallInteger),
    Column("media_type", Text),
    Column("bytes", BigInteger),
    Column("width", BigInteger),
    Column("height", BigInteger),
    Column("attempts", Integer, nullable=False),
    instant_column("checked_at", nullable=True),
    instant_column("next_at", nullable=True),
    Column("version", Integer, nullable=False),
    UniqueConstraint("tenant_id", "url_hash"),
    Index(
        "media_checks_turns_ix",
        "tenant_id",
        "next_at",
        postgresql_where=text("next_at IS NOT NULL"),
    ),
)
