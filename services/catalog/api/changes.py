"""What has changed, in the order in which it was committed; and all products at once to begin
with.
"""

import asyncio
import re
import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from starlette.responses import Response, StreamingResponse

from services.catalog.api.deps import MerchantRead
from services.catalog.domain.products.product import StoredProduct
from services.catalog.queries import changes as queries
from services.catalog.schemas.changes import (
    CURSOR_CHARS_MAX,
    ChangesOut,
    changes_out,
    cursor_of,
    place_of,
    types_of,
)
from services.catalog.schemas.products.product import product_out
from shared.db import Database
from shared.db.feed import beginning
from shared.http import Reply, problems
from shared.http.replies import json_bytes, response_of
from shared.http.streams import Streams
from shared.kernel.clock import real_now

changes_api = APIRouter(tags=["changes"])

# Each reads pages one after the other for minutes.
_EXPORTS: Final = Streams(at_once=4, of_one=1)
_PAGE_BYTES: Final = 512 * 1024
_ROWS_FIRST: Final = 50
_ROWS_MAX: Final = 500
_GZIP: Final = re.compile(
    r"(?:^|[,\s])(?:x-)?gzip\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?(?=$|,)", re.IGNORECASE
)


@changes_api.get("/v1/changes", response_model=ChangesOut, responses=problems(410, 422))
async def list_changes(
    call: MerchantRead,
    cursor: Annotated[
        str | None,
        Query(max_length=CURSOR_CHARS_MAX, description="`next` of the page before."),
    ] = None,
    event_types: Annotated[
        str | None,
        Query(max_length=1000, description="Only these, separated by commas."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Entries per page.")] = 50,
) -> Response:
    """Read what has changed.

    Every event of the merchant's products, stock, orders and prices, deletions included, in the
    order of commits, each once. Keep `next` and ask again with it: it stays valid for 30 days.
    Without a cursor the feed begins with the oldest event that is kept. A page can have fewer
    entries than `limit`, or none, and `has_more` all the same.
    """
    wanted = types_of(event_types)
    async with call.read() as reader:
        now = await queries.read_now(reader)
        if cursor is None:
            place = beginning(now)
        else:
            place = place_of(cursor, tenant=call.tenant, cluster=now.cluster, real_now=real_now())
        page = await queries.read_changes(reader, place, now, types=wanted, limit=limit)
    body = changes_out(page, cursor_of(page.place, tenant=call.tenant))
    return response_of(Reply(200, body))


@changes_api.get(
    "/v1/products:export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "One product a line, as GET /v1/products/{sku} shows it.",
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
            "headers": {
                "Airlane-Changes-Cursor": {
                    "description": "Where GET /v1/changes goes on after this export.",
                    "schema": {"type": "string"},
                }
            },
        },
        **problems(429),
    },
)
async def export_products(
    call: MerchantRead, accept_encoding: Annotated[str | None, Header()] = None
) -> Response:
    """Export all products.

    One JSON object a line. Compressed if the client accepts gzip. A merchant takes one at a time.
    Products that change while the export runs are in the feed from its cursor on, so that both
    together are complete: of two states of a product the higher version is right.
    """
    place = await queries.place_after_all(call.db, call.tenant)
    headers = {
        "Airlane-Changes-Cursor": cursor_of(place, tenant=call.tenant),
        "Content-Disposition": 'attachment; filename="products.ndjson"',
        "Vary": "Accept-Encoding",
    }
    lines = _lines(call.db, call.tenant)
    if _accepts_gzip(accept_encoding or ""):
        headers["Content-Encoding"] = "gzip"
        lines = _compressed(lines)
    return _EXPORTS.answer(call.tenant, lines, headers=headers, media_type="application/x-ndjson")


def _accepts_gzip(accept_encoding: str) -> bool:
    """`gzip;q=0` refuses it (RFC 9110 §12.5.3)."""
    found = _GZIP.search(accept_encoding)
    return found is not None and (found[1] is None or float(found[1]) > 0)


async def _lines(db: Database, tenant: str) -> AsyncGenerator[bytes, None]:
    last: StoredProduct | None = None
    rows_max = _ROWS_FIRST
    while products := await queries.next_products(db, tenant, after=last, rows_max=rows_max):
        last = products[-1]
        page = b"".join([json_bytes(product_out(product)) + b"\n" for product in products])
        # A product has between half a kilobyte and some hundred.
        rows_max = max(1, min(_ROWS_MAX, _PAGE_BYTES * len(products) // len(page)))
        yield page


async def _compressed(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    compressor = zlib.compressobj(level=1, wbits=31)  # 31: the format of gzip
    async with aclosing(chunks):
        async for chunk in chunks:
            if compressed := await asyncio.to_thread(compressor.compress, chunk):
                yield compressed
    yield compressor.flush()
