"""The figures that analytics publishes, in the form the recount has them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from deploy.sandbox.api_client import ServiceClient
from deploy.sandbox.ledgers.recount import KpiValues, seconds
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


@dataclass(frozen=True)
class _Kpi:
    """`group`: which of several, such as the status that the orders have."""

    value: str
    unit: str
    group: str


async def published_kpis(counted: KpiValues, analytics: ServiceClient) -> KpiValues:
    """Returns once they equal `counted`, or whatever they are after a minute: analytics is always
    a moment behind, so a difference means something only if it lasts.
    """
    deadline_s = monotonic_s() + _PATIENCE_S
    while True:
        published = await _read(analytics)
        if published == counted or monotonic_s() > deadline_s:
            return published
        await asyncio.sleep(_LOOK_EVERY_S)


async def _read(analytics: ServiceClient) -> KpiValues:
    values: KpiValues = {}
    async for kpi in _kpis(analytics, "orders_by_status", "status"):
        values[f"orders that are {kpi.group}"] = kpi.value
    async for kpi in _kpis(analytics, "trade_volume", "market", group_by="market"):
        values[f"trade volume {kpi.group} {kpi.unit}"] = kpi.value
    for name in _OF_THE_WHOLE_PARK:
        async for kpi in _kpis(analytics, name):
            values[name] = seconds(float(kpi.value)) if kpi.unit == "s" else kpi.value
    return values


async def _kpis(
    analytics: ServiceClient, name: str, dimension: str = "", **params: str
) -> AsyncIterator[_Kpi]:
    async for shown in analytics.pages("/v1/kpis", name=name, **params):
        group = shown["dimensions"][dimension] if dimension else ""
        yield _Kpi(str(shown["value"]), shown["unit"], group)
