"""An outbox whose published days are kept for a while, so that clients can read it as a feed
(`shared.db.feed`).

The relay looks into every partition of the outbox at every round, so old days do not stay there: a
day is moved to `outbox_kept` as a whole, in one transaction, so that no reader misses it.
"""

from typing import Final

from shared.db import kit_v2
from shared.db.table_ddl import Executes

DAYS_KEPT: Final = 31


def keep(op: Executes, schema: str) -> None:
    """For a service whose tenants read its feed. The kit's tables must have version 2."""
    for statement in (
        f"CREATE INDEX outbox_tenant_id_ix ON {schema}.outbox (tenant_id, id)",
        f"""
        CREATE TABLE {schema}.outbox_kept (LIKE {schema}.outbox INCLUDING DEFAULTS)
        PARTITION BY RANGE (event_id)
        """,
        f"CREATE INDEX outbox_kept_tenant_id_ix ON {schema}.outbox_kept (tenant_id, id)",
        _drop_partition(schema),
        # Rows of the default partition cannot be moved as a whole: they wait where they are.
        kit_v2.delete_expired(schema, outbox_days=DAYS_KEPT, replace=True),
    ):
        op.execute(statement)


def _drop_partition(schema: str) -> str:
    # The proof that a day's rows are within its bounds is made in two steps before it is moved.
    # Otherwise ATTACH would read the whole day while it holds up everybody.
    return f"""
    CREATE OR REPLACE FUNCTION {schema}.drop_partition() RETURNS text {kit_v2.DEFINER} AS $$
    DECLARE
        name text;
        day date;
        bounds text;
        proof text;
        is_proved boolean;
        is_unpublished boolean;
    BEGIN
        IF NOT pg_try_advisory_xact_lock(hashtext('{schema}.rotation')) THEN
            RETURN NULL;
        END IF;
        FOR name, day IN
            SELECT c.relname, to_date(right(c.relname, 8), 'YYYYMMDD')
            FROM (VALUES ('inbox', {kit_v2.DAYS_KEPT["inbox"]}), ('outbox_kept', {DAYS_KEPT}))
                AS k(parent, days_kept)
            JOIN pg_inherits i ON i.inhparent = format('{schema}.%I', k.parent)::regclass
            JOIN pg_class c ON c.oid = i.inhrelid
            WHERE c.relname ~ '_[0-9]{{8}}$'
              AND to_date(right(c.relname, 8), 'YYYYMMDD')
                  < (now() AT TIME ZONE 'UTC')::date - k.days_kept
            ORDER BY right(c.relname, 8), c.relname
        LOOP
            EXECUTE format('DROP TABLE {schema}.%I', name);
            RETURN name;
        END LOOP;
        FOR name, day IN
            SELECT c.relname, to_date(right(c.relname, 8), 'YYYYMMDD')
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = '{schema}.outbox'::regclass AND c.relname ~ '_[0-9]{{8}}$'
              AND to_date(right(c.relname, 8), 'YYYYMMDD')
                  < (now() AT TIME ZONE 'UTC')::date - {kit_v2.DAYS_KEPT["outbox"]}
            ORDER BY 2
        LOOP
            EXECUTE format({kit_v2.UNPUBLISHED_IN.format(schema=schema)}, name) INTO is_unpublished;
            CONTINUE WHEN is_unpublished;
            proof := name || '_bounds';
            SELECT convalidated INTO is_proved FROM pg_constraint
            WHERE conrelid = format('{schema}.%I', name)::regclass AND conname = proof;
            bounds := format('event_id >= %L AND event_id < %L',
                {kit_v2.floor_of("day")}, {kit_v2.floor_of("day + 1")});
            IF is_proved IS NULL THEN
                EXECUTE format('ALTER TABLE {schema}.%I ADD CONSTRAINT %I CHECK (%s) NOT VALID',
                    name, proof, bounds);
            ELSIF NOT is_proved THEN
                EXECUTE format('ALTER TABLE {schema}.%I VALIDATE CONSTRAINT %I', name, proof);
            ELSE
                EXECUTE format('ALTER TABLE {schema}.outbox DETACH PARTITION {schema}.%I', name);
                EXECUTE format('ALTER TABLE {schema}.outbox_kept ATTACH PARTITION {schema}.%I'
                    ' FOR VALUES FROM (%L) TO (%L)', name,
                    {kit_v2.floor_of("day")}, {kit_v2.floor_of("day + 1")});
            END IF;
            RETURN name;
        END LOOP;
        RETURN NULL;
    END $$
    """
