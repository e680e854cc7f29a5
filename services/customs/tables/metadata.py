"""The schema `customs`, and the kinds of columns its tables share. Rows of the park itself carry
the tenant `park`.
"""

from typing import Any, Final

from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
)

from shared.db import NAMING, Key

metadata: Final = MetaData(schema="customs", naming_convention=NAMING)


def id_column(name: str = "id") -> "Column[str]":
    return Column(name, Key, primary_key=True)


def key_column(name: str, *, nullable: bool = True) -> "Column[str]":
    return Column(name, Key, nullable=nullable)


def instant_column(name: str, *, nullable: bool = True) -> "Column[Any]":
    return Column(name, DateTime(timezone=True), nullable=nullable)
