"""Version 2 of the kit's tables.

Keys sort as bytes in a database of any locale. Rotation proceeds in steps, none of which holds up a
writer. The relay finds waypoints in a long backlog and knows to which cluster its cursor belongs.
"""

from typing import Final

from shared.db.table_ddl import Executes, sort_as_bytes

# Published events stay for a while, so that a broker restored from an old copy can be fed again.
# The inbox outlives what can be delivered again: letters are kept for 30 days (shared.contracts).
DAYS_KEPT: Final = {"outbox": 2, "inbox": 31}
_DAYS_AHEAD: Final = 3
_ROWS_A_STEP: Final = 5000
# SECURITY DEFINER: the app role may ask for a step but owns nothing. The search path is pinned, as
# for every such function. The lock timeout bounds what a step costs others: while an ALTER or DROP
# waits, all who come later wait behind it.
DEFINER: Final = """
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms'"""

# The text for format(…, partition): whether some row of the partition is not published yet. It uses
# the index on (lane, xid).
UNPUBLISHED_IN: Final = """
    'SELECT EXISTS (SELECT FROM {schema}.relay_lane l, LATERAL ('
    ' SELECT FROM {schema}.%1$I r'
    ' WHERE r.lane = l.lane AND r.xid >= pg_snapshot_xmax(l.seen)'
    ' UNION ALL SELECT FROM {schema}.%1$I r'
    ' WHERE r.lane = l.lane AND r.xid = ANY (ARRAY(SELECT pg_snapshot_xip(l.seen)))'
    ') u)'
"""


def upgrade(op: Executes, schema: str) -> None:
    sort_as_bytes(op, schema, "outbox", "aggregate_id", "tenant_id", protected=False)
    sort_as_bytes(op, schema, "inbox", "consumer")
    sort_as_bytes(op, schema, "idempotency_key", "tenant_id", "key_hash")
    for statement in (
        _add_partition(schema),
        _drop_partition(schema),
        delete_expired(schema),
        # Workers of version 1 still call it while they are being replaced.
        f"""
        CREATE OR REPLACE FUNCTION {schema}.rotate_partitions() RETURNS void
        LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM {schema}.add_partition();
        END $$
        """,
        f"ALTER TABLE {schema}.relay_lane ADD COLUMN system_id bigint",
        f"UPDATE {schema}.relay_lane SET system_id = system_identifier FROM pg_control_system()",
        # Snapshots that writers leave now and then (shared.db.wake); `upto` is their xmax.
        f"""
        CREATE TABLE {schema}.relay_waypoint (
            upto xid8 PRIMARY KEY,
            snapshot pg_snapshot NOT NULL
        )
        """,
    ):
        op.execute(statement)


def floor_of(day: str) -> str:
    """SQL for the smallest event id of a UTC day."""
    return f"'evt_' || lpad(to_hex(extract(epoch FROM {day})::bigint * 1000), 12, '0')"


def _add_partition(schema: str) -> str:
    # ATTACH lets inserts continue, CREATE TABLE … PARTITION OF would not. A day whose rows already
    # went to the default partition (no worker ran for days) cannot get a partition of its own. It
    # is skipped: its rows stay where they are, work, and are deleted by `delete_expired`.
    return f"""
    CREATE FUNCTION {schema}.add_partition() RETURNS text {DEFINER} AS $$
    DECLARE
        today date := (now() AT TIME ZONE 'UTC')::date;
        parent text;
        day date;
        name text;
        low text;
        high text;
        is_late boolean;
    BEGIN
        -- One rotation at a time, whoever asks.
        IF NOT pg_try_advisory_xact_lock(hashtext('{schema}.rotation')) THEN
            RETURN NULL;
        END IF;
        FOR parent, day IN
            SELECT p, d::date FROM unnest(ARRAY['outbox', 'inbox']) AS p,
                generate_series(today, today + {_DAYS_AHEAD}, '1 day') AS d
            ORDER BY d, p
        LOOP
            name := parent || to_char(day, '_YYYYMMDD');
            CONTINUE WHEN to_regclass(format('{schema}.%I', name)) IS NOT NULL;
            low := {floor_of("day")};
            high := {floor_of("day + 1")};
            EXECUTE format('SELECT EXISTS (SELECT FROM {schema}.%I'
                ' WHERE event_id >= %L AND event_id < %L)', parent || '_other', low, high)
                INTO is_late;
            CONTINUE WHEN is_late;
            EXECUTE format('CREATE TABLE {schema}.%I (LIKE {schema}.%I INCLUDING DEFAULTS)',
                name, parent);
            EXECUTE format('ALTER TABLE {schema}.%I ATTACH PARTITION {schema}.%I'
                ' FOR VALUES FROM (%L) TO (%L)', parent, name, low, high);
            RETURN name;
        END LOOP;
        RETURN NULL;
    END $$
    """


