"""Transactions as tests need them: one that leaves nothing behind, and races made to order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from sqlalchemy import text

from shared.db import Database, Statement, UnitOfWork

_SOMEBODY_WAITS: Final = Statement(
    text("""
    SELECT EXISTS (SELECT 1 FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))
    """)
)


class _InVain(Exception):
    pass


@asynccontextmanager
async def in_vain(db: Database, tenant: str) -> AsyncIterator[UnitOfWork]:
    """A transaction that is rolled back at its end."""
    with suppress(_InVain):
        async with db.transaction(tenant) as uow:
            yield uow
            raise _InVain


async def until_somebody_waits(uow: UnitOfWork, *, timeout_s: float = 5.0) -> None:
    """Returns once another session waits for what this transaction holds. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not await uow.fetch_value(_SOMEBODY_WAITS):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
