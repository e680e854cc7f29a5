"""Analytics' figures as its door tells them, in the form the ledgers compare."""

import asyncio
from typing import Any, Final

from deploy.sandbox.api_client import ServiceClient
from deploy.sandbox.ledgers.recount import Figures, seconds
from shared.kernel.clock import monotonic_s

_PATIENCE_S: Final = 60.0
_LOOK_EVERY_S: Final = 2.0
_OF_THE_WHOLE_PARK: Final = (
    "orders",
    "companies",
    "offices",
    "clearance_time_p50",
    "clearance_time_p95",
    "next_day_share",
    "tonnes_shipped",
    "tonnes",
    "tonnes_all_legs",
    "flights_departed",
    "routes_flown",
)


async def figures_like(counted: Figures, analytics: ServiceClient) -> Figures:
    """Analytics' figures, once they equal `counted`, or as they are after the patience: it counts a
    moment later than the others, so an inequality means something only when it stays.
    """
    deadline_s = monotonic_s() + _PATIENCE_S
    while True:
        told = await _figures(analytics)
        if told == counted or monotonic_s() > deadline_s:
            return told
        await asyncio.sleep(_LOOK_EVERY_S)


async def _figures(analytics: ServiceClient) -> Figures:
    told: Figures = {}
    async for kpi in _kpis(analytics, "orders_by_status"):
        told[f"orders that are {kpi['dimensions']['status']}"] = str(kpi["value"])
    async for kpi in _kpis(analytics, "trade_volume", group_by="market"):
        told[f"trade volume {kpi['dimensions']['market']} {kpi['unit']}"] = str(kpi["value"])
    for name in _OF_THE_WHOLE_PARK:
        async for kpi in _kpis(analytics, name):
            told[name] = seconds(kpi["value"]) if kpi["unit"] == "s" else str(kpi["value"])
    return told


def _kpis(analytics: ServiceClient, name: str, **params: str) -> Any:
    return analytics.pages("/v1/kpis", name=name, **params)
