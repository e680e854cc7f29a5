"""The schema of catalog, and the columns that most of its tables share.

Every table but those of reference data carries a tenant, and row-level security is forced on it
(see the first migration).
"""

from typing import Any, Final

from sqlalchemy import Column, DateTime, MetaData

from shared.db import NAMING, Key

metadata: Final = MetaData(schema="catalog", naming_convention=NAMING)


def id_column(name: str = "id") -> "Column[str]":
    # Ids are compared as bytes: their order is the order of time.
    return Column(name, Key, primary_key=True)


def tenant_column() -> "Column[str]":
    return Column("tenant_id", Key, nullable=False)


def instant_column(name: str, *, nullable: bool = False) -> "Column[Any]":
    return Column(name, DateTime(timezone=True), nullable=nullable)
