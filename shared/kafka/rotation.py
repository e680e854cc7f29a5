"""The job that rotates the kit's partitions, one step per transaction (see shared.db.kit_v2).

No step waits long for a lock: a step that others block is tried again in the next run. The gauges
show when that goes on for too long.
"""

# ruff: noqa: S608 - the only part put into the text is the name of a schema of this project

from dataclasses import dataclass
from typing import Final

from shared.db import Statement, sql
from shared.db.errors import DatabaseBusy
from shared.db.kit_v2 import DAYS_KEPT
from shared.kafka.jobs import Job, JobContext
from shared.kernel.identity import PARK
from shared.telemetry import get_logger, metrics

log = get_logger(__name__)

_EVERY_S: Final = 300.0
_STEPS: Final = ("add_partition", "drop_partition", "delete_expired")


def rotation(schema: str) -> Job:
    """Creates the partitions of the next days, drops old ones, deletes expired rows."""
    steps = {name: sql(f"SELECT {schema}.{name}()", bool) for name in _STEPS}
    state = _state(schema)

    async def rotate(ctx: JobContext) -> None:
        for name, step in steps.items():
            try:
                while await _take(ctx, step):
                    pass
            except DatabaseBusy:
                log.info("rotation waits for a quieter moment", schema=schema, step=name)
        async with ctx.db.read(PARK) as reader:
            for table in await reader.fetch_all(state):
                metrics.PARTITIONS_OVERDUE.labels(table.parent).set(table.overdue)
                metrics.PARTITION_STRAY_ROWS.labels(table.parent).set(table.stray_rows)

    return Job("rotate-partitions", _EVERY_S, rotate)


async def _take(ctx: JobContext, step: Statement[bool]) -> bool:
    """True if there was something to do, and there may be more."""
    async with ctx.db.transaction(PARK) as uow:
        return bool(await uow.fetch_value(step))


@dataclass(frozen=True, slots=True)
class _PartitionedTable:
    parent: str
    overdue: int
    stray_rows: int


def _state(schema: str) -> Statement[_PartitionedTable]:
    """For each table: partitions that should be gone since yesterday, rows in the default one."""
    return sql(
        " UNION ALL ".join(
            f"""
                SELECT '{parent}' AS parent,
                    (SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                     WHERE i.inhparent = CAST('{schema}.{parent}' AS regclass)
                       AND c.relname ~ '_[0-9]{{8}}$'
                       AND to_date(right(c.relname, 8), 'YYYYMMDD')
                           < CAST(now() AT TIME ZONE 'UTC' AS date) - {days + 1}) AS overdue,
                    (SELECT count(*) FROM (SELECT FROM {schema}.{parent}_other LIMIT 10000) r)
                    AS stray_rows
                """
            for parent, days in DAYS_KEPT.items()
        ),
        _PartitionedTable,
    )
