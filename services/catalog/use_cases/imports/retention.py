"""Deletes files of imports that nobody needs any more, and those that no import ever had."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Final

from services.catalog.domain.imports.job import KEPT_FOR
from services.catalog.repository.imports import files
from shared.db import Database
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK

_AT_ONCE: Final = 100
_NAMES_AT_ONCE: Final = 1000
# Files that are arriving, or whose import is being written, are younger.
_STRAY_S: Final = 86_400.0


async def delete_files(db: Database, spool: Path, *, now: datetime) -> None:
    """`now`: business time."""
    async with db.read(PARK) as reader:
        old = await files.list_old_files(reader, before=now - KEPT_FOR, rows_max=_AT_ONCE)
    if old:
        await asyncio.to_thread(_unlink, spool, old)
        async with db.transaction(PARK) as uow:
            await files.files_deleted(uow, old, now=now)
    aged = await asyncio.to_thread(_aged, spool)
    for at in range(0, len(aged), _NAMES_AT_ONCE):
        some = aged[at : at + _NAMES_AT_ONCE]
        async with db.read(PARK) as reader:
            named = await files.list_named_files(reader, some)
        await asyncio.to_thread(_unlink, spool, [name for name in some if name not in named])


def _aged(spool: Path) -> list[str]:
    """All files of this folder that have not changed for a day: most of them are needed."""
    if not spool.is_dir():
        return []
    before_s = real_now().timestamp() - _STRAY_S
    ours = (path for path in spool.iterdir() if path.suffix in (".part", ".file"))
    return [path.name for path in ours if path.stat().st_mtime < before_s]


def _unlink(spool: Path, names: list[str]) -> None:
    for name in names:
        (spool / name).unlink(missing_ok=True)
