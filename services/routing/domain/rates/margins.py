"""What the park adds to its cost: per merchant, or the same for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.routing.domain.rates.amounts import scaled
from services.routing.domain.rates.contract import Basis
from shared.kernel.errors import Conflict, Text

EVERY_MERCHANT: Final = "all"


@dataclass(frozen=True, slots=True)
class Margin:
    """`merchant_id` is `all` for every merchant that has none of its own. From that day on, until a
    later one of the same merchant begins. `flat_minor` is in the park's currency, per shipment.
    """

    merchant_id: str
    valid_from: date
    cost_permille: int
    flat_minor: int
    source: str
    as_of: date
    basis: Basis

    def on(self, cost_minor: int) -> int:
        """The margin of a shipment that costs so much, rounded half up."""
        return scaled(cost_minor, self.cost_permille, 1_000) + self.flat_minor


class NoMargin(Conflict):
    code = "routing.no_margin"
    text = Text("There is no margin for this merchant on {day}.", "{day} 未设定该商户的加价。")
    fix = Text(
        "An operator sets one by PUT /v1/margins/{merchant}, or for all by PUT /v1/margins/all.",
        "请由运营人员通过 PUT /v1/margins/{merchant} 设定，或通过 PUT /v1/margins/all 统一设定。",
    )


def margin_on(margins: Iterable[Margin], merchant_id: str, day: date) -> Margin:
    """The merchant's own before that of all, and of these the one that began last. Raises
    NoMargin.
    """
    held = [
        margin
        for margin in margins
        if margin.merchant_id in (merchant_id, EVERY_MERCHANT) and margin.valid_from <= day
    ]
    if not held:
        raise NoMargin(merchant=merchant_id, day=day.isoformat())
    return max(held, key=lambda margin: (margin.merchant_id != EVERY_MERCHANT, margin.valid_from))
