"""Product types for reading."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.catalog.domain.types.product_type import StoredType, TypeNotFound
from services.catalog.domain.types.stored import stored_type
from shared.db import INTEGER, TEXT, Filters, Listing, Reader, Window, sql


@dataclass(frozen=True, slots=True)
class TypeSummary:
    """A type in its newest version, without the schema."""

    code: str
    version: int
    name: dict[str, str]
    hs_prefixes: list[str]
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class SchemaOfType:
    """The schema as JSON text."""

    code: str
    version: int
    schema: str


_CURRENT: Final = sql(
    """
    SELECT code, version, name, schema, hs_prefixes, is_current, source, as_of
    FROM catalog.product_types WHERE code = :code AND is_current
    """,
    stored_type,
    code=TEXT,
)
_VERSION: Final = sql(
    """
    SELECT code, version, name, schema, hs_prefixes, is_current, source, as_of
    FROM catalog.product_types WHERE code = :code AND version = :version
    """,
    stored_type,
    code=TEXT,
    version=INTEGER,
)
_CURRENT_SCHEMA: Final = sql(
    "SELECT code, version, schema FROM catalog.product_types WHERE code = :code AND is_current",
    SchemaOfType,
    code=TEXT,
)
_SCHEMA: Final = sql(
    "SELECT code, version, schema FROM catalog.product_types"
    " WHERE code = :code AND version = :version",
    SchemaOfType,
    code=TEXT,
    version=INTEGER,
)
_TYPES: Final = Listing(
    "SELECT t.code, t.version, t.name, t.hs_prefixes, t.source, t.as_of"
    " FROM catalog.product_types t",
    TypeSummary,
    order_by="t.code",
    after="t.code > :after_code",
    where="t.is_current",
    # A short code asks for all types below it.
    filters={
        "hs_code": "EXISTS (SELECT FROM unnest(t.hs_prefixes) prefix"
        " WHERE starts_with(:hs_code, prefix) OR starts_with(prefix, :hs_code))"
    },
    after_code=TEXT,
    hs_code=TEXT,
)


async def get_type(reader: Reader, *, code: str, version: int | None) -> StoredType:
    """The newest version if none is named. Raises TypeNotFound."""
    if version is None:
        found = await reader.fetch_first(_CURRENT, code=code)
    else:
        found = await reader.fetch_first(_VERSION, code=code, version=version)
    if found is None:
        raise TypeNotFound
    return found


async def get_schema(reader: Reader, *, code: str, version: int | None) -> SchemaOfType:
    """The newest version if none is named. Raises TypeNotFound."""
    if version is None:
        found = await reader.fetch_first(_CURRENT_SCHEMA, code=code)
    else:
        found = await reader.fetch_first(_SCHEMA, code=code, version=version)
    if found is None:
        raise TypeNotFound
    return found


async def list_types(reader: Reader, window: Window, filters: Filters) -> list[TypeSummary]:
    """By code. Filters: hs_code (a prefix of the type begins with it, or it with the prefix)."""
    return await _TYPES.page(reader, window, filters)


async def count_types(reader: Reader, filters: Filters, *, at_most: int) -> int:
    return await _TYPES.count(reader, filters, at_most=at_most)
