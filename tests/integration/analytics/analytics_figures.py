"""The figures as the queries give them, in the shape of the plain recount (Park.recount)."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.analytics import queries
from services.analytics.domain.kpi import chosen_kpis
from services.analytics.queries import Kpi, KpiFilter
from shared.db import Database
from shared.kernel.identity import PARK

EVERYTHING = frozenset({"day", "market", "belt"})


async def empty(db: Database) -> None:
    tables = "order_fact, merchant_fact, flight_fact, progress"
    for table in tables.split(", "):
        async with db.transaction(PARK) as uow:
            await uow._connection.execute(f"DELETE FROM analytics.{table}")


async def figures(db: Database, tenant: str = PARK, *, on: str | None = None) -> dict[str, Any]:
    """In the shape of Park.recount."""
    is_park = tenant == PARK
    asked = KpiFilter(day=date.fromisoformat(on) if on else None)
    async with db.read(tenant) as reader:
        whole = await queries.list_kpis(
            reader,
            kpis=chosen_kpis((), needed=asked.dimensions, is_park=is_park),
            asked=asked,
            airport="EHU",
        )
        parts = await queries.list_kpis(
            reader,
            kpis=chosen_kpis(("trade_volume",), needed=EVERYTHING, is_park=is_park),
            asked=replace(asked, group_by=EVERYTHING),
            airport="EHU",
        )
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
