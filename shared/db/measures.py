"""What a service's worker asks PostgreSQL about itself, for the gauges."""

from typing import Final

from sqlalchemy import text

from shared.db.database import Database
from shared.db.statement import Statement
from shared.kernel.identity import PARK
from shared.telemetry import metrics

# A role without further rights sees the transactions of its own name, which are the service's.
_MEASURES: Final = Statement(
    text(
        "SELECT pg_database_size(current_database()) AS bytes,"
        " (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)"
        "  FROM pg_stat_activity"
        "  WHERE usename = current_user AND pid <> pg_backend_pid())::float8 AS oldest_xact_age_s"
    )
)


async def measure_database(db: Database) -> None:
    """Sets the gauges of the database's size and of the service's oldest open transaction."""
    async with db.read(PARK) as reader:
        row = await reader.fetch_first(_MEASURES)
    assert row is not None
    metrics.DB_SIZE.set(row["bytes"])
    metrics.DB_OLDEST_XACT_AGE.set(row["oldest_xact_age_s"])
