"""Stock, as REST clients see it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.catalog.domain.stock import (
    REFERENCE_PATTERN,
    REFERENCE_WORDS,
    Adjustment,
    ProductStock,
    Reason,
)
from services.catalog.queries.stock import LedgerEntry
from services.catalog.schemas.fields import BATCH_MAX, Sku
from shared.documents.faults import in_words
from shared.documents.fields import Body, DocumentedAs, WholeNumber
from shared.kernel.errors import Invalid, Text, refuse
from shared.kernel.json import JsonObject


class ZeroDelta(Invalid):
    code = "catalog.stock.zero_delta"
    text = Text("An adjustment by zero changes nothing.", "调整数量不能为零。")
    fix = Text("Send the difference, e.g. 40 or -2.", "请填写差额，例如 40 或 -2。")


class ReferenceMissing(Invalid):
    code = "catalog.stock.reference_missing"
    text = Text(
        "Without a reference, a repetition of this adjustment would count twice.",
        "缺少参考号：重复提交会导致重复调整。",
    )
    fix = Text(
        "Send the number of your own document as `reference`, or the header Idempotency-Key with a "
        "fresh UUID.",
        "请以 reference 填写贵方单据号，或携带 Idempotency-Key 请求头（新的 UUID）。",
    )


Reference = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=in_words(REFERENCE_PATTERN, REFERENCE_WORDS)),
    Field(examples=["GR-2026-0117"]),
]


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
    reference: Reference | None = Field(
        default=None,
        description="Number of your own document, such as a delivery note. Used once per product: "
        "sent again, the adjustment is not made again. Needed unless the request has an "
        "Idempotency-Key.",
    )

    def to_domain(self, *, has_key: bool) -> Adjustment:
        """`has_key`: the request has an Idempotency-Key. Raises Invalid: ZeroDelta,
        ReferenceMissing.
        """
        problems = []
        if self.delta == 0:
            problems.append(ZeroDelta.at("/delta"))
        if self.reference is None and not has_key:
            problems.append(ReferenceMissing.at("/reference"))
        refuse(problems)
        return Adjustment(self.sku, self.delta, self.reason, self.reference)


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
    available: int = Field(description="On hand and not reserved; never below 0.")
    shortfall: int = Field(description="Reserved pieces that are not there; usually 0.")


class StockEntryOut(BaseModel):
    """A row of the ledger; `reason` may also be reserved, released, shipped or product_deleted."""

    occurred_at: datetime
    reason: str
    on_hand_delta: int
    reserved_delta: int
    order_id: str | None
    reference: str | None = Field(description="That of the adjustment.")


def stock_out(stock: ProductStock) -> dict[str, object]:
    return {
        "product_id": stock.product_id,
        "sku": stock.sku,
        "on_hand": stock.counters.on_hand,
        "reserved": stock.counters.reserved,
        "available": stock.counters.available,
        "shortfall": stock.counters.shortfall,
    }


def ledger_entry_out(entry: LedgerEntry) -> dict[str, object]:
    return {
        "occurred_at": entry.at,
        "reason": entry.reason,
        "on_hand_delta": entry.on_hand_delta,
        "reserved_delta": entry.reserved_delta,
        "order_id": entry.order_id,
        "reference": entry.reference,
    }
