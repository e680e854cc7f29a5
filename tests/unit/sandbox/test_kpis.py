"""The figures that analytics publishes are read in the form the recount has them."""

import pytest

from deploy.sandbox.ledgers import kpis
from deploy.sandbox.ledgers.kpis import published_kpis
from deploy.sandbox.park import SeededPark
from tests.unit.sandbox.scripted_api import Answer, Asked, ScriptedApi, page


def a_kpi(value: object, unit: str = "1", **dimensions: str) -> dict[str, object]:
    return {"value": value, "unit": unit, "dimensions": dimensions}


FIGURES = {
    "orders_by_status": [a_kpi(3, status="delivered"), a_kpi(1, status="held")],
    "trade_volume": [a_kpi("12.50", "GBP", market="DE")],
    "orders": [a_kpi(4)],
    "clearance_time_p50": [a_kpi(150.04, "s")],
    "tonnes": [a_kpi("2.5", "t")],
}
READ = {
    "orders that are delivered": "3",
    "orders that are held": "1",
    "trade volume DE GBP": "12.50",
    "orders": "4",
    "clearance_time_p50": "150.0",
    "tonnes": "2.5",
}


def by_name(asked: Asked) -> Answer:
    return page(*FIGURES.get(asked.query["name"], []))


async def test_every_figure_is_read_by_its_name(api: ScriptedApi, park: SeededPark) -> None:
    api.script("GET", "/v1/kpis", by_name)

    values = await published_kpis(READ, park.client("analytics"))

    queries = [asked.query for asked in api.asked_for("/v1/kpis", "GET")]
    assert values == READ
    assert {"name": "trade_volume", "group_by": "market", "limit": "200"} in queries


async def test_figures_that_lag_behind_are_read_again(
    api: ScriptedApi, park: SeededPark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kpis, "_LOOK_EVERY_S", 0.01)
    lagging = [page()] * 15
    api.script("GET", "/v1/kpis", *lagging, by_name)

    values = await published_kpis(READ, park.client("analytics"))

    assert values == READ


async def test_figures_that_stay_different_are_returned_as_they_are(
    api: ScriptedApi, park: SeededPark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kpis, "_PATIENCE_S", 0.0)
    api.script("GET", "/v1/kpis", by_name)

    values = await published_kpis(READ | {"orders": "5"}, park.client("analytics"))

    assert values["orders"] == "4"
