"""Lists and search over a million products by REST: how long a page takes for common and rare
values, of a small and of large merchants, and of the park. `BENCH_DATA` keeps the products.
"""

import os
from typing import Final

import asyncpg

from deploy.bench import goods
from deploy.bench.loading import large_database
from deploy.bench.paging import catalog
from deploy.bench.rig import Figure, folder
from services.catalog.domain.products.search_words import EDITION
from shared.kernel.identity import PARK

PRODUCTS: Final = int(os.environ.get("LIST_PRODUCTS", "1000000"))
WHOSE: Final = {
    "small merchant": goods.SMALL,
    "merchant of 100,000": goods.LARGE,
    "merchant of 300,000": goods.LARGEST,
    "park": PARK,
}
_LATE: Final = "2026-08-20T00:00:00Z"
# Of each filter a common value and a rare one; both orders; filters that few products have at once.
CASES: Final[dict[str, dict[str, object]]] = {
    "nothing": {},
    "last changed": {"sort": "-updated_at"},
    "with stock": {"embed": "stock"},
    "two members": {"fields": "sku,title(en)"},
    "q common": {"q": "women"},
    "q less common": {"q": "gift"},
    "q beginning": {"q": "wom"},
    "q Chinese": {"q": "假发"},
    "q initials": {"q": "hzs"},
    "q mixed": {"q": "假发 women"},
    "q rare": {"q": "veraxo"},
    "q nothing": {"q": "keychain"},
    "q of later products": {"q": "solar"},
    "sku": {"sku": "A01-00004"},
    "gtin": {"gtin": "6900000000052"},
    "hs_code common": {"hs_code": "67"},
    "hs_code rare": {"hs_code": "901890"},
    "product_type rare": {"product_type": "thermometer"},
    "parent_sku": {"parent_sku": "PAR-2500"},
    "brand": {"brand": "Veraxo"},
    "origin_country rare": {"origin_country": "LA"},
    "battery": {"battery": "true"},
    "stock in": {"stock": "in"},
    "stock out": {"stock": "out"},
    "market common": {"market": "DE", "market_status": "active"},
    "market rare": {"market": "MT"},
    "updated_since": {"updated_since": _LATE},
    "q and stock": {"q": "假发", "stock": "out"},
    "q and market": {"q": "women", "market": "MT"},
    "q and updated_since": {"q": "veraxo", "updated_since": "2026-01-02T00:00:00Z"},
    "q, last changed": {"q": "women", "sort": "-updated_at"},
    "sku and battery": {"sku": "A", "battery": "true"},
}


async def _fill(connection: asyncpg.Connection) -> None:
    await goods.fill(connection, PRODUCTS)


def measure() -> list[Figure]:
    with (
        folder() as home,
        large_database(home, f"products-{PRODUCTS}-words-{EDITION}", _fill) as (_, dsn),
        catalog(dsn, home) as pages,
    ):
        return [
            figure
            for name, params in CASES.items()
            for figure in pages.figures("/v1/products", name, params, WHOSE)
        ]
