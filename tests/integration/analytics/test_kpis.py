"""KPIs against a plain recount: events permuted, doubled and cut into slices at random."""

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.analytics import queries
from services.analytics.app import create_app
from services.analytics.domain.kpi import chosen_kpis
from services.analytics.queries import KpiFilter
from services.analytics.settings import Settings
from services.analytics.use_cases.counting import count_events
from services.analytics.worker import SUBSCRIPTIONS
from shared.db import Database
from shared.kernel.identity import PARK, Role
from tests.integration.analytics.analytics_figures import EVERYTHING, empty, figures
from tests.kit.clock import ManualClock
from tests.kit.intake import intake
from tests.support.worlds.analytics import AnalyticsWorld, day

take_in = intake(SUBSCRIPTIONS, count_events, ManualClock())


async def consume(db: Database, events: list[Any], cuts: Any) -> None:
    """In random order, some twice, in slices of random length."""
    events = events + cuts.sample(events, len(events) // 3)
    cuts.shuffle(events)
    while events:
        count = cuts.randrange(1, 80)
        async with db.transaction(PARK) as uow:
            await take_in(uow, events[:count])
        events = events[count:]


@settings(
    max_examples=8,
    deadline=None,
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # a park does not get smaller by shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32), cuts=st.randoms(use_true_random=False))
async def test_every_figure_equals_the_recount(db: Database, seed: int, cuts: Any) -> None:
    await empty(db)
    world = AnalyticsWorld(seed)
    days = sorted({day(event.time) for event in world.events})
    await consume(db, world.events, cuts)
    for on in (None, *cuts.sample(days, min(3, len(days)))):
        found, expected = await figures(db, on=on), world.recount(on=on)
        assert found.keys() == expected.keys(), on
        for name, value in expected.items():
            about = pytest.approx(value) if isinstance(value, float) else value
            assert found[name] == about, (name, on)


async def test_a_merchant_sees_its_own_figures_only(
    db: Database, postgres: Any, client_for: Any, token_for: Any, jwks_url: str
) -> None:
    await empty(db)
    world = AnalyticsWorld(11, orders=60)
    async with db.transaction(PARK) as uow:
        await take_in(uow, world.events)
    app = create_app(Settings(database_url=postgres.app_dsn("analytics"), jwks_url=jwks_url))
    merchant = world.merchants[0][0]
    expected = world.recount(merchant=merchant)
    token = token_for(Role.MERCHANT, merchant, ["analytics:read"])
    async with client_for(app, token=token) as client:
        items = (await client.get("/v1/kpis", params={"limit": 200})).json()["items"]
        by_name = {item["name"]: item["value"] for item in items}
        assert by_name["orders"] == expected["orders"]
        assert by_name["companies"] == 1
        assert "tonnes" not in by_name
        refused = await client.get("/v1/kpis", params={"name": "tonnes"})
        assert (refused.status_code, refused.json()["code"]) == (
            403,
            "analytics.kpi.of_the_park",
        )


async def test_the_api_filters_groups_and_pages(
    db: Database, postgres: Any, client_for: Any, token_for: Any, jwks_url: str
) -> None:
    await empty(db)
    world = AnalyticsWorld(12, orders=60)
    async with db.transaction(PARK) as uow:
        await take_in(uow, world.events)
    volume = world.recount()["trade_volume"]
    newest = max(event.time for event in world.events)
    app = create_app(Settings(database_url=postgres.app_dsn("analytics"), jwks_url=jwks_url))
    async with client_for(app, token=token_for(Role.OPERATOR, scopes=["analytics:read"])) as c:
        params: dict[str, Any] = {
            "name": "trade_volume",
            "group_by": ["day", "market", "belt"],
            "limit": 5,
        }
        seen: list[dict[str, Any]] = []
        while True:
            page = (await c.get("/v1/kpis", params=params)).json()
            seen += page["items"]
            if page["next"] is None:
                break
            params["cursor"] = page["next"]
        assert len(seen) == len(volume)
        assert {item["as_of"] for item in seen} == {newest.isoformat().replace("+00:00", "Z")}
        (day, market, belt, currency), amount = next(iter(volume.items()))
        asked = {"name": "trade_volume", "day": day, "market": market, "belt": belt}
        (one,) = (await c.get("/v1/kpis", params=asked)).json()["items"]
        assert (one["value"], one["unit"]) == (amount, currency)
        assert one["dimensions"] == {"day": day, "market": market, "belt": belt}

        wrong = await c.get("/v1/kpis", params={"name": "tonnes", "group_by": "belt"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "analytics.kpi.not_divisible")
        unknown = await c.get("/v1/kpis", params={"name": "profit"})
        assert (unknown.status_code, unknown.json()["code"]) == (422, "analytics.kpi.unknown")


async def test_an_empty_park_has_zeros_and_no_invented_percentiles(db: Database) -> None:
    await empty(db)
    found = await figures(db)
    assert found["orders"] == found["companies"] == found["tonnes"] == 0
    assert found["trade_volume"] == found["orders_by_status"] == {}
    assert "clearance_time_p50" not in found
    assert "next_day_share" not in found


async def test_an_event_that_breaks_its_contract_is_refused_whole(db: Database) -> None:
    await empty(db)
    (event, *_) = AnalyticsWorld(13, orders=1).events
    broken = type(event)(**(vars(event) | {"data": b'{"merchant_id": 7}'}))
    with pytest.raises(ValidationError):
        async with db.transaction(PARK) as uow:
            await take_in(uow, [event, broken])
    assert (await figures(db))["companies"] == 0


@pytest.mark.parametrize("instant", ["0001-01-01T00:00Z", "9999-12-31T23:59:59Z", "infinity"])
async def test_no_stored_instant_stops_the_figures(db: Database, instant: str) -> None:
    await empty(db)
    await consume(db, AnalyticsWorld(1).events, random.Random(1))
    async with db.transaction(PARK) as uow:
        for column in ("placed_at", "released_at", "departed_at", "delivered_at"):
            await uow._connection.execute(
                f"UPDATE analytics.order_fact SET {column} = $1::text::timestamptz"
                " WHERE order_id = (SELECT min(order_id) FROM analytics.order_fact)",
                instant,
            )
    for group_by in (frozenset[str](), frozenset({"day"}), EVERYTHING):
        async with db.read(PARK) as reader:
            found = await queries.list_kpis(
                reader,
                kpis=chosen_kpis((), needed=group_by, is_park=True),
                asked=KpiFilter(group_by=group_by),
                airport="EHU",
            )
        assert {kpi.name for kpi in found} >= {"trade_volume", "orders"}
