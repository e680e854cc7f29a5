"""Receipts of the customs office."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata
from shared.db import Key

# Append-only: what customs said, each receipt once.
receipts: Final = Table(
    "receipts",
    metadata,
    id_column(),
    key_column("tenant_id", nullable=False),
    key_column("declaration_id"),
    Column("message_type", Key, nullable=False),
    key_column("business_key", nullable=False),
    Column("return_status", Key, nullable=False),
    instant_column("return_time", nullable=False),
    Column("return_info", Text, nullable=False),
    key_column("info_hash", nullable=False),
    Column("info_code", Text),
    Column("info_text", Text, nullable=False),
    Column("guid", Text),
    Column("pre_no", Text),
    Column("invt_no", Text),
    Column("is_known", Boolean, nullable=False),
    key_column("inbound_digest", nullable=False),
    instant_column("received_at", nullable=False),
    UniqueConstraint(
        "business_key",
        "message_type",
        "return_status",
        "return_time",
        "info_hash",
        name="receipts_identity_uq",
    ),
    Index(None, "declaration_id", postgresql_where=text("declaration_id IS NOT NULL")),
)
