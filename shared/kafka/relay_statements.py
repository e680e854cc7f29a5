"""The SQL of the relay's cursor; docs/adr/0003 and `shared.kafka.relay` say how and why it works.

`xid >= xmax(seen)` and `xid = ANY(in progress in seen)` are two branches of a UNION on purpose:
with an OR the planner takes the index on (lane, id) and reads the whole history of the stream.

After an outage millions of rows may be unseen, and finding the smallest ids among them means
reading them all. So a batch ends at the first waypoint after `seen`, if there is one: a snapshot
that a writer recorded (shared.db.wake).
"""

# ruff: noqa: S608 - the only part put into the text is the name of a schema of this project

from dataclasses import dataclass
from typing import Final

from shared.db import BIGINT, sql

_COLUMNS: Final = (
    "id, event_id, topic, aggregate_id, type, tenant_id, aggregate_version, occurred_at,"
    " traceparent, payload, (extract(epoch FROM created_at) * 1000)::bigint AS created_ms"
)

_ID_MAX: Final = 2**63 - 1


def _unseen(schema: str, columns: str) -> str:
    """Rows of stream `l` that are not visible in `l.seen`, by the index on (lane, xid)."""
    return f"""
        SELECT {columns} FROM {schema}.outbox r
        WHERE r.lane = l.lane AND r.xid >= pg_snapshot_xmax(l.seen)
        UNION ALL
        SELECT {columns} FROM {schema}.outbox r
        WHERE r.lane = l.lane AND r.xid = ANY (ARRAY(SELECT pg_snapshot_xip(l.seen)))
    """


def _batch(schema: str, columns: str) -> str:
    """Rows of stream `l` that are visible in the snapshot `s.target` and not in `l.seen`."""
    return f"""
        SELECT {columns} FROM {schema}.outbox r
        WHERE r.lane = l.lane AND r.xid >= pg_snapshot_xmax(l.seen)
          AND r.xid < pg_snapshot_xmax(s.target) AND pg_visible_in_snapshot(r.xid, s.target)
        UNION ALL
        SELECT {columns} FROM {schema}.outbox r
        WHERE r.lane = l.lane AND r.xid = ANY (ARRAY(SELECT pg_snapshot_xip(l.seen)))
          AND pg_visible_in_snapshot(r.xid, s.target)
    """


# $1 streams, $2 rows per stream. The first page of new batches. Without a waypoint the target is
# the statement's own snapshot: every row it can see is in it. A stream may have nothing before a
# waypoint; it is still returned, with id NULL, so that it gets past. `until_id` is the last id of a
# batch, if that is known without reading everything. OFFSET 0: evaluated once per stream.
def _first_page(schema: str) -> str:
    return f"""
        SELECT l.lane AS stream, s.target::text AS target, s.until_id, o.*
        FROM {schema}.relay_lane l
        CROSS JOIN LATERAL (
            SELECT s.target, s.at_waypoint, CASE WHEN s.at_waypoint THEN
                (SELECT max(u.id) FROM ({_batch(schema, "id")}) u) END AS until_id
            FROM (
                SELECT coalesce(max(w.snapshot::text)::pg_snapshot, pg_current_snapshot())
                       AS target, count(*) > 0 AS at_waypoint
                FROM (
                    SELECT snapshot FROM {schema}.relay_waypoint
                    WHERE upto > pg_snapshot_xmax(l.seen) ORDER BY upto LIMIT 1
                ) w
            ) s
            OFFSET 0
        ) s
        LEFT JOIN LATERAL (
            SELECT * FROM ({_batch(schema, _COLUMNS)}) u ORDER BY id LIMIT $2
        ) o ON true
        WHERE l.lane = ANY ($1::smallint[]) AND l.target IS NULL
          AND (o.id IS NOT NULL OR s.at_waypoint)
    """


