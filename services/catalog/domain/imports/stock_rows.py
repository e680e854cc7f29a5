"""Stock from a file: what was counted, or by how much it changed."""

from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass

from services.catalog.domain.products.product import ProductNotFound
from services.catalog.domain.stock import Adjustment, Reason
from shared.kernel.errors import AirlaneError, Invalid, Text


@dataclass(frozen=True, slots=True)
class StockRow:
    """`on_hand`: what is there; or `delta`: the difference. One of both is None."""

    sku: str
    on_hand: int | None
    delta: int | None
    reason: Reason


class StockUnsaid(Invalid):
    code = "catalog.import.stock_unsaid"
    text = Text(
        "The row must say either what is on hand or by how much it changed.",
        "该行须填写在库数量或变动数量，且只能填写其一。",
    )
    fix = Text("Fill in one of both columns.", "请只填写其中一列。")


def adjustments_of(
    rows: Iterable[tuple[StockRow, str]], on_hand: MutableMapping[str, int]
) -> Iterator[Adjustment | AirlaneError | None]:
    """What each row asks for; None: it is so already. Rows follow each other.

    `rows`: each with a reference of its own, under which a difference counts once. `on_hand`: by
    SKU, of the products that are there.
    """
    for row, reference in rows:
        if row.sku not in on_hand:
            yield ProductNotFound(pointer="/sku")
        elif row.delta is not None:
            on_hand[row.sku] += row.delta
            yield Adjustment(row.sku, row.delta, row.reason, reference) if row.delta else None
        else:
            assert row.on_hand is not None
            delta = row.on_hand - on_hand[row.sku]
            on_hand[row.sku] = row.on_hand
            yield Adjustment(row.sku, delta, row.reason) if delta else None
