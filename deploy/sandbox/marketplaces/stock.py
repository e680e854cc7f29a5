"""Registers the products that the slice asks for, and their stock, in batches.

A small seeded share of the articles gets too little stock, so that orders are back-ordered. For
most of these the rest arrives later in the day.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from deploy.sandbox.api_client import ServiceClient
from deploy.sandbox.chance import share
from deploy.sandbox.concurrency import for_each
from deploy.sandbox.marketplaces.goods import Article, product
from deploy.sandbox.park import SeededPark
from deploy.sandbox.progress import ProgressLine

_BATCH: Final = 400
_AT_ONCE: Final = 3
SHORT: Final = 0.006  # of articles; an order has some twenty, so many more orders than that wait
ARRIVES_LATER: Final = 0.67  # of the short ones
_FIRST_PART: Final = 0.3  # of what is asked for is there in the morning


class StockRefused(Exception):
    """The park refused a product or a stock count: a fault of the sandbox, not of the slice."""


@dataclass(frozen=True)
class StockReceipt:
    """Pieces of an article that arrive at the warehouse."""

    sku: str
    quantity: int

    def body(self, reference: str) -> dict[str, object]:
        """A stock adjustment as the API takes it, which allows a billion pieces at most.
        `reference`: the delivery note, which a product is on once.
        """
        return {
            "sku": self.sku,
            "delta": min(self.quantity, 1_000_000_000),
            "reason": "received",
            "reference": reference,
        }


@dataclass
class StockedGoods:
    """`late`: what arrives in the course of the day, by merchant id."""

    products: int = 0
    short: int = 0
    late: dict[str, list[StockReceipt]] = field(default_factory=lambda: defaultdict(list))


def stock_plan(article: Article, seed: int) -> tuple[int, int]:
    """Pieces there in the morning, and pieces that come later."""
    about = (str(article.merchant), article.sku)
    if share(seed, "short", *about) >= SHORT:
        return article.demand, 0
    first = int(article.demand * _FIRST_PART)
    later = share(seed, "later", *about) < ARRIVES_LATER
    return first, article.demand - first if later else 0


async def fill(park: SeededPark, articles: Sequence[Article], run: str) -> StockedGoods:
    """Raises StockRefused or RequestFailed."""
    stocked, seed = StockedGoods(), park.settings.seed
    by_merchant: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        by_merchant[park.merchant_ids[article.merchant]].append(article)
    batches = [
        (merchant_id, own[at : at + _BATCH])
        for merchant_id, own in by_merchant.items()
        for at in range(0, len(own), _BATCH)
    ]
    catalog = park.client("catalog")
    with ProgressLine("products") as progress:

        async def put(batch: tuple[str, list[Article]]) -> None:
            merchant_id, own = batch
            items = [product(article, seed) for article in own]
            await _post(catalog, "/v1/products:batch", items, merchant_id, f"{run}-{own[0].sku}")
            if receipts := _first_stock(own, stocked, merchant_id, seed):
                await _receive(catalog, receipts, merchant_id, f"{run}-{own[0].sku}")
            stocked.products += len(own)
            progress.show(f"{stocked.products:,} of {len(articles):,}, and their stock")

        await for_each(put, batches, _AT_ONCE)
        progress.show(f"{stocked.products:,} with stock, {stocked.short} of them short")
    return stocked


def _first_stock(
    own: Sequence[Article], stocked: StockedGoods, merchant_id: str, seed: int
) -> list[StockReceipt]:
    receipts = []
    for article in own:
        first, later = stock_plan(article, seed)
        stocked.short += first < article.demand
        if first:
            receipts.append(StockReceipt(article.sku, first))
        if later:
            stocked.late[merchant_id].append(StockReceipt(article.sku, later))
    return receipts


async def restock(park: SeededPark, late: Mapping[str, Sequence[StockReceipt]], run: str) -> int:
    """What was short arrives. Returns the number of articles."""
    catalog = park.client("catalog")
    for merchant_id, receipts in late.items():
        await _receive(catalog, receipts, merchant_id, f"{run}-late")
    return sum(map(len, late.values()))


async def _receive(
    catalog: ServiceClient, receipts: Sequence[StockReceipt], merchant_id: str, key: str
) -> None:
    items = [receipt.body(key) for receipt in receipts]
    await _post(catalog, "/v1/stock-adjustments:batch", items, merchant_id, key)


async def _post(
    catalog: ServiceClient,
    path: str,
    items: Sequence[Mapping[str, object]],
    merchant_id: str,
    key: str,
) -> None:
    answer = (await catalog.post(path, {"items": items}, key=key, tenant=merchant_id)).must()
    refused = [item for item in answer["items"] if item["status"] >= 400]
    if refused:
        raise StockRefused(f"{path}: {len(refused)} items refused, the first: {refused[0]}")
