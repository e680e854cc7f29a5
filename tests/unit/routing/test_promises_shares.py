"""Shares of ready times, compared with asking for every single minute."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.promises.shares import (
    Gateway,
    ReadyTimes,
    RegionShares,
    Share,
    region_shares,
)

PARK: Final = ZoneInfo("Asia/Shanghai")
BERLIN: Final = ZoneInfo("Europe/Berlin")
# Monday 00:00 in Ezhou; the clocks of Europe and America change within the week after.
MONDAY: Final = datetime(2026, 10, 18, 16, tzinfo=UTC)
WEEK: Final = ReadyTimes(
    int(MONDAY.timestamp()), int((MONDAY + timedelta(days=7)).timestamp()), PARK
)
ZONES: Final = ("Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Auckland")


def at(day: int, hour: float) -> int:
    """Seconds of a time of the week, local at the park."""
    return int((MONDAY + timedelta(days=day, hours=hour)).timestamp())


def gateway(*steps: tuple[int, int], zone: ZoneInfo = PARK, door_h: float = 0) -> Gateway:
    return Gateway("AAA", zone, int(door_h * 3_600), steps)


def test_one_flight_a_week_that_arrives_the_next_evening() -> None:
    """Ready on Tuesday until 12:00, there on Wednesday at 20:00. Monday's goods are a day late, but
    from Monday 20:00 on they come within 48 hours.
    """
    region = region_shares("R", [gateway((at(1, 12), at(2, 20)), door_h=20)], WEEK)

    week_min = 7 * 24 * 60
    assert region.gateway == Share((12 * 60 + 1) / week_min, (16 * 60 + 1) / week_min)
    # At the door on Thursday at 16:00: two days after Tuesday, and 52 hours after its noon.
    assert region.door == Share(0, 0)


@pytest.mark.parametrize(("arrives_h", "share"), [(23.99, 1), (24, 0)])
def test_midnight_is_too_late(arrives_h: float, share: float) -> None:
    day = ReadyTimes(at(0, 0), at(0, 24), PARK)

    region = region_shares("R", [gateway((at(0, 24), at(1, arrives_h)))], day)

    assert region.gateway.next_day == share


def test_the_next_day_is_that_of_the_calendar_where_goods_arrive() -> None:
    """On Wednesday at 04:00 in Ezhou it is still Tuesday in Germany: Monday's goods are in time."""
    steps = (at(0, 24), at(2, 4))
    day = ReadyTimes(at(0, 0), at(0, 24), PARK)

    assert region_shares("R", [gateway(steps, zone=BERLIN)], day).gateway.next_day == 1
    assert region_shares("R", [gateway(steps)], day).gateway.next_day == 0


def test_the_first_by_the_calendar_need_not_be_the_first_by_time() -> None:
    """At one instant it is Wednesday in Auckland and Tuesday in Los Angeles, two hours later."""
    day = ReadyTimes(at(0, 0), at(0, 24), PARK)
    auckland = gateway((at(0, 24), at(1, 20)), zone=ZoneInfo("Pacific/Auckland"))
    los_angeles = gateway((at(0, 24), at(1, 22)), zone=ZoneInfo("America/Los_Angeles"))

    assert region_shares("R", [auckland], day).gateway.next_day == 0
    assert region_shares("R", [auckland, los_angeles], day).gateway.next_day == 1


def test_what_is_not_reached_is_never_there() -> None:
    assert region_shares("R", [gateway()], WEEK) == RegionShares("R", (), Share(0, 0), Share(0, 0))


def by_the_minute(gateways: list[Gateway], ready_times: ReadyTimes, *, to_door: bool) -> Share:
    """Asks for every ready time: which gateways, by which of their steps, and is that in time?"""
    next_day = within = 0
    for ready_s in range(ready_times.from_s, ready_times.to_s, 60):
        ready_on = datetime.fromtimestamp(ready_s, ready_times.zone).date()
        arrivals = [
            datetime.fromtimestamp(arrives_s + (one.door_s if to_door else 0), one.zone)
            for one in gateways
            for latest_s, arrives_s in one.steps
            if ready_s <= latest_s
        ]
        next_day += any(a.date() <= ready_on + timedelta(days=1) for a in arrivals)
        within += any(a.timestamp() - ready_s <= 48 * 3_600 for a in arrivals)
    minutes = len(range(ready_times.from_s, ready_times.to_s, 60))
    return Share(next_day / minutes, within / minutes)


@st.composite
def some_gateways(draw: st.DrawFn) -> list[Gateway]:
    """Steps within two days, of at most 25 hours; at whole minutes, which ready times are, too."""
    found = []
    for _ in range(draw(st.integers(0, 3))):
        steps = draw(
            st.lists(st.tuples(st.integers(-60, 1_500), st.integers(0, 1_500)), max_size=6)
        )
        ready = sorted(WEEK.from_s + after_min * 60 for after_min, _ in steps)
        arrives = sorted(
            ready_s + way_min * 60 for ready_s, (_, way_min) in zip(ready, steps, strict=True)
        )
        zone = ZoneInfo(draw(st.sampled_from(ZONES)))
        door_s = draw(st.integers(0, 100_000))
        found.append(Gateway("AAA", zone, door_s, list(zip(ready, arrives, strict=True))))
    return found


@given(
    gateways=some_gateways(),
    from_s=st.integers(-60, 60).map(lambda minutes: minutes * 60) | st.integers(-3_600, 3_600),
    length_s=st.integers(1, 90_000),
)
def test_shares_are_those_of_asking_for_every_minute(
    gateways: list[Gateway], from_s: int, length_s: int
) -> None:
    first = WEEK.from_s + from_s
    ready_times = ReadyTimes(first, first + length_s, PARK)

    region = region_shares("R", gateways, ready_times)

    assert region.gateway == by_the_minute(gateways, ready_times, to_door=False)
    assert region.door == by_the_minute(gateways, ready_times, to_door=True)
