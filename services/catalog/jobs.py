"""Work that runs by itself, without a request or an event."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from services.catalog.clients.media import MediaFetcher
from services.catalog.domain.media.check import Fetched, MediaCheck
from services.catalog.queries.imports import measure_imports
from services.catalog.queries.media import list_due, measure_due
from services.catalog.queries.orders import list_restocked_tenants
from services.catalog.use_cases import media, metrics, products
from services.catalog.use_cases.imports.retention import delete_files
from services.catalog.use_cases.orders import back_orders
from services.catalog.use_cases.orders.searched import mend_searched
from shared.kafka import JobContext
from shared.kernel.clock import real_time_ms
from shared.kernel.identity import PARK
from shared.kernel.ids import floor_id

# A transaction of a tenth of a second.
_SEARCH_ROWS_MAX: Final = 500
# Older orders have arrived: no replica changes them.
_MENDED: Final = timedelta(days=30)
_MENDED_AT_ONCE: Final = 1000
# One address that never answers holds up the others of its run for the time limit of a request.
_MEDIA_DUE_MAX: Final = 100
_MEDIA_AT_ONCE: Final = 25


async def place_back_orders(context: JobContext) -> None:
    """Places orders that wait for what has arrived, in a transaction per merchant."""
    async with context.db.read(PARK) as reader:
        tenants = await list_restocked_tenants(reader)

    async def place(tenant: str) -> None:
        async with context.db.transaction(tenant) as uow:
            await back_orders.place_back_orders(uow, tenant=tenant, now=context.clock.now())

    await context.each_by_itself(tenants, place)


async def check_media(context: JobContext, *, fetcher: Callable[[], MediaFetcher]) -> None:
    """Looks at what is due, some at a time, each recorded by itself."""
    now = context.clock.now()
    async with context.db.read(PARK) as reader:
        due = await list_due(reader, now=now, rows_max=_MEDIA_DUE_MAX)
    if not due:
        return
    waiting = asyncio.Semaphore(_MEDIA_AT_ONCE)
    async with fetcher() as fetch:

        async def look(check: MediaCheck) -> tuple[MediaCheck, Fetched]:
            async with waiting:
                return check, await fetch(check.url)

        async with asyncio.TaskGroup() as group:
            looks = [group.create_task(look(check)) for check in due]

    async def record(one: tuple[MediaCheck, Fetched]) -> None:
        check, found = one
        async with context.db.transaction(check.merchant_id) as uow:
            await media.record_check(uow, check_id=check.id, found=found, now=context.clock.now())

    await context.each_by_itself([one.result() for one in looks], record)


async def measure(context: JobContext) -> None:
    """Sets the gauges of imports and media."""
    now = context.clock.now()
    async with context.db.read(PARK) as reader:
        imports = await measure_imports(reader, now=now)
        overdue_s = await measure_due(reader, now=now)
    for gauge, counts in (
        (metrics.IMPORTS, imports.open),
        (metrics.IMPORTS_ENDED, imports.ended),
    ):
        for state, count in counts.items():
            gauge.labels(state.value).set(count)
    metrics.IMPORTS_OLDEST_AGE.set(imports.oldest_age_s)
    metrics.MEDIA_OLDEST_DUE.set(overdue_s)


async def make_search_words(context: JobContext) -> None:
    """Makes the words of products that have none, or whose words a release has changed. They are
    found once it has been there; everything else writes the words with the product.
    """
    after_id: str | None = ""
    while after_id is not None:
        async with context.db.transaction(PARK) as uow:
            after_id = await products.make_search_words(
                uow, after_id=after_id, rows_max=_SEARCH_ROWS_MAX
            )


async def mend_order_search(context: JobContext) -> None:
    """Orders that a replica of an earlier release has placed or changed during an upgrade are found
    like all others: it wrote neither their SKUs nor what follows from their facts.
    """
    since_ms = real_time_ms() - int(_MENDED.total_seconds() * 1000)
    after_id: str | None = floor_id("ord", since_ms)
    while after_id is not None:
        async with context.db.transaction(PARK) as uow:
            after_id = await mend_searched(uow, after_id=after_id, rows_max=_MENDED_AT_ONCE)


async def delete_import_files(context: JobContext, *, spool: Path) -> None:
    """Deletes files of imports a week after they were sent, and those that belong to no import."""
    await delete_files(context.db, spool, now=context.clock.now())
