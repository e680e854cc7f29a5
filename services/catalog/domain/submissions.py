"""Products that merchants' systems submit as events."""

from collections.abc import Iterable, Iterator
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


def in_rounds(submissions: Iterable[Submission]) -> Iterator[list[Submission]]:
    """The submissions in their order, cut so that no round has a SKU of a merchant twice, nor two
    merchants: each round can be saved as one batch.
    """
    round_: list[Submission] = []
    seen: set[str] = set()
    for one in submissions:
        if round_ and (one.merchant_id != round_[0].merchant_id or one.sku in seen):
            yield round_
            round_, seen = [], set()
        round_.append(one)
        seen.add(one.sku)
    if round_:
        yield round_
