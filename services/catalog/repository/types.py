"""Write side of product types, and what a check of products needs of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.domain.types.product_type import ProductType, StoredType
from services.catalog.domain.types.schema import schema_text
from services.catalog.domain.types.stored import stored_type
from shared.db import DAY, INTEGER, INTEGERS, JSON, TEXT, TEXTS, Reader, UnitOfWork, sql


@dataclass(frozen=True, slots=True)
class CurrentVersion:
    """`digest` names the text of the schema."""

    code: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class SchemaText:
    digest: str
    schema: str


_CURRENT: Final = sql(
    """
    SELECT code, version, digest FROM catalog.product_types
    WHERE code = ANY(:codes) AND is_current
    """,
    CurrentVersion,
    codes=TEXTS,
)
_SCHEMAS: Final = sql(
    """
    SELECT t.digest, t.schema FROM unnest(:codes, :versions) AS wanted(code, version)
    JOIN catalog.product_types t USING (code, version)
    """,
    SchemaText,
    codes=TEXTS,
    versions=INTEGERS,
)
# Two statements, because each sees the data as of its start: first wait for whoever adds a version,
# then read the newest. The first version never goes away.
_LOCK: Final = sql(
    "SELECT version FROM catalog.product_types WHERE code = :code AND version = 1 FOR UPDATE",
    int,
    code=TEXT,
)
_NEWEST: Final = sql(
    """
    SELECT code, version, name, schema, hs_prefixes, is_current, source, as_of
    FROM catalog.product_types WHERE code = :code AND is_current
    """,
    stored_type,
    code=TEXT,
)
# Before the new version, because only one row of a type can be current.
_RETIRE: Final = sql(
    "UPDATE catalog.product_types SET is_current = false WHERE code = :code AND is_current",
    code=TEXT,
)
_INSERT: Final = sql(
    """
    INSERT INTO catalog.product_types
        (code, version, name, schema, digest, hs_prefixes, is_current, source, as_of)
    VALUES (:code, :version, :name, :schema, :digest, :hs_prefixes, true, :source, :as_of)
    ON CONFLICT DO NOTHING
    """,
    code=TEXT,
    version=INTEGER,
    name=JSON,
    schema=TEXT,
    digest=TEXT,
    hs_prefixes=TEXTS,
    source=TEXT,
    as_of=DAY,
)


async def current_versions(reader: Reader, codes: Sequence[str]) -> list[CurrentVersion]:
    """Of those that exist."""
    return await reader.fetch_all(_CURRENT, codes=list(codes))


async def read_schemas(reader: Reader, wanted: Sequence[CurrentVersion]) -> list[SchemaText]:
    return await reader.fetch_all(
        _SCHEMAS, codes=[one.code for one in wanted], versions=[one.version for one in wanted]
    )


async def lock_current(uow: UnitOfWork, code: str) -> StoredType | None:
    """The newest version. Until the transaction ends nobody adds another."""
    if await uow.fetch_value(_LOCK, code=code) is None:
        return None
    return await uow.fetch_first(_NEWEST, code=code)


async def insert_version(uow: UnitOfWork, given: ProductType, *, version: int) -> bool:
    """Makes it the current one. False if somebody else has just created the type."""
    if version > 1:
        await uow.execute(_RETIRE, code=given.code)
    text = schema_text(given.schema)
    touched = await uow.execute(
        _INSERT,
        code=given.code,
        version=version,
        name=given.name,
        schema=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        hs_prefixes=list(given.hs_prefixes),
        source=given.source,
        as_of=given.as_of,
    )
    return touched == 1