# $1 streams, $2 rows per stream, $3 last ids of their batches. The next pages of unfinished
# batches, by the index on (lane, id): the rows it skips were written at the same time as the batch.
# A stream without rows is still returned, with id NULL.
def _next_page(schema: str) -> str:
    return f"""
        SELECT l.lane AS stream, l.target::text AS target, b.until_id, o.*
        FROM unnest($1::smallint[], $3::bigint[]) AS b(stream, until_id)
        JOIN {schema}.relay_lane l ON l.lane = b.stream
        LEFT JOIN LATERAL (
            SELECT {_COLUMNS} FROM {schema}.outbox r
            WHERE r.lane = l.lane AND r.id > l.last_id
              AND r.id <= coalesce(b.until_id, {_ID_MAX})
              AND NOT pg_visible_in_snapshot(r.xid, l.seen)
              AND pg_visible_in_snapshot(r.xid, l.target)
            ORDER BY r.id LIMIT $2
        ) o ON true
        WHERE l.target IS NOT NULL
    """


# $1 streams, $2 targets, $3 last ids; an id of NULL ends the batch.
def _advance(schema: str) -> str:
    return f"""
        UPDATE {schema}.relay_lane l SET
            seen = CASE WHEN c.last_id IS NULL THEN c.target::pg_snapshot ELSE l.seen END,
            target = CASE WHEN c.last_id IS NULL THEN NULL ELSE c.target::pg_snapshot END,
            last_id = coalesce(c.last_id, 0),
            published_at = clock_timestamp()
        FROM unnest($1::smallint[], $2::text[], $3::bigint[]) AS c(stream, target, last_id)
        WHERE l.lane = c.stream
    """


# $1 streams. Snapshots of another cluster: a copy was restored here, and its transaction ids have
# no meaning. A copy within the cluster keeps its meaning, unless it lies in the future.
def _foreign(schema: str) -> str:
    return f"""
        SELECT lane AS stream FROM {schema}.relay_lane, pg_control_system() here
        WHERE lane = ANY ($1::smallint[])
          AND (system_id IS DISTINCT FROM here.system_identifier
               OR pg_snapshot_xmax(seen) > pg_snapshot_xmax(pg_current_snapshot()))
    """


# Everything still here is given a new xid and is published again. The statement's snapshot is older
# than its xid, hence the new `seen` covers none of it. Waypoints are as foreign as the cursor was.
def _heal(schema: str) -> str:
    return f"""
        WITH again AS (
            UPDATE {schema}.outbox SET xid = pg_current_xact_id()
            WHERE lane = ANY ($1::smallint[])
        ), foreign_waypoints AS (
            DELETE FROM {schema}.relay_waypoint
        )
        UPDATE {schema}.relay_lane SET seen = pg_current_snapshot(), target = NULL, last_id = 0,
            system_id = here.system_identifier
        FROM pg_control_system() here
        WHERE lane = ANY ($1::smallint[])
    """


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not yet sent: up to `rows_max` rows per stream, and the age of the oldest row."""

    rows: int
    oldest_age_s: float


class RelayStatements:
    """Text for one schema; positional parameters as asyncpg takes them."""

    def __init__(self, schema: str) -> None:
        self.first_page = _first_page(schema)
        self.next_page = _next_page(schema)
        self.advance = _advance(schema)
        self.foreign = _foreign(schema)
        self.heal = _heal(schema)
        self.backlog = sql(
            f"""
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
            """,
            Backlog,
            rows_max=BIGINT,
        )


# $1 lock class. Who holds which advisory lock of the class in this database.
LOCKS: Final = """
    SELECT objid::int AS key, pid = pg_backend_pid() AS mine FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid = $1::oid
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
TRY_LOCK: Final = "SELECT pg_try_advisory_lock($1, $2)"
UNLOCK: Final = "SELECT pg_advisory_unlock($1, $2)"
# Every relay holds it, shared, so that relays can be counted.
PRESENT: Final = "SELECT pg_advisory_lock_shared($1, $2)"
