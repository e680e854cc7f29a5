"""Products for reading. One product by SKU is the hottest read of the platform: one statement, one
unique index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.catalog.domain.products.product import ProductNotFound, StoredProduct
from services.catalog.domain.products.query import ProductQuery, Sort
from services.catalog.domain.products.search_query import condition_of
from services.catalog.domain.products.stored import stored_product
from services.catalog.domain.stock import ProductStock, stock_of_row
from shared.db import (
    INSTANT,
    TEXT,
    TEXTS,
    Bounds,
    Filter,
    Listing,
    Order,
    Reader,
    SparseListing,
    SqlType,
    Stretch,
    Window,
    sql,
)
from shared.kernel.identity import PARK

_SELECT: Final = """
    SELECT p.id, p.tenant_id, p.sku, p.title, p.hs_code, p.origin_country, p.net_weight_g,
        p.gross_weight_g, p.length_mm, p.width_mm, p.height_mm, p.price_minor, p.currency,
        p.battery, p.synthetic, p.product_type, p.parent_sku, p.options, p.gtin, p.details,
        p.version, p.created_at, p.updated_at, p.product_type_version
    FROM catalog.products p
"""
_PRODUCT: Final = sql(
    f"{_SELECT} WHERE p.tenant_id = :tenant AND p.sku = :sku AND p.deleted_at IS NULL",
    stored_product,
    tenant=TEXT,
    sku=TEXT,
)
# Sub-selects of one value: see SparseListing.
_HAS_WORDS: Final = """
    s.words @@ CAST(:words AS tsquery) AND s.folded LIKE ALL(:pieces) AND s.folded LIKE ANY(:either)
"""
# The question is hidden from the planner, who would guess how many products have these words, and
# read the whole table where it guesses many.
_WITH_WORDS: Final = """
    SELECT x.product_id AS id FROM catalog.product_search x
    WHERE x.words @@ (SELECT CAST(:words AS tsquery))
        AND CASE WHEN x.folded LIKE ALL(:pieces) AND x.folded LIKE ANY(:either) {tenant} THEN true
            ELSE false END
"""
_LIVE: Final = "SELECT x.id FROM catalog.products x WHERE x.deleted_at IS NULL {tenant} AND"
_UPDATED: Final = "updated_at >= :updated_since AND {}.updated_at < :updated_before"
_OF_BELT: Final = (
    "tenant_id = ANY(ARRAY(SELECT m.id FROM catalog.merchants m WHERE m.belt = :belt))"
)
_OVERLAY: Final = """
    SELECT count(*) FROM catalog.market_overlays o
    WHERE o.tenant_id = p.tenant_id AND o.product_id = p.id AND o.market = :market
"""
_WITH_OVERLAY: Final = """
    SELECT x.product_id AS id FROM catalog.market_overlays x WHERE x.market = :market {tenant}
