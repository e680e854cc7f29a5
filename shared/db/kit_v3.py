"""Version 3 of the kit's tables: statements can write to the outbox by themselves.

A statement that writes thousands of rows writes their events, too. It needs to know the stream of
each: `stream_of(aggregate_id)` is `shared.db.outbox.stream_of` in SQL.
"""

from typing import Final

from shared.db.outbox import STREAMS
from shared.db.table_ddl import Executes

# The first server with a CRC-32 of its own.
BUILTIN_SINCE: Final = 18
_POLYNOMIAL: Final = 0xEDB88320


def upgrade(op: Executes, schema: str) -> None:
    # The server decides, because migrations are also written for servers that are not at hand.
    op.execute(
        f"""
        DO $choice$ BEGIN
            IF current_setting('server_version_num')::integer >= {BUILTIN_SINCE}0000 THEN
                {builtin_function(f"{schema}.stream_of")};
            ELSE
                {portable_function(f"{schema}.stream_of")};
            END IF;
        END $choice$
        """
    )


def builtin_function(name: str) -> str:
    """The definition for servers from BUILTIN_SINCE on."""
    return f"""
    CREATE FUNCTION {name}(aggregate_id text) RETURNS smallint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT (pg_catalog.crc32(pg_catalog.convert_to(aggregate_id, 'UTF8'))
            OPERATOR(pg_catalog.%) {STREAMS})::smallint
    $$"""


def portable_function(name: str) -> str:
    """The definition for older servers: a byte at a time, by the table of all 256 remainders."""
    table = ", ".join(str(_remainder(byte)) for byte in range(256))
    return f"""
    CREATE FUNCTION {name}(aggregate_id text) RETURNS smallint
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        remainders CONSTANT bigint[] := '{{{table}}}';
        bytes CONSTANT bytea := convert_to(aggregate_id, 'UTF8');
        crc bigint := 4294967295;
    BEGIN
        FOR i IN 0 .. length(bytes) - 1 LOOP
            crc := (crc >> 8) # remainders[((crc # get_byte(bytes, i)) & 255) + 1];
        END LOOP;
        RETURN (crc # 4294967295) % {STREAMS};
    END $$"""


def _remainder(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte
