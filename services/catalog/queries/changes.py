"""The change feed, and the pages of an export."""

import asyncio
from typing import Final

from services.catalog.domain.products.product import StoredProduct
from services.catalog.domain.products.query import ProductQuery
from services.catalog.queries.products import list_products
from shared.db import Database, Reader, Window
from shared.db.feed import Feed, FeedPage, Now, Place, after_all

_FEED: Final = Feed("catalog")
# How long an export waits for transactions that are open when it begins. If some stay open, its
# cursor works all the same: only the first page after it costs more.
_SETTLE_S: Final = 0.02
_SETTLE_MAX: Final = 25


async def read_now(reader: Reader) -> Now:
    return await _FEED.now(reader, tenant=reader.tenant)


async def read_changes(
    reader: Reader, place: Place, now: Now, *, types: list[str] | None, limit: int
) -> FeedPage:
    return await _FEED.page(reader, place, now, tenant=reader.tenant, types=types, limit=limit)


async def place_after_all(db: Database, tenant: str) -> Place:
    """The place from which a feed goes on after an export that begins now."""
    async with db.read(tenant) as reader:
        before = now = await read_now(reader)
    for _ in range(_SETTLE_MAX):
        async with db.read(tenant) as reader:
            now = await read_now(reader)
        if now.xmin >= before.xid:
            break
        await asyncio.sleep(_SETTLE_S)
    return after_all(before, now)


async def next_products(
    db: Database, tenant: str, *, after: StoredProduct | None, rows_max: int
) -> list[StoredProduct]:
    """The next products of an export, by id, in a transaction of their own."""
    key = None if after is None else (after.id,)
    async with db.read(tenant) as reader:
        return (await list_products(reader, Window(rows_max, key), ProductQuery())).rows
