"""Analytics' figures as its door tells them, in the form the ledgers compare."""

import asyncio
from typing import Any, Final

from deploy.sandbox.door import Door
from deploy.sandbox.ledgers import Figures
from shared.kernel.clock import monotonic_s

_PATIENCE_S: Final = 60.0
_LOOK_EVERY_S: Final = 2.0


async def figures_like(counted: Figures, analytics: Door) -> Figures:
    """Analytics' figures, once they equal `counted`, or as they are after the patience: it counts a
    moment later than the others, so an inequality means something only when it stays.
    """
    deadline_s = monotonic_s() + _PATIENCE_S
    while True:
        told = await _figures(analytics)
        if told == counted or monotonic_s() > deadline_s:
            return told
        await asyncio.sleep(_LOOK_EVERY_S)


async def _figures(analytics: Door) -> Figures:
    told: Figures = {}
    async for kpi in _kpis(analytics, "orders_by_state"):
        told[f"orders that are {kpi['dimensions']['state']}"] = str(kpi["value"])
    async for kpi in _kpis(analytics, "trade_volume", group_by="market"):
        told[f"trade volume {kpi['dimensions']['market']} {kpi['unit']}"] = str(kpi["value"])
    for name in ("companies", "offices"):
        async for kpi in _kpis(analytics, name):
            told[name] = str(kpi["value"])
    return told


def _kpis(analytics: Door, name: str, **params: str) -> Any:
    return analytics.pages("/v1/kpis", name=name, **params)
