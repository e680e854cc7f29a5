"""Keys that customs found fault with."""

from typing import Final

from sqlalchemy import Column, Table, Text

from services.customs.tables.metadata import id_column, instant_column, key_column, metadata

# `key_name`: the number of the certificate. With `trusted_at` an operator has seen to it: what the
# key signed before that says nothing about it any more.
key_complaints: Final = Table(
    "key_complaints",
    metadata,
    id_column("key_name"),
    key_column("tenant_id", nullable=False),
    Column("reason", Text, nullable=False),
    instant_column("distrusted_at", nullable=False),
    instant_column("trusted_at"),
)
