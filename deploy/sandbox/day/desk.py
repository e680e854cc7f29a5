"""Somebody at the desk of customs affairs: a list that customs returned is repaired and declared
again, an order that a buyer takes back while its list is under review is cancelled at customs.

The marketplaces mark the numbers of these orders, which tells the office what to answer.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from deploy.sandbox.marketplaces.plan import PlannedOrder, SlicePlan
from deploy.sandbox.marketplaces.sending import Marketplaces, merchant_of
from deploy.sandbox.park import SeededPark
from shared.kernel.clock import monotonic_s

RETURNED_ONCE: Final = "~603:100"
IN_REVIEW: Final = "~603:300"
_OF_EACH: Final = 2
_EARLY: Final = 0.3  # of the day's orders: these are under way long before its end
_LINES_MAX: Final = 6
_REACHED: Final = frozenset(("GB", "DE", "FR", "NL"))  # flights go there every day
_LOOK_EVERY_S: Final = 1.0
_PATIENCE_S: Final = 2.0  # real, after the last order: whatever is late by then never comes
# What the clerk at the desk corrects in a list that customs returned.
_REPAIR: Final = {"pointer": "/order/lines/0/brand", "value": "无品牌"}


def marks(plan: SlicePlan) -> dict[str, str]:
    """By invoice, what its order number says besides: early small orders that nobody cancels."""
    taken_back = {step.cancels for step in plan.cancellations}
    early = plan.orders[: int(len(plan.orders) * _EARLY)]
    parts = [order.invoice for order in plan.orders if order.number != order.invoice]
    fit = [
        order.invoice
        for order in early
        if order.invoice not in taken_back
        and order.invoice not in parts
        and order.country in _REACHED
        and len(order.lines) <= _LINES_MAX
    ]
    wanted = [RETURNED_ONCE, IN_REVIEW] * _OF_EACH
    return dict(zip(fit, wanted, strict=False))


@dataclass
class DeskWork:
    """Order numbers. `repaired`: declared again after customs returned it; `taken_back`: whose
    cancellation customs was asked for; `left`: that never got so far. `refused`: steps that were
    not allowed, and why.
    """

    repaired: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Desk:
    """`run` until everything is done, or for a while after `close`."""

    def __init__(self, park: SeededPark, markets: Marketplaces, orders: Iterable[PlannedOrder]):
        self._park, self._markets = park, markets
        self._open = {markets.number_of(one): one for one in orders if markets.mark_of(one)}
        self.work = DeskWork()
        self._closes_s: float | None = None

    def close(self) -> None:
        self._closes_s = monotonic_s() + _PATIENCE_S

    async def run(self) -> None:
        """Raises RequestFailed."""
        while self._open and (self._closes_s is None or monotonic_s() < self._closes_s):
            for number, order in list(self._open.items()):
                if await self._act(number, order):
                    del self._open[number]
            await asyncio.sleep(_LOOK_EVERY_S)
        self.work.left += self._open

    async def _act(self, number: str, order: PlannedOrder) -> bool:
        """Whether there is nothing left to do for it."""
        customs = self._park.client("customs")
        found = (await customs.get("/v1/declarations", order_number=number)).must()["items"]
        if not found:
            return False
        (declared,) = found
        if self._markets.mark_of(order) == RETURNED_ONCE and declared["status"] == "returned":
            path = f"/v1/declarations/{declared['id']}:clone"
            answer = await customs.post(path, {"repairs": [_REPAIR]}, key=f"clone-{number}")
            self._note(self.work.repaired, number, answer)
            return True
        if self._markets.mark_of(order) == IN_REVIEW and declared["status"] == "manual_review":
            self._note(self.work.taken_back, number, await self._take_back(order, declared))
            return True
        return False

    async def _take_back(self, order: PlannedOrder, declared: dict[str, Any]) -> Any:
        merchant = self._park.merchant_ids[merchant_of(self._park.settings.seed, order.invoice)]
        return await self._park.client("catalog").post(
            f"/v1/orders/{declared['order_id']}:cancel",
            {"reason": "the buyer does not want it any more"},
            key=f"take-back-{declared['order_id']}",
            tenant=merchant,
        )

    def _note(self, done: list[str], number: str, answer: Any) -> None:
        if answer.ok:
            done.append(number)
        else:
            self.work.refused.append(f"{number}: {answer.status} {answer.code}")
