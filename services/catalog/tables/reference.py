"""Reference data with date and source. It belongs to the park, so it has no tenant."""

from typing import Final

from sqlalchemy import Boolean, Column, Date, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.tables.metadata import metadata
from shared.db import Key

belts: Final = Table(
    "belts",
    metadata,
    Column("code", Key, primary_key=True),
    Column("name", JSONB, nullable=False),
    Column("region", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
)

stores: Final = Table(
    "stores",
    metadata,
    Column("code", Key, primary_key=True),
    Column("country", Text, nullable=False),
    Column("marketplace_id", Key, nullable=False),
    Column("region", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("languages", Text, nullable=False),
    Column("is_open_to_chinese_sellers", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
)

hs_codes: Final = Table(
    "hs_codes",
    metadata,
    Column("code", Key, primary_key=True),
    Column("level", Integer, nullable=False),
    Column("description", Text, nullable=False),
    Column("edition", Text, nullable=False),
    # Our own wording; there for chapters and headings only.
    Column("name_zh", Text),
)
