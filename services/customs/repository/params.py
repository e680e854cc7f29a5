"""Typed parameters of textual statements: PostgreSQL is told each type, never left to guess."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BindParameter, DateTime, Integer, LargeBinary, SmallInteger, Text
from sqlalchemy import bindparam as _bindparam
from sqlalchemy.dialects.postgresql import JSONB


def rows(name: str = "rows") -> "BindParameter[Any]":
    """A list of objects for `jsonb_to_recordset`."""
    return _bindparam(name, type_=JSONB)


def instant(name: str) -> "BindParameter[datetime]":
    return _bindparam(name, type_=DateTime(timezone=True))


def instants(name: str) -> "BindParameter[Any]":
    return _bindparam(name, type_=ARRAY(DateTime(timezone=True)))


def string(name: str) -> "BindParameter[str]":
    return _bindparam(name, type_=Text)


def strings(name: str) -> "BindParameter[Any]":
    return _bindparam(name, type_=ARRAY(Text))


def integer(name: str) -> "BindParameter[int]":
    return _bindparam(name, type_=Integer)


def small(name: str) -> "BindParameter[int]":
    return _bindparam(name, type_=SmallInteger)


def octets(name: str) -> "BindParameter[bytes]":
    return _bindparam(name, type_=LargeBinary)
