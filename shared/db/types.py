"""SQL types: of a statement's values, and of the columns that the tables of all services share.

A statement names the type of each value once, beside its text: `sql("… = ANY(:ids)", ids=TEXTS)`.
"""

from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

SqlType = TypeEngine[Any]

TEXT: Final[SqlType] = Text()
SMALLINT: Final[SqlType] = SmallInteger()
INTEGER: Final[SqlType] = Integer()
BIGINT: Final[SqlType] = BigInteger()
DOUBLE: Final[SqlType] = Float(53)
BOOLEAN: Final[SqlType] = Boolean()
INSTANT: Final[SqlType] = DateTime(timezone=True)
DAY: Final[SqlType] = Date()
BYTES: Final[SqlType] = LargeBinary()
JSON: Final[SqlType] = JSONB()


def array_of(kind: SqlType) -> SqlType:
    """One value per row: `unnest(:ids, :counts)`."""
    return ARRAY(kind)


TEXTS: Final = array_of(TEXT)
SMALLINTS: Final = array_of(SMALLINT)
INTEGERS: Final = array_of(INTEGER)
BIGINTS: Final = array_of(BIGINT)
BOOLEANS: Final = array_of(BOOLEAN)
INSTANTS: Final = array_of(INSTANT)
BYTE_STRINGS: Final = array_of(BYTES)
JSONS: Final = array_of(JSON)

# A column that identifies or is indexed. It sorts by its bytes in a database of any locale, which
# pages and the bounds of partitions rely on.
Key: Final = Text(collation="C")
