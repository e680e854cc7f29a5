"""Version 1 of the kit's tables, as the first release made them. A change is a new version."""

from typing import Final

from shared.db.outbox import STREAMS
from shared.db.table_ddl import Executes, protect

_OUTBOX_DAYS_KEPT: Final = 2
_INBOX_DAYS_KEPT: Final = 9


def create(op: Executes, schema: str) -> None:
    for statement in _statements(schema):
        op.execute(statement)
    protect(op, schema, "idempotency_key")


def _statements(schema: str) -> list[str]:
    return [
        # Partitioned by the UUIDv7 in the event id: its order is the order of time. C collation
        # makes text comparison the comparison of bytes.
        f"""
        CREATE TABLE {schema}.outbox (
            id bigint GENERATED ALWAYS AS IDENTITY,
            event_id text COLLATE "C" NOT NULL,
            topic text NOT NULL,
            aggregate_id text NOT NULL,
            type text NOT NULL,
            tenant_id text NOT NULL,
            aggregate_version integer NOT NULL,
            occurred_at timestamptz NOT NULL,
            traceparent text,
            payload text NOT NULL,
            lane smallint NOT NULL,
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            created_at timestamptz NOT NULL DEFAULT clock_timestamp()
        ) PARTITION BY RANGE (event_id)
        """,
        f"CREATE INDEX outbox_lane_xid_ix ON {schema}.outbox (lane, xid)",
        f"CREATE INDEX outbox_lane_id_ix ON {schema}.outbox (lane, id)",
        f"CREATE TABLE {schema}.outbox_other PARTITION OF {schema}.outbox DEFAULT",
        # `seen`: every row visible in this snapshot is published. `target`/`last_id`: a batch
        # that is under way (see shared.kafka.relay).
        f"""
        CREATE TABLE {schema}.relay_lane (
            lane smallint PRIMARY KEY,
            seen pg_snapshot NOT NULL,
            target pg_snapshot,
            last_id bigint NOT NULL DEFAULT 0,
            published_at timestamptz
        ) WITH (fillfactor = 50)
        """,
        f"""
        INSERT INTO {schema}.relay_lane (lane, seen)
        SELECT lane, pg_current_snapshot() FROM generate_series(0, {STREAMS - 1}) AS lane
        """,
        f"""
        CREATE TABLE {schema}.inbox (
            consumer text NOT NULL,
            event_id text COLLATE "C" NOT NULL,
            received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (consumer, event_id)
        ) PARTITION BY RANGE (event_id)
        """,
        f"CREATE TABLE {schema}.inbox_other PARTITION OF {schema}.inbox DEFAULT",
        f"""
        CREATE TABLE {schema}.idempotency_key (
            tenant_id text NOT NULL,
            key_hash text NOT NULL,
            fingerprint text NOT NULL,
            status integer NOT NULL,
            headers jsonb NOT NULL,
            body bytea NOT NULL,
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (tenant_id, key_hash)
        )
        """,
        f"CREATE INDEX idempotency_key_created_at_ix ON {schema}.idempotency_key (created_at)",
        _rotate_function(schema),
        f"SELECT {schema}.rotate_partitions()",
    ]


def _floor(day: str) -> str:
    """SQL for the smallest event id of a day."""
    return f"'evt_' || lpad(to_hex(extract(epoch FROM {day})::bigint * 1000), 12, '0')"


def _rotate_function(schema: str) -> str:
    # SECURITY DEFINER: the app role may ask for the rotation but owns nothing. The search path is
    # pinned, as for every such function. Days are UTC days of real time.
    #
    # A day whose rows already went to the default partition (no worker ran for two days) cannot
    # get a partition of its own any more: it is skipped, its rows stay where they are and work.
    return f"""
    CREATE FUNCTION {schema}.rotate_partitions() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        kind record;
        day date;
        today date := (now() AT TIME ZONE 'UTC')::date;
        part record;
        name text;
        unpublished boolean;
    BEGIN
        -- One rotation at a time, whoever asks.
        IF NOT pg_try_advisory_xact_lock(hashtext('{schema}.rotate_partitions')) THEN
            RETURN;
        END IF;
        FOR kind IN
            SELECT * FROM (VALUES ('outbox', {_OUTBOX_DAYS_KEPT}), ('inbox', {_INBOX_DAYS_KEPT}))
            AS k(parent, days_kept)
        LOOP
            FOR day IN SELECT generate_series(today, today + 2, '1 day')::date LOOP
                name := kind.parent || to_char(day, '_YYYYMMDD');
                CONTINUE WHEN to_regclass(format('{schema}.%I', name)) IS NOT NULL;
                BEGIN
                    EXECUTE format(
                        'CREATE TABLE {schema}.%I PARTITION OF {schema}.%I'
                        ' FOR VALUES FROM (%L) TO (%L)',
                        name, kind.parent,
                        {_floor("day")}, {_floor("day + 1")});
                EXCEPTION WHEN check_violation THEN
                    NULL;
                END;
            END LOOP;
            FOR part IN
                SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = format('{schema}.%I', kind.parent)::regclass
                  AND c.relname ~ '_[0-9]{{8}}$'
                  AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - kind.days_kept
            LOOP
                unpublished := false;
                IF kind.parent = 'outbox' THEN
                    EXECUTE format(
                        'SELECT EXISTS (SELECT 1 FROM {schema}.%I o'
                        ' JOIN {schema}.relay_lane l USING (lane)'
                        ' WHERE NOT pg_visible_in_snapshot(o.xid, l.seen))', part.relname)
                    INTO unpublished;
                END IF;
                IF NOT unpublished THEN
                    EXECUTE format('DROP TABLE {schema}.%I', part.relname);
                END IF;
            END LOOP;
        END LOOP;
        DELETE FROM {schema}.idempotency_key WHERE created_at < now() - interval '25 hours';
    END $$
    """
