"""Product types: reference data of the park, without a tenant."""

from typing import Final

from sqlalchemy import Boolean, Column, Date, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.catalog.tables.metadata import metadata
from shared.db import Key

# A row never changes but for `is_current`. `schema` is JSON as text, because jsonb forgets the
# order of the properties, which is that of the fields of a form; `digest` is its SHA-256 in hex.
product_types: Final = Table(
    "product_types",
    metadata,
    Column("code", Key, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", JSONB, nullable=False),
    Column("schema", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("hs_prefixes", ARRAY(Text), nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Index("product_types_current_uq", "code", unique=True, postgresql_where=text("is_current")),
)
