"""What a service's worker measures in PostgreSQL, for the gauges."""

from dataclasses import dataclass
from typing import Final

from shared.db.database import Database
from shared.db.statement import sql
from shared.kernel.identity import PARK
from shared.telemetry import metrics


@dataclass(frozen=True, slots=True)
class _Measures:
    size_bytes: int
    oldest_xact_age_s: float


# A role without further rights sees its own transactions only, which are the service's.
_MEASURES: Final = sql(
    "SELECT pg_database_size(current_database()) AS size_bytes,"
    " (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)"
    "  FROM pg_stat_activity"
    "  WHERE usename = current_user AND pid <> pg_backend_pid())::float8 AS oldest_xact_age_s",
    _Measures,
)


async def measure_database(db: Database) -> None:
    """Sets the gauges of the database's size and of the service's oldest open transaction."""
    async with db.read(PARK) as reader:
        measured = await reader.fetch_first(_MEASURES)
    assert measured is not None
    metrics.DB_SIZE.set(measured.size_bytes)
    metrics.DB_OLDEST_XACT_AGE.set(measured.oldest_xact_age_s)
