"""The SQL of the relay's cursor; how and why it works: docs/adr/0003 and `shared.kafka.relay`.

`xid >= xmax(seen)` and `xid = ANY(in progress in seen)` are two branches of a UNION on purpose: as
an OR the planner takes the index on (lane, id) and reads the whole history of the lane.
"""

# ruff: noqa: S608 - the only part put into the text is the name of a schema of this project

from typing import Final

from sqlalchemy import BigInteger, bindparam, text

from shared.db import Statement

_COLUMNS: Final = (
    "id, event_id, topic, aggregate_id, type, tenant_id, aggregate_version, occurred_at,"
    " traceparent, payload, (extract(epoch FROM created_at) * 1000)::bigint AS created_ms"
)


def _unseen(schema: str, columns: str) -> str:
    """Rows of lane `l` that are not visible in `l.seen`, by the index on (lane, xid)."""
    return f"""
        SELECT {columns} FROM {schema}.outbox r
        WHERE r.lane = l.lane AND r.xid >= pg_snapshot_xmax(l.seen)
        UNION ALL
        SELECT {columns} FROM {schema}.outbox r
        WHERE r.lane = l.lane AND r.xid = ANY (ARRAY(SELECT pg_snapshot_xip(l.seen)))
    """


class RelayStatements:
    """Text for one schema; positional parameters as asyncpg takes them."""

    def __init__(self, schema: str) -> None:
        # $1 lanes, $2 rows a lane. The first page of new batches; the statement's own snapshot is
        # the target, so every row it can see is in it.
        self.first_page = f"""
            SELECT l.lane, s.target::text AS target, o.*
            FROM (SELECT pg_current_snapshot() AS target) s, {schema}.relay_lane l
            CROSS JOIN LATERAL (
                SELECT * FROM ({_unseen(schema, _COLUMNS)}) u ORDER BY id LIMIT $2
            ) o
            WHERE l.lane = ANY ($1::smallint[]) AND l.target IS NULL
        """
        # The next pages of batches under way, by the index on (lane, id): what is passed over was
        # written at the same time as the batch. A lane without rows still comes, with id NULL.
        self.next_page = f"""
            SELECT l.lane, l.target::text AS target, o.*
            FROM {schema}.relay_lane l
            LEFT JOIN LATERAL (
                SELECT {_COLUMNS} FROM {schema}.outbox r
                WHERE r.lane = l.lane AND r.id > l.last_id
                  AND NOT pg_visible_in_snapshot(r.xid, l.seen)
                  AND pg_visible_in_snapshot(r.xid, l.target)
                ORDER BY r.id LIMIT $2
            ) o ON true
            WHERE l.lane = ANY ($1::smallint[]) AND l.target IS NOT NULL
        """
        # $1 lanes, $2 targets, $3 last ids; an id of NULL ends the batch.
        self.advance = f"""
            UPDATE {schema}.relay_lane l SET
                seen = CASE WHEN c.last_id IS NULL THEN c.target::pg_snapshot ELSE l.seen END,
                target = CASE WHEN c.last_id IS NULL THEN NULL ELSE c.target::pg_snapshot END,
                last_id = coalesce(c.last_id, 0),
                published_at = clock_timestamp()
            FROM unnest($1::smallint[], $2::text[], $3::bigint[]) AS c(lane, target, last_id)
            WHERE l.lane = c.lane
        """
        # $1 lanes. A snapshot of the future: this is a copy restored in another cluster, whose
        # transaction ids start lower.
        self.ahead = f"""
            SELECT lane FROM {schema}.relay_lane
            WHERE lane = ANY ($1::smallint[])
              AND pg_snapshot_xmax(seen) > pg_snapshot_xmax(pg_current_snapshot())
        """
        # Everything that is still here is given a new xid and goes out again. The statement's
        # snapshot is older than the xid it gets, hence the new `seen` covers none of it.
        self.heal = f"""
            WITH again AS (
                UPDATE {schema}.outbox SET xid = pg_current_xact_id()
                WHERE lane = ANY ($1::smallint[])
            )
            UPDATE {schema}.relay_lane SET
                seen = pg_current_snapshot(), target = NULL, last_id = 0
            WHERE lane = ANY ($1::smallint[])
        """
        self.backlog = Statement(
            text(f"""
            SELECT coalesce(sum(o.rows), 0)::bigint AS rows,
                   coalesce(extract(epoch FROM clock_timestamp() - min(o.oldest_at)), 0)::float8
                   AS oldest_age_s
            FROM {schema}.relay_lane l
            CROSS JOIN LATERAL (
                SELECT count(*) AS rows, min(created_at) AS oldest_at FROM (
                    SELECT created_at FROM ({_unseen(schema, "id, xid, created_at")}) u
                    WHERE l.target IS NULL OR u.id > l.last_id
                          OR NOT pg_visible_in_snapshot(u.xid, l.target)
                    LIMIT :rows_max
                ) counted
            ) o
            """).bindparams(bindparam("rows_max", type_=BigInteger))
        )


# $1 lock class. Who holds which advisory lock of the class in this database.
LOCKS: Final = """
    SELECT objid::int AS key, pid = pg_backend_pid() AS mine FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid = $1::oid
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
TRY_LOCK: Final = "SELECT pg_try_advisory_lock($1, $2)"
UNLOCK: Final = "SELECT pg_advisory_unlock($1, $2)"
# Held by every relay, shared: how many there are.
PRESENT: Final = "SELECT pg_advisory_lock_shared($1, $2)"
