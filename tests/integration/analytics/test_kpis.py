"""Figures against a plain recount: events in random order, repeated, and in slices at random."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.analytics.app import create_app
from services.analytics.queries.kpis import KpiFilter
from services.analytics.settings import Settings
from shared.db import Window
from shared.kernel.identity import Role
from tests.support.worlds.analytics import EVERY_DIMENSION, AnalyticsWorld
from tests.support.worlds.order_histories import RandomHistory, day

ClientAs = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.fixture
def client_as(postgres: Any, client_for: Any, token_for: Any, jwks_url: str) -> ClientAs:
    """`async with client_as(Role.MERCHANT, tenant) as client:`"""

    @asynccontextmanager
    async def start(*whose: Any) -> AsyncIterator[Any]:
        app = create_app(Settings(database_url=postgres.app_dsn("analytics"), jwks_url=jwks_url))
        token = token_for(*whose, scopes=["analytics:read"])
        async with client_for(app, token=token) as client:
            yield client

    return start


@settings(
    max_examples=8,
    deadline=None,
    # A history does not get smaller by shrinking its seed.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32), rng=st.randoms(use_true_random=False))
async def test_every_figure_equals_the_recount(
    world: AnalyticsWorld, seed: int, rng: random.Random
) -> None:
    await world.empty()
    history = RandomHistory(seed)
    days = sorted({day(event.time) for event in history.events})

    await world.take_in_at_random(history.events, rng)

    for on in (None, *rng.sample(days, min(3, len(days)))):
        found, expected = await world.figures(on=on), history.recount(on=on)
        assert found.keys() == expected.keys(), on
        for name, value in expected.items():
            about = pytest.approx(value) if isinstance(value, float) else value
            assert found[name] == about, (name, on)


async def test_a_merchant_sees_its_own_figures_only(
    world: AnalyticsWorld, client_as: ClientAs
) -> None:
    history = RandomHistory(11, orders=60)
    await world.take_in(history.events)
    merchant = history.merchants[0][0]

    async with client_as(Role.MERCHANT, merchant) as client:
        items = (await client.get("/v1/kpis", params={"limit": 200})).json()["items"]
        refused = await client.get("/v1/kpis", params={"name": "tonnes"})

    by_name = {item["name"]: item["value"] for item in items}
    assert by_name["orders"] == history.recount(merchant=merchant)["orders"]
    assert by_name["companies"] == 1
    assert "tonnes" not in by_name
    assert (refused.status_code, refused.json()["code"]) == (403, "analytics.kpi.of_the_park")


async def test_pages_of_figures_neither_skip_nor_repeat_one(
    world: AnalyticsWorld, client_as: ClientAs
) -> None:
    history = RandomHistory(12, orders=60)
    await world.take_in(history.events)
    params: dict[str, Any] = {
        "name": "trade_volume",
        "group_by": ["day", "market", "belt"],
        "limit": 5,
    }
    seen: list[dict[str, Any]] = []

    async with client_as(Role.OPERATOR) as client:
        while True:
            page = (await client.get("/v1/kpis", params=params)).json()
            seen += page["items"]
            if page["next"] is None:
                break
            params["cursor"] = page["next"]

    volume = history.recount()["trade_volume"]
    found = {(*item["dimensions"].values(), item["unit"]): item["value"] for item in seen}
    assert found == volume
    assert len(seen) == len(volume)


async def test_figures_say_up_to_which_instant_they_count(
    world: AnalyticsWorld, client_as: ClientAs
) -> None:
    history = RandomHistory(12, orders=5)
    await world.take_in_at_random(history.events, random.Random(3))

    async with client_as(Role.OPERATOR) as client:
        items = (await client.get("/v1/kpis")).json()["items"]

    newest = max(event.time for event in history.events)
    assert {item["as_of"] for item in items} == {newest.isoformat().replace("+00:00", "Z")}


async def test_filters_give_the_figure_of_one_day_market_and_belt(
    world: AnalyticsWorld, client_as: ClientAs
) -> None:
    history = RandomHistory(12, orders=60)
    await world.take_in(history.events)
    (on, market, belt, currency), amount = next(iter(history.recount()["trade_volume"].items()))
    place = {"day": on, "market": market, "belt": belt}

    async with client_as(Role.OPERATOR) as client:
        answer = await client.get("/v1/kpis", params={"name": "trade_volume", **place})

    (one,) = answer.json()["items"]
    assert (one["value"], one["unit"]) == (amount, currency)
    assert one["dimensions"] == place


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"name": "tonnes", "group_by": "belt"}, "analytics.kpi.not_divisible"),
        ({"name": "profit"}, "analytics.kpi.unknown"),
    ],
)
async def test_a_figure_that_cannot_be_given_is_refused(
    client_as: ClientAs, params: dict[str, str], code: str
) -> None:
    async with client_as(Role.OPERATOR) as client:
        refused = await client.get("/v1/kpis", params=params)

    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_a_window_begins_after_its_key_and_ends_after_so_many_rows(
    world: AnalyticsWorld,
) -> None:
    await world.take_in(RandomHistory(4).events)
    asked = KpiFilter(group_by=frozenset({"belt"}))
    whole = await world.kpis(asked)
    start = len(whole) // 2

    part = await world.kpis(asked, window=Window(3, (whole[start].key,)))

    assert part == whole[start + 1 : start + 4]


async def test_an_empty_park_has_zeros_and_no_invented_percentiles(world: AnalyticsWorld) -> None:
    found = await world.figures()

    assert found["orders"] == found["companies"] == found["tonnes"] == 0
    assert found["trade_volume"] == found["orders_by_status"] == {}
    assert "clearance_time_p50" not in found
    assert "next_day_share" not in found


async def test_an_event_that_breaks_its_contract_is_refused_with_its_whole_slice(
    world: AnalyticsWorld,
) -> None:
    (event, *_) = RandomHistory(13, orders=1).events
    broken = type(event)(**(vars(event) | {"data": b'{"merchant_id": 7}'}))

    with pytest.raises(ValidationError):
        await world.take_in([event, broken])

    assert (await world.figures())["companies"] == 0


@pytest.mark.parametrize("instant", ["0001-01-01T00:00Z", "9999-12-31T23:59:59Z", "infinity"])
@pytest.mark.parametrize("group_by", [frozenset[str](), frozenset({"day"}), EVERY_DIMENSION])
async def test_no_stored_instant_stops_the_figures(
    world: AnalyticsWorld, instant: str, group_by: frozenset[str]
) -> None:
    await world.take_in_at_random(RandomHistory(1).events, random.Random(1))
    for column in ("placed_at", "released_at", "departed_at", "delivered_at"):
        await world.sql(
            f"UPDATE analytics.order_fact SET {column} = $1::text::timestamptz"
            " WHERE order_id = (SELECT min(order_id) FROM analytics.order_fact)",
            instant,
        )

    found = await world.kpis(KpiFilter(group_by=group_by))

    assert {kpi.name for kpi in found} >= {"trade_volume", "orders"}
