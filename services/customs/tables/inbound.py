"""What the port sent, as it came, and what reading it amounted to."""

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata

# status: stored (kept, to be read) → read | partly (some entries are refused) | refused.
# `received_at`, `last_received_at` and `read_at` are business time, `due_at` is real time.
inbound_messages: Final = Table(
    "inbound_messages",
    metadata,
    id_column("digest"),
    key_column("tenant_id", nullable=False),
    Column("content_type", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    instant_column("received_at", nullable=False),
    Column("status", Text, nullable=False, server_default="read"),
    Column("reason", JSONB),
    Column("parser_version", Integer, nullable=False, server_default="0"),
    Column("source", Text, nullable=False, server_default="api"),
    Column("file_name", Text),
    Column("message_type", Text),
    Column("guid", Text),
    Column("entries_read", Integer, nullable=False, server_default="0"),
    Column("entries_refused", Integer, nullable=False, server_default="0"),
    Column("times", Integer, nullable=False, server_default="1"),
    instant_column("last_received_at"),
    instant_column("read_at"),
    Column("failures", Integer, nullable=False, server_default="0"),
    instant_column("due_at"),
    Index(None, "received_at", "digest"),
    Index(
        "inbound_messages_refused_ix",
        "digest",
        postgresql_where=text("status IN ('refused', 'partly')"),
    ),
    Index(
        "inbound_messages_to_read_ix",
        "due_at",
        "digest",
        postgresql_where=text("status = 'stored'"),
    ),
)
