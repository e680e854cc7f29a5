"""Reference data: read whole, when a process starts and for the two public lists."""

from typing import Final

from services.catalog.domain.reference import Belt, Reference, Store, markets_of
from shared.db import Reader, sql

_BELTS: Final = sql(
    "SELECT code, name, region, source, as_of FROM catalog.belts ORDER BY code", Belt
)
_STORES: Final = sql(
    """
    SELECT code, country, marketplace_id, region, domain, currency, languages,
        is_open_to_chinese_sellers, source, as_of
    FROM catalog.stores ORDER BY code
    """,
    Store,
)
_HS_SUBHEADINGS: Final = sql("SELECT code FROM catalog.hs_codes WHERE level = 6", str)


async def read_reference(reader: Reader) -> Reference:
    stores = await list_stores(reader)
    return Reference(
        belts=frozenset([belt.code for belt in await list_belts(reader)]),
        stores=frozenset([store.code for store in stores]),
        hs_subheadings=frozenset(await reader.fetch_values(_HS_SUBHEADINGS)),
        markets=markets_of(stores),
    )


async def list_belts(reader: Reader) -> list[Belt]:
    return await reader.fetch_all(_BELTS)


async def list_stores(reader: Reader) -> list[Store]:
    return await reader.fetch_all(_STORES)
