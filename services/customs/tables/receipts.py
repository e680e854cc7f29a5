"""Receipts of the customs office."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata
from shared.db import Key

# What customs said, each receipt once; `times` says how often it came. `number`: of the document it
# is about, or the guid of our message if all of that was refused (CEB900). `mark`: what it did to
# the document.
receipts: Final = Table(
    "receipts",
    metadata,
    id_column(),
    key_column("tenant_id", nullable=False),
    key_column("document_id"),
    key_column("declaration_id"),
    Column("message_type", Key, nullable=False),
    key_column("party_code", nullable=False),
    key_column("number", nullable=False),
    Column("part", Integer, nullable=False, server_default=text("1")),
    Column("return_status", Key, nullable=False),
    instant_column("return_time", nullable=False),
    Column("return_info", Text, nullable=False),
    key_column("info_hash", nullable=False),
    Column("info_code", Text),
    Column("info_text", Text, nullable=False),
    Column("guid", Text),
    Column("pre_no", Text),
    Column("invt_no", Text),
    Column("sum_no", Text),
    Column("is_known", Boolean, nullable=False),
    Column("mark", Text),
    Column("times", Integer, nullable=False, server_default=text("1")),
    key_column("inbound_digest", nullable=False),
    instant_column("received_at", nullable=False),
    UniqueConstraint(
        "number",
        "message_type",
        "part",
        "party_code",
        "return_status",
        "return_time",
        "info_hash",
        name="receipts_identity_uq",
    ),
    Index(None, "declaration_id", postgresql_where=text("declaration_id IS NOT NULL")),
    Index(None, "document_id", postgresql_where=text("document_id IS NOT NULL")),
)
