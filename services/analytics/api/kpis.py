"""/v1/kpis: the figures of the park or, for a merchant, its own."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from services.analytics.api.deps import AnalyticsRead, Parts
from services.analytics.domain.kpis import KPIS, chosen_kpis
from services.analytics.queries import kpis as queries
from services.analytics.queries.kpis import KpiFilter
from services.analytics.schemas.kpis import KpiOut
from shared.documents.fields import Day
from shared.http import Page, PageOf, json_reply, problems
from shared.kernel.identity import PARK

kpis_api = APIRouter(tags=["kpis"])

KpiName = Annotated[str, Field(max_length=60, json_schema_extra={"enum": list(KPIS)})]
Dimension = Literal["day", "market", "belt"]


@kpis_api.get(
    "/v1/kpis",
    response_model=Page[KpiOut],
    responses=problems(422),
    description="Days are calendar days of the park (Asia/Shanghai).\n\n"
    + "\n".join(f"- `{kpi.name}`: {kpi.meaning}" for kpi in KPIS.values()),
)
async def list_kpis(
    *,
    call: AnalyticsRead,
    parts: Parts,
    page: PageOf,
    name: Annotated[list[KpiName] | None, Query(max_length=20)] = None,
    day: Annotated[Day | None, Query(description="Only this day of the park.")] = None,
    market: Annotated[str | None, Query(pattern="^[A-Z]{2}$")] = None,
    belt: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_\-]{1,60}$")] = None,
    group_by: Annotated[list[Dimension] | None, Query(max_length=3)] = None,
) -> Response:
    """List key figures of the park."""
    asked = KpiFilter(day=day, market=market, belt=belt, group_by=frozenset(group_by or ()))
    kpis = chosen_kpis(tuple(name or ()), needed=asked.dimensions, is_park=call.tenant == PARK)
    shown = page.of({"name": sorted(name or ()), **_filters(asked)}, str)
    async with call.read() as reader:
        found = await queries.list_kpis(
            reader,
            shown.window,
            kpis=kpis,
            asked=asked,
            airport=parts.park_airport,
        )
        as_of = await queries.newest_event_at(reader) or call.clock.now()
    return json_reply(
        shown.page(found, lambda kpi: KpiOut.of(kpi, as_of), key=lambda kpi: (kpi.key,))
    )


def _filters(asked: KpiFilter) -> dict[str, object]:
    return {
        "day": asked.day,
        "market": asked.market,
        "belt": asked.belt,
        "group_by": sorted(asked.group_by),
    }
