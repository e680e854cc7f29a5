"""Statements that Core would only hide: CTE chains over `unnest`, as SQL with typed binds."""

from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, Boolean, DateTime, Integer, Text, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from shared.db import Statement

AT: Final = DateTime(timezone=True)
TEXTS: Final = ARRAY(Text)
INTEGERS: Final = ARRAY(Integer)
BIGINTS: Final = ARRAY(BigInteger)
BOOLEANS: Final = ARRAY(Boolean)
INSTANTS: Final = ARRAY(AT)
DOCUMENTS: Final = ARRAY(JSONB)


def sql(clause: str, **types: Any) -> Statement:
    """`sql("… = ANY(:ids)", ids=TEXTS)`: every `:name` needs its type here."""
    return Statement(text(clause).bindparams(*(bindparam(n, type_=t) for n, t in types.items())))
