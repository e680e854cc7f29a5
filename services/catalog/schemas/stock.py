"""Stock, as REST clients see it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from services.catalog.domain.stock import Adjustment, ProductStock, Reason
from services.catalog.queries.stock import LedgerEntry
from services.catalog.schemas.fields import BATCH_MAX, Sku
from shared.http.batches import DocumentedAs
from shared.http.fields import Body, WholeNumber
from shared.kernel.errors import Invalid, Text
from shared.kernel.json import JsonObject


class ZeroDelta(Invalid):
    code = "catalog.stock.zero_delta"
    text = Text("An adjustment by zero changes nothing.", "调整数量不能为零。")
    fix = Text("Send the difference, e.g. 40 or -2.", "请填写差额，例如 40 或 -2。")


class StockAdjustmentIn(Body):
    sku: Sku
    delta: WholeNumber = Field(
        ge=-1_000_000_000,
        le=1_000_000_000,
        description="Positive for goods that arrived, negative for goods that are gone; not 0.",
        json_schema_extra={"not": {"const": 0}},
        examples=[40],
    )
    reason: Reason

    def to_domain(self) -> Adjustment:
        """Raises ZeroDelta."""
        if self.delta == 0:
            raise ZeroDelta(pointer="/delta")
        return Adjustment(self.sku, self.delta, self.reason)


class StockAdjustmentsIn(Body):
    """Items are read one by one: a bad one does not stop the others."""

    items: list[Annotated[JsonObject, DocumentedAs(StockAdjustmentIn)]] = Field(
        min_length=1, max_length=BATCH_MAX
    )


class StockOut(BaseModel):
    product_id: str
    sku: str
    on_hand: int
    reserved: int
    available: int


class StockEntryOut(BaseModel):
    """A row of the ledger; `reason` may also be reserved, released, shipped or product_deleted."""

    occurred_at: datetime
    reason: str
    on_hand_delta: int
    reserved_delta: int
    order_id: str | None


def stock_out(stock: ProductStock) -> dict[str, object]:
    return {
        "product_id": stock.product_id,
        "sku": stock.sku,
        "on_hand": stock.counters.on_hand,
        "reserved": stock.counters.reserved,
        "available": stock.counters.available,
    }


def ledger_entry_out(entry: LedgerEntry) -> dict[str, object]:
    return {
        "occurred_at": entry.at,
        "reason": entry.reason,
        "on_hand_delta": entry.on_hand_delta,
        "reserved_delta": entry.reserved_delta,
        "order_id": entry.order_id,
    }
