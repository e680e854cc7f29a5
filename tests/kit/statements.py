"""Counts what a piece of work asks of the database."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import pytest

from shared.db.pool import PooledConnection

# Tasks that the block starts inherit it; those that were there before do not have it.
_SEEN: Final[ContextVar[list[str] | None]] = ContextVar("seen", default=None)
# Every transaction has both.
_FRAME: Final = ("BEGIN", "COMMIT")


@contextmanager
def statements_run() -> Iterator[list[str]]:
    """The texts of the statements that the work in the block runs on pooled connections, in their
    order, without BEGIN and COMMIT. COPY counts as one. What other tasks of this process do
    meanwhile does not count.
    """
    seen: list[str] = []
    ours = _SEEN.set(seen)
    run = PooledConnection.run

    async def listening(
        self: PooledConnection, call: Callable[..., Awaitable[Any]], *arguments: Any
    ) -> Any:
        text = str(arguments[0]) if arguments else "COPY"
        if _SEEN.get() is seen and not text.startswith(_FRAME):
            seen.append(text)
        return await run(self, call, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PooledConnection, "run", listening)
        try:
            yield seen
        finally:
            _SEEN.reset(ours)
