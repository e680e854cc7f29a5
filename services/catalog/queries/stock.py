"""Stock for reading: the counters of a product, and the ledger of their changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.catalog.domain.products.product import ProductNotFound
from services.catalog.domain.stock import ProductStock, stock_of_row
from shared.db import BIGINT, INSTANT, TEXT, Filters, Listing, Reader, Window, sql


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    id: int
    at: datetime
    reason: str
    on_hand_delta: int
    reserved_delta: int
    order_id: str | None
    reference: str | None


_STOCK: Final = sql(
    """
    SELECT p.id AS product_id, p.sku, s.on_hand, s.reserved, s.version
    FROM catalog.products p JOIN catalog.stock s ON s.product_id = p.id
    WHERE p.tenant_id = :tenant AND p.sku = :sku AND p.deleted_at IS NULL
    """,
    stock_of_row,
    tenant=TEXT,
    sku=TEXT,
)
# The tenant is that of the product, so that the whole park can ask, too.
_ORDERS_OF_NUMBER: Final = (
    "SELECT o.id FROM catalog.orders o WHERE o.order_number = :order_number AND o.tenant_id ="
    " (SELECT p.tenant_id FROM catalog.products p WHERE p.id = :product_id)"
)
_LEDGER: Final = Listing(
    """
    SELECT l.id, l.at, l.reason, l.on_hand_delta, l.reserved_delta, l.order_id, l.reference
    FROM catalog.stock_ledger l
    """,
    LedgerEntry,
    order_by="l.id DESC",
    after="l.id < :after_id",
    tenant="l.tenant_id = :tenant",
    where="l.product_id = :product_id",
    filters={
        "order_id": "l.order_id = :order_id",
        "order_number": f"l.order_id = ANY(ARRAY({_ORDERS_OF_NUMBER}))",
        "reference": "l.reference = :reference",
        "occurred_from": "l.at >= :occurred_from",
        "occurred_to": "l.at < :occurred_to",
    },
    after_id=BIGINT,
    product_id=TEXT,
    order_id=TEXT,
    order_number=TEXT,
    reference=TEXT,
    occurred_from=INSTANT,
    occurred_to=INSTANT,
)


async def get_stock(reader: Reader, *, sku: str) -> ProductStock:
    """Raises ProductNotFound."""
    stock = await reader.fetch_first(_STOCK, tenant=reader.tenant, sku=sku)
    if stock is None:
        raise ProductNotFound
    return stock


async def list_ledger(
    reader: Reader, window: Window, filters: Filters, *, product_id: str
) -> list[LedgerEntry]:
    """Newest first. Filters: order_id, order_number, reference, occurred_from, occurred_to."""
    return await _LEDGER.page(reader, window, filters, product_id=product_id)
