"""Keys that sign, and those that customs found fault with."""

from typing import Final

from sqlalchemy import Boolean, Column, Table, Text

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata

# `key_name`: the number of the certificate. With `trusted_at` an operator has seen to it: what the
# key signed before that says nothing about it any more. What was refused for it goes again;
# documents of messages up to the guid `settled_to` have been seen to, None: all have.
key_complaints: Final = Table(
    "key_complaints",
    metadata,
    id_column("key_name"),
    key_column("tenant_id", nullable=False),
    Column("reason", Text, nullable=False),
    instant_column("distrusted_at", nullable=False),
    instant_column("trusted_at"),
    Column("settled_to", Text),
)
# As a worker that signs with it last saw it: `status` of its health. `seen_at` is real time.
signing_keys: Final = Table(
    "signing_keys",
    metadata,
    id_column("key_name"),
    key_column("tenant_id", nullable=False),
    Column("holder_name", Text, nullable=False),
    instant_column("valid_until", nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("is_test", Boolean, nullable=False),
    instant_column("seen_at", nullable=False),
)
