"""Counts what a piece of work asks of the database."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from shared.db.pool import PooledConnection

# Every transaction has both.
_FRAME: Final = ("BEGIN", "COMMIT")


@contextmanager
def statements_run() -> Iterator[list[str]]:
    """The texts of the statements that pooled connections of this process run inside the block, in
    their order, without BEGIN and COMMIT. COPY counts as one.
    """
    seen: list[str] = []
    run = PooledConnection.run

    async def listening(
        self: PooledConnection, call: Callable[..., Awaitable[Any]], *arguments: Any
    ) -> Any:
        text = str(arguments[0]) if arguments else "COPY"
        if not text.startswith(_FRAME):
            seen.append(text)
        return await run(self, call, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PooledConnection, "run", listening)
        yield seen
