"""The promise table: worked out again with every change of the timetable, and every quarter of an
hour, because the days that it looks at begin now.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from services.routing.domain.promises.table import PromiseTable, promise_table
from services.routing.domain.shipments.planning import HUB
from services.routing.use_cases.itineraries.copy import COPY
from services.routing.use_cases.metrics import PROMISE_TABLE_SECONDS
from shared.db import Reader
from shared.kernel.clock import monotonic_s

_AGE_MAX: Final = timedelta(minutes=15)


class _Newest:
    """Of this process."""

    table: PromiseTable | None = None
    making = asyncio.Lock()


async def get_promise_table(reader: Reader, *, now: datetime) -> PromiseTable:
    """Of all stores, by their codes."""
    basis = await COPY.current(reader, now=now)
    async with _Newest.making:
        newest = _Newest.table
        if newest is not None and _is_fresh(newest, basis.state, now):
            return newest
        start = monotonic_s()
        # In a thread: other requests are served meanwhile.
        table = await asyncio.to_thread(promise_table, basis, park=HUB, now=now)
        PROMISE_TABLE_SECONDS.observe(monotonic_s() - start)
        _Newest.table = table
        return table


def _is_fresh(table: PromiseTable, state: tuple[str, int], now: datetime) -> bool:
    return table.state == state and timedelta() <= now - table.as_of < _AGE_MAX
