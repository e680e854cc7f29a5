"""Analytics without Kafka: applies events, and returns the figures in the form of a recount."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from services.analytics.domain.kpis import chosen_kpis
from services.analytics.queries.kpis import Kpi, KpiFilter, list_kpis
from services.analytics.use_cases.facts import count_events
from services.analytics.worker import SUBSCRIPTIONS
from shared.contracts.envelope import Envelope
from shared.db import Database, Window
from shared.kernel.identity import PARK
from tests.kit.clock import ManualClock
from tests.kit.intake import intake

EVERY_DIMENSION: Final = frozenset({"day", "market", "belt"})
AIRPORT: Final = "EHU"

_TABLES: Final = ("order_fact", "merchant_fact", "flight_fact", "progress")
_ALL: Final = Window(10_000)
_take_in = intake(SUBSCRIPTIONS, count_events, ManualClock())


class AnalyticsWorld:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def empty(self) -> None:
        for table in _TABLES:
            await self.sql(f"DELETE FROM analytics.{table}")

    async def sql(self, sql: str, *arguments: Any) -> list[Any]:
        async with self.db.transaction(PARK) as uow:
            rows: list[Any] = await uow._connection.fetch(sql, *arguments)
        return rows

    async def take_in(self, events: Sequence[Envelope]) -> None:
        """As one slice, as the worker does after its inbox."""
        async with self.db.transaction(PARK) as uow:
            await _take_in(uow, events)

    async def take_in_at_random(self, events: Sequence[Envelope], rng: random.Random) -> None:
        """In random order, some twice, in slices of random length."""
        left = [*events, *rng.sample(events, len(events) // 3)]
        rng.shuffle(left)
        while left:
            count = rng.randrange(1, 80)
            await self.take_in(left[:count])
            left = left[count:]

    async def kpis(
        self, asked: KpiFilter, *names: str, tenant: str = PARK, window: Window = _ALL
    ) -> list[Kpi]:
        kpis = chosen_kpis(names, needed=asked.dimensions, is_park=tenant == PARK)
        async with self.db.read(tenant) as reader:
            return await list_kpis(reader, window, kpis=kpis, asked=asked, airport=AIRPORT)

    async def figures(self, tenant: str = PARK, *, on: str | None = None) -> dict[str, Any]:
        """In the shape of RandomHistory.recount."""
        asked = KpiFilter(day=date.fromisoformat(on) if on else None)
        whole = await self.kpis(asked, tenant=tenant)
        by_place = replace(asked, group_by=EVERY_DIMENSION)
        parts = await self.kpis(by_place, "trade_volume", tenant=tenant)
        found: dict[str, Any] = {
            k.name: k.value for k in whole if k.name not in {"trade_volume", "orders_by_status"}
        }
        found["orders_by_status"] = {
            k.dimensions["status"]: k.value for k in whole if k.name == "orders_by_status"
        }
        found["trade_volume"] = {(*_place(k), k.unit): k.value for k in parts}
        return found


def _place(kpi: Kpi) -> tuple[str, str, str]:
    return kpi.dimensions["day"], kpi.dimensions["market"], kpi.dimensions["belt"]
