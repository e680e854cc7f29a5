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


class StockReasonOfChange(Invalid):
    code = "catalog.import.stock_reason_of_change"
    text = Text(
        "The quantity is read as what is on hand, but its reason ({reason}) is one of a change.",
        "该数量按“在库数量”读取，但原因（{reason}）属于变动原因。",
    )
    fix = Text(
        "If so many pieces came or went, name the column 变动数量 (Delta), with a minus for those"
        " that went; if it is the whole stock, write counted.",
        "如为入库或出库件数，请将列名改为“变动数量”，出库填负数；如为全部库存，原因请填“盘点”。",
    )


class StockCountedTwice(Invalid):
    code = "catalog.import.stock_counted_twice"
    text = Text(
        "Line {line} says that {on_hand} are on hand, this row says another number.",
        "第 {line} 行的在库数量为 {on_hand}，与本行不一致。",
    )
    fix = Text(
        "Keep one row for each SKU; add up the quantities of several warehouses.",
        "每个 SKU 请只保留一行；多个仓库的数量请先相加。",
    )


@dataclass(frozen=True, slots=True)
class AskedRow:
    """`reference`: its own, under which a difference counts once."""

    stock: StockRow
    line: int
    reference: str


# By SKU: the first line of the file that says what is on hand, and how much.
Counted = MutableMapping[str, tuple[int, int]]


def adjustments_of(
    rows: Iterable[AskedRow], on_hand: MutableMapping[str, int], counted: Counted
) -> Iterator[Adjustment | AirlaneError | None]:
    """What each row asks for; None: it is so already. Rows follow each other.

    `on_hand`: by SKU, of the products that are there. `counted`: of the file so far; it is kept
    from one call to the next.
    """
    for asked in rows:
        row = asked.stock
        if row.sku not in on_hand:
            yield ProductNotFound(pointer="/sku")
        elif row.delta is not None:
            on_hand[row.sku] += row.delta
            yield Adjustment(row.sku, row.delta, row.reason, asked.reference) if row.delta else None
        else:
            assert row.on_hand is not None
            line, quantity = counted.setdefault(row.sku, (asked.line, row.on_hand))
            if quantity != row.on_hand:
                yield StockCountedTwice(pointer="/on_hand", line=line, on_hand=quantity)
                continue
            delta = row.on_hand - on_hand[row.sku]
            on_hand[row.sku] = row.on_hand
            yield Adjustment(row.sku, delta, row.reason) if delta else None
