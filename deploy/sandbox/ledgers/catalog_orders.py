"""Orders as catalog lists them: the first of the three ledgers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Self

# Where an order may end. `held` and `backordered` may also pass; at the end of the day they stay.
END_STATES: Final = frozenset(("delivered", "backordered", "unroutable", "held", "cancelled"))
STATES_WITH_REASON: Final = ("held", "unroutable", "backordered", "cancelled")


@dataclass(frozen=True)
class CatalogOrder:
    """`reason`: why it did not arrive; "" if catalog does not say."""

    id: str
    merchant_id: str
    store: str
    order_number: str
    status: str
    country: str
    amount: Decimal
    currency: str
    reason: str = ""

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> Self:
        """From an item of `GET /v1/orders`."""
        findings = [f"{finding['detail']} {finding['fix']}" for finding in shown["findings"]]
        return cls(
            id=shown["id"],
            merchant_id=shown["merchant_id"],
            store=shown["store"],
            order_number=shown["order_number"],
            status=shown["status"],
            country=shown["ship_to"]["country"],
            amount=Decimal(shown["total"]["amount"]),
            currency=shown["total"]["currency"],
            reason=shown.get("reason") or " ".join(findings),
        )
