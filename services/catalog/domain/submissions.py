"""Products that merchants' systems submit as events."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.catalog.domain.products.product import Product
from shared.kernel.errors import AirlaneError


@dataclass(frozen=True, slots=True)
class Submission:
    """`id` is that of its event. `product` is what could be read, or what is wrong with it."""

    id: str
    merchant_id: str
    sku: str
    product: Product | AirlaneError


def by_merchant(submissions: Iterable[Submission]) -> list[list[Submission]]:
    """Those of each merchant in their order."""
    found: dict[str, list[Submission]] = {}
    for one in submissions:
        found.setdefault(one.merchant_id, []).append(one)
    return list(found.values())


def in_rounds(submissions: Iterable[Submission]) -> list[list[Submission]]:
    """Those of one merchant, cut so that no round has a SKU twice: each is saved as one batch."""
    rounds: list[list[Submission]] = [[]]
    seen: set[str] = set()
    for one in submissions:
        if one.sku in seen:
            rounds.append([])
            seen.clear()
        rounds[-1].append(one)
        seen.add(one.sku)
    return rounds
