"""Reference data: read whole, when a process starts and for the two public lists."""

from typing import Final

from asyncpg import Record
from sqlalchemy import select

from services.catalog.domain.reference import Reference
from services.catalog.tables.reference import belts, hs_codes, stores
from shared.db import Reader, Statement

BELTS: Final = Statement(select(belts).order_by(belts.c.code))
STORES: Final = Statement(select(stores).order_by(stores.c.code))
HS_SUBHEADINGS: Final = Statement(select(hs_codes.c.code).where(hs_codes.c.level == 6))


async def read_reference(reader: Reader) -> Reference:
    return Reference(
        belts=frozenset([row["code"] for row in await reader.fetch_all(BELTS)]),
        stores=frozenset([row["code"] for row in await reader.fetch_all(STORES)]),
        hs_subheadings=frozenset([row["code"] for row in await reader.fetch_all(HS_SUBHEADINGS)]),
    )


async def list_belts(reader: Reader) -> list[Record]:
    return await reader.fetch_all(BELTS)


async def list_stores(reader: Reader) -> list[Record]:
    return await reader.fetch_all(STORES)
