"""What suggestions of HS headings are made from: reference data without a tenant."""

from typing import Final

from sqlalchemy import Column, Date, Float, Table, Text

from services.catalog.tables.metadata import metadata
from shared.db import Key

classification_words: Final = Table(
    "classification_words",
    metadata,
    Column("kind", Key, primary_key=True),
    Column("language", Key, primary_key=True),
    Column("word", Key, primary_key=True),
    Column("target", Key, primary_key=True),
    Column("feature", Key, primary_key=True),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
)

classification_families: Final = Table(
    "classification_families",
    metadata,
    Column("family", Key, primary_key=True),
    Column("features", Key, primary_key=True),
    Column("code", Key, nullable=False),
    Column("chance", Float, nullable=False),
    Column("source", Text, nullable=False),
    Column("as_of", Date, nullable=False),
)