"""
_STOCK_IS: Final = Filter(
    "SELECT k.availability = :stock FROM catalog.stock k WHERE k.product_id = p.id",
    "SELECT x.product_id AS id FROM catalog.stock x WHERE x.availability = :stock {tenant}",
    key="x.product_id",
)
_IN_MARKET: Final = {
    "market": Filter(f"({_OVERLAY}) > 0", _WITH_OVERLAY, key="x.product_id"),
    "market_status": Filter(
        f"({_OVERLAY} AND o.state = :market_status) > 0",
        f"{_WITH_OVERLAY} AND x.state = :market_status",
        key="x.product_id",
    ),
}
_BELT_IS: Final = Filter(f"p.{_OF_BELT}", f"{_LIVE} x.{_OF_BELT}", key="x.id")
_OF_PRODUCT: Final = "FROM catalog.products s WHERE s.id = p.id"
_BEGINS: Final = "sku >= :sku AND {}.sku < :sku_end"
_TYPES: Final[dict[str, SqlType]] = {
    "after_id": TEXT,
    "after_at": INSTANT,
    "words": TEXT,
    "pieces": TEXTS,
    "either": TEXTS,
    "sku": TEXT,
    "sku_end": TEXT,
    "updated_since": INSTANT,
    "updated_before": INSTANT,
    "stock": TEXT,
    "market": TEXT,
    "market_status": TEXT,
    "belt": TEXT,
}
_BY_ID: Final = Order("p.id", "p.id > :after_id")
_PRODUCTS: Final = SparseListing(
    _SELECT,
    stored_product,
    table="catalog.products p",
    where="p.deleted_at IS NULL",
    orders={
        "id": _BY_ID,
        "updated_at": Order("p.updated_at, p.id", "(p.updated_at, p.id) > (:after_at, :after_id)"),
        "-updated_at": Order(
            "p.updated_at DESC, p.id DESC", "(p.updated_at, p.id) < (:after_at, :after_id)"
        ),
    },
    filters={
        "sku": Filter(f"p.{_BEGINS.format('p')}", f"{_LIVE} x.{_BEGINS.format('x')}"),
        "updated_since": Filter(
            f"p.{_UPDATED.format('p')}",
            f"{_LIVE} x.{_UPDATED.format('x')}",
            bounds=("updated_at", "-updated_at"),
        ),
        "stock": _STOCK_IS,
        **_IN_MARKET,
        "belt": _BELT_IS,
        "words": Filter(
            f"SELECT {_HAS_WORDS} FROM catalog.product_search s WHERE s.product_id = p.id",  # noqa: S608
            _WITH_WORDS,
            key="x.product_id",
        ),
    },
    types=_TYPES,
)
_VARIANTS: Final = Listing(
    _SELECT,
    stored_product,
    order_by="p.id",
    after="p.id > :after_id",
    tenant="p.tenant_id = :tenant",
    where="p.deleted_at IS NULL AND p.parent_sku = :parent_sku",
    after_id=TEXT,
    parent_sku=TEXT,
)
# By words, which most questions are. Their table is walked, which has the words of each row, and
# products are asked only for what has these words.
_FOUND: Final = SparseListing(
    _SELECT,
    stored_product,
    table="(SELECT product_id AS id, tenant_id, words, folded FROM catalog.product_search) p",
    where="true",
    orders={"id": _BY_ID},
    filters={
        "sku": Filter(
            f"SELECT s.{_BEGINS.format('s')} {_OF_PRODUCT}",
            f"{_LIVE} x.{_BEGINS.format('x')}",
        ),
        "updated_since": Filter(
            f"SELECT s.{_UPDATED.format('s')} {_OF_PRODUCT}",
            f"{_LIVE} x.{_UPDATED.format('x')}",
        ),
        "stock": _STOCK_IS,
        **_IN_MARKET,
        "belt": _BELT_IS,
        "words": Filter(_HAS_WORDS.replace("s.", "p."), _WITH_WORDS, key="x.product_id"),
    },
    types=_TYPES,
    suffices="words",
    bounds=Bounds(near=5_000, found=3_000, far=50_000),
)
_STOCK_OF: Final = sql(
    """
    SELECT p.id AS product_id, p.sku, k.on_hand, k.reserved, k.version
    FROM catalog.products p JOIN catalog.stock k ON k.product_id = p.id WHERE p.id = ANY(:ids)
    """,
    stock_of_row,
    ids=TEXTS,
)
_EVER: Final = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The filters of the listing, and the values that these need besides their own."""

    filters: dict[str, object]
    values: dict[str, object]

    def listing(self, sort: Sort = Sort.ID) -> SparseListing[StoredProduct]:
        return _FOUND if "words" in self.filters and sort is Sort.ID else _PRODUCTS


async def get_product(reader: Reader, *, sku: str) -> StoredProduct:
    """Raises ProductNotFound."""
    stored = await reader.fetch_first(_PRODUCT, tenant=reader.tenant, sku=sku)
    if stored is None:
        raise ProductNotFound
    return stored


async def list_products(
    reader: Reader, window: Window, query: ProductQuery, *, sort: Sort = Sort.ID
) -> Stretch[StoredProduct]:
    """By id, which is the order of creation, or by the time of the last change."""
    asked = _asked(query, reader.tenant)
    if asked is None:
        return Stretch([])
    return await asked.listing(sort).page(
        reader, window, asked.filters, order=sort.value, values=asked.values
    )


async def list_variants(reader: Reader, window: Window, *, parent_sku: str) -> list[StoredProduct]:
    """The products that name this parent, by id."""
    return await _VARIANTS.page(reader, window, parent_sku=parent_sku)


async def count_variants(reader: Reader, *, parent_sku: str, at_most: int) -> int:
    return await _VARIANTS.count(reader, at_most=at_most, parent_sku=parent_sku)


async def count_products(reader: Reader, query: ProductQuery, *, at_most: int) -> int:
    asked = _asked(query, reader.tenant)
    if asked is None:
        return 0
    return await asked.listing().count(reader, asked.filters, at_most=at_most, values=asked.values)


async def stock_of(reader: Reader, product_ids: Sequence[str]) -> dict[str, ProductStock]:
    """The counters of these products, by product."""
    found = await reader.fetch_all(_STOCK_OF, ids=list(product_ids))
    return {stock.product_id: stock for stock in found}


def _asked(query: ProductQuery, tenant: str) -> _Asked | None:
    """None if nothing can be found: the question has no letter and no digit."""
    filters: dict[str, object] = {
        "sku": query.sku,
        "stock": query.stock,
        "belt": query.belt,
    }
    values: dict[str, object] = {}
    facts = query.facts()
    if query.q is not None or facts:
        merchant_id = None if tenant == PARK else tenant
        condition = condition_of(query.q, facts, merchant_id=merchant_id)
        if condition is None:
            return None
        filters["words"] = condition.words
        values |= {"pieces": list(condition.pieces), "either": list(condition.either)}
    if query.sku is not None:
        values["sku_end"] = query.sku[:-1] + chr(ord(query.sku[-1]) + 1)
    if query.updated_since is not None or query.updated_before is not None:
        filters["updated_since"] = query.updated_since or _EVER[0]
        values["updated_before"] = query.updated_before or _EVER[1]
    if query.market_status is not None:
        filters["market_status"] = query.market_status
        values["market"] = query.market
    else:
        filters["market"] = query.market
    return _Asked({n: v for n, v in filters.items() if v is not None}, values)
