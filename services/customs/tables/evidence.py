"""Evidence: what is worth proving, and the chain of blocks that proves it."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, text

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata
from shared.db import Key

# One for each message that left or came, and for each act on a declaration, written in the
# transaction of the fact. `subject`: guid of the message that left, digest of the one that came, id
# of the declaration. `content`: canonical JSON, never changed. `secret`: domain/evidence/pieces.
# The last three are absent until the entry is sealed.
evidence_entries: Final = Table(
    "evidence_entries",
    metadata,
    id_column(),
    key_column("tenant_id", nullable=False),
    Column("kind", Key, nullable=False),
    key_column("subject", nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("secret", LargeBinary),
    instant_column("recorded_at", nullable=False),
    Column("block_number", BigInteger),
    Column("place", Integer),
    Column("leaf", LargeBinary),
    Index(None, "subject"),
    Index(
        "evidence_entries_message_uq",
        "kind",
        "subject",
        unique=True,
        postgresql_where=text("kind <> 'act'"),
    ),
    Index("evidence_entries_to_seal_ix", "id", postgresql_where=text("block_number IS NULL")),
    Index(
        "evidence_entries_block_number_place_uq",
        "block_number",
        "place",
        unique=True,
        postgresql_where=text("block_number IS NOT NULL"),
    ),
)
# Append-only. Block 0 begins the chain; whoever seals locks it.
evidence_blocks: Final = Table(
    "evidence_blocks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    key_column("tenant_id", nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("skip", LargeBinary, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    instant_column("sealed_at", nullable=False),
)
