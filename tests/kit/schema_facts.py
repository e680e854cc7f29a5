"""What PostgreSQL's catalogs say about one schema, as comparable lines: two schemas are alike if
their lines are. Days in the names and bounds of partitions are left out.
"""

import re
from typing import Final

import asyncpg

# One kind of fact a query; $1 is the schema, the first column the table (or function) it is about.
# Not-null constraints are facts of their columns.
_FACTS: Final = {
    "storage": """
        SELECT c.relname, c.reloptions
        FROM pg_class c
        WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p')
    """,
    "table": """
        SELECT c.relname, c.relkind::text, c.relrowsecurity, c.relforcerowsecurity,
               pg_get_partkeydef(c.oid) AS partitioned, pg_get_expr(c.relpartbound, c.oid) AS bound
        FROM pg_class c
        WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p', 'S')
    """,
    "column": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
               l.collname, a.attidentity::text, pg_get_expr(d.adbin, d.adrelid) AS default_value
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p')
    """,
    "constraint": """
        SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) AS definition, k.convalidated
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE c.relnamespace = $1::regnamespace AND k.contype <> 'n'
    """,
    "index": """
        SELECT c.relname, pg_get_indexdef(i.indexrelid) AS definition, i.indisvalid
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE c.relnamespace = $1::regnamespace
    """,
    "policy": """
        SELECT tablename, policyname, qual, with_check FROM pg_policies WHERE schemaname = $1
    """,
    "function": """
        SELECT proname, pg_get_functiondef(oid) AS definition, proacl FROM pg_proc
        WHERE pronamespace = $1::regnamespace
    """,
}
_DAY: Final = re.compile(r"_20\d{6}|evt_[0-9a-f]{12}")


async def schema_facts(
    dsn: str, schema: str, *, kinds: tuple[str, ...] = tuple(_FACTS)
) -> dict[str, set[str]]:
    """Name of a table or function -> its facts."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        facts: dict[str, set[str]] = {}
        for kind in kinds:
            for row in await connection.fetch(_FACTS[kind], schema):
                said = ", ".join(f"{name}={value}" for name, value in row.items() if value)
                name = _DAY.sub("_DAY", row[0])
                facts.setdefault(name, set()).add(_DAY.sub("_DAY", f"{kind}: {said}"))
        return facts
    finally:
        await connection.close()


# Text columns that identify or are indexed, and do not sort as bytes.
_NOT_AS_BYTES: Final = r"""
    SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
      AND NOT a.attisdropped AND a.atttypid IN ('text'::regtype, 'varchar'::regtype)
      AND a.attcollation <> '"C"'::regcollation AND c.relname <> 'alembic_version'
      AND (a.attname ~ '(^|_)id$'
           OR EXISTS (SELECT 1 FROM pg_index i, unnest(i.indkey::int2[], i.indcollation::oid[])
                      AS k(attnum, collation_oid) WHERE i.indrelid = c.oid AND k.attnum = a.attnum
                      AND k.collation_oid <> '"C"'::regcollation))
    ORDER BY 1
"""


async def keys_not_sorted_as_bytes(dsn: str, schema: str) -> list[str]:
    """ "table.column" of every id and indexed text whose order depends on the database's locale."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return [row[0] for row in await connection.fetch(_NOT_AS_BYTES, schema)]
    finally:
        await connection.close()
