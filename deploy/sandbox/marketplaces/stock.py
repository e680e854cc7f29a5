"""Puts on the exporters' shelves what the slice will ask for: products and stock, in batches.

A small seeded part of the articles gets too little, so that orders are back-ordered; for some of
them the rest arrives later in the day.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

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


class ShelfRefused(Exception):
    """The park refused a product or a stock count: a fault of the sandbox, not of the slice."""


@dataclass
class Shelves:
    """`late`: stock adjustments by merchant id that arrive in the course of the day."""

    products: int = 0
    short: int = 0
    late: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))


def stock_plan(article: Article, seed: int) -> tuple[int, int]:
    """Pieces there in the morning, and pieces that come later."""
    about = (str(article.merchant), article.sku)
    if share(seed, "short", *about) >= SHORT:
        return article.demand, 0
    first = int(article.demand * _FIRST_PART)
    later = share(seed, "later", *about) < ARRIVES_LATER
    return first, article.demand - first if later else 0


async def fill(park: SeededPark, articles: Sequence[Article], run: str) -> Shelves:
    """Raises ShelfRefused or RequestFailed."""
    shelves, seed = Shelves(), park.settings.seed
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
            adjustments = _first_stock(own, shelves, merchant_id, seed)
            if adjustments:
                path, key = "/v1/stock-adjustments:batch", f"{run}-{own[0].sku}"
                await _post(catalog, path, adjustments, merchant_id, key)
            shelves.products += len(own)
            progress.show(f"{shelves.products:,} of {len(articles):,}, and their stock")

        await for_each(put, batches, _AT_ONCE)
        progress.show(f"{shelves.products:,} with stock, {shelves.short} of them short")
    return shelves


def _first_stock(
    own: Sequence[Article], shelves: Shelves, merchant_id: str, seed: int
) -> list[dict[str, Any]]:
    adjustments = []
    for article in own:
        first, later = stock_plan(article, seed)
        shelves.short += first < article.demand
        if first:
            adjustments.append(_received(article.sku, first))
        if later:
            shelves.late[merchant_id].append(_received(article.sku, later))
    return adjustments


def _received(sku: str, quantity: int) -> dict[str, Any]:
    # More than an order line can ask for is never needed at once, and the API has its limit.
    return {"sku": sku, "delta": min(quantity, 1_000_000_000), "reason": "received"}


async def restock(park: SeededPark, late: Mapping[str, list[dict[str, Any]]], run: str) -> int:
    """What was short arrives. Returns the number of articles."""
    catalog = park.client("catalog")
    for merchant_id, adjustments in late.items():
        path = "/v1/stock-adjustments:batch"
        await _post(catalog, path, adjustments, merchant_id, f"{run}-late")
    return sum(map(len, late.values()))


async def _post(
    catalog: ServiceClient, path: str, items: list[dict[str, Any]], merchant_id: str, key: str
) -> None:
    answer = (await catalog.post(path, {"items": items}, key=key, tenant=merchant_id)).must()
    refused = [item for item in answer["items"] if item["status"] >= 400]
    if refused:
        raise ShelfRefused(f"{path}: {len(refused)} items refused, the first: {refused[0]}")
