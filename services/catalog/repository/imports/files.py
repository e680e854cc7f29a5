"""Which files of imports are still needed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from shared.db import INSTANT, INTEGER, TEXTS, Reader, UnitOfWork, sql

_OLD_FILES: Final = sql(
    """
    SELECT file FROM catalog.imports
    WHERE file_deleted_at IS NULL AND created_at < :before
        AND state NOT IN ('queued', 'running', 'cancelling')
    ORDER BY created_at LIMIT :rows_max
    """,
    str,
    before=INSTANT,
    rows_max=INTEGER,
)
_NAMED_FILES: Final = sql(
    "SELECT file FROM catalog.imports WHERE file = ANY(:files) AND file_deleted_at IS NULL",
    str,
    files=TEXTS,
)
_FILE_DELETED: Final = sql(
    "UPDATE catalog.imports SET file_deleted_at = :now WHERE file = ANY(:files)",
    now=INSTANT,
    files=TEXTS,
)


async def list_old_files(reader: Reader, *, before: datetime, rows_max: int) -> list[str]:
    """Files of imports that were created before an instant and are not at work."""
    return await reader.fetch_values(_OLD_FILES, before=before, rows_max=rows_max)


async def list_named_files(reader: Reader, files: Collection[str]) -> set[str]:
    """Those of the files that an import still has."""
    return set(await reader.fetch_values(_NAMED_FILES, files=list(files)))


async def files_deleted(uow: UnitOfWork, files: Sequence[str], *, now: datetime) -> None:
    await uow.execute(_FILE_DELETED, files=list(files), now=now)