def _drop_partition(schema: str) -> str:
    # DETACH … CONCURRENTLY would block nobody, but PostgreSQL refuses it beside a default partition
    # and inside a function. The slow part, the search for unpublished rows, comes before the lock
    # and uses the index on (lane, xid).
    kept = ", ".join(f"('{parent}', {days})" for parent, days in DAYS_KEPT.items())
    return f"""
    CREATE FUNCTION {schema}.drop_partition() RETURNS text {DEFINER} AS $$
    DECLARE
        parent text;
        name text;
        is_unpublished boolean;
    BEGIN
        IF NOT pg_try_advisory_xact_lock(hashtext('{schema}.rotation')) THEN
            RETURN NULL;
        END IF;
        FOR parent, name IN
            SELECT k.parent, c.relname
            FROM (VALUES {kept}) AS k(parent, days_kept)
            JOIN pg_inherits i ON i.inhparent = format('{schema}.%I', k.parent)::regclass
            JOIN pg_class c ON c.oid = i.inhrelid
            WHERE c.relname ~ '_[0-9]{{8}}$'
              AND to_date(right(c.relname, 8), 'YYYYMMDD')
                  < (now() AT TIME ZONE 'UTC')::date - k.days_kept
            ORDER BY right(c.relname, 8), c.relname
        LOOP
            IF parent = 'outbox' THEN
                EXECUTE format({UNPUBLISHED_IN.format(schema=schema)}, name) INTO is_unpublished;
                CONTINUE WHEN is_unpublished;
            END IF;
            EXECUTE format('DROP TABLE {schema}.%I', name);
            RETURN name;
        END LOOP;
        RETURN NULL;
    END $$
    """


def delete_expired(
    schema: str, *, outbox_days: int = DAYS_KEPT["outbox"], replace: bool = False
) -> str:
    """The function that deletes a step of what has expired and has no partition to go with."""
    days_kept = DAYS_KEPT | {"outbox": outbox_days}

    def expired(parent: str, condition: str) -> str:
        day = f"(now() AT TIME ZONE 'UTC')::date - {days_kept[parent]}"
        return f"""
            DELETE FROM {schema}.{parent}_other WHERE ctid = ANY (ARRAY(
                SELECT r.ctid FROM {schema}.{parent}_other r
                WHERE r.event_id < {floor_of(f"({day})")} {condition} LIMIT {_ROWS_A_STEP}));
            GET DIAGNOSTICS n = ROW_COUNT;
            deleted := deleted + n;"""

    published = f"""AND EXISTS (SELECT FROM {schema}.relay_lane l
                    WHERE l.lane = r.lane AND pg_visible_in_snapshot(r.xid, l.seen))"""
    create = "CREATE OR REPLACE" if replace else "CREATE"
    return f"""
    {create} FUNCTION {schema}.delete_expired() RETURNS integer {DEFINER} AS $$
    DECLARE
        deleted integer;
        n integer;
    BEGIN
        DELETE FROM {schema}.idempotency_key WHERE ctid = ANY (ARRAY(
            SELECT k.ctid FROM {schema}.idempotency_key k
            WHERE k.created_at < now() - interval '25 hours' LIMIT {_ROWS_A_STEP}));
        GET DIAGNOSTICS deleted = ROW_COUNT;
        {expired("outbox", published)}
        {expired("inbox", "")}
        RETURN deleted;
    END $$
    """
