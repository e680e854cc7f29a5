"""Messages to the Single Window."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    Column,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata

# status: composed (in the same transaction as the documents' state) → written (in the folder).
outgoing_messages: Final = Table(
    "outgoing_messages",
    metadata,
    id_column("guid"),
    key_column("tenant_id", nullable=False),
    Column("message_type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("declaration_ids", ARRAY(Text), nullable=False),
    Column("body", Text, nullable=False),
    Column("note", Text, nullable=False),
    instant_column("composed_at", nullable=False),
    instant_column("written_at"),
    Index(
        "outgoing_messages_to_write_ix",
        "guid",
        postgresql_where=text("status = 'composed'"),
    ),
)
