"""Traffic days as bits: compared day by day with what the rule says of that day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.timetable.traffic_days import (
    TrafficDays,
    WeekdaysWrong,
    weekdays_of,
)

MONDAY = date(2026, 11, 23)
WINDOW = [MONDAY + timedelta(days=n) for n in range(-30, 400)]

DAYS = st.integers(-20, 120).map(lambda n: MONDAY + timedelta(days=n))
SINGLE = st.frozensets(DAYS, max_size=3)


@st.composite
def traffic_days(draw: st.DrawFn) -> TrafficDays:
    valid_from = draw(DAYS)
    length = draw(st.none() | st.integers(0, 100))
    valid_to = None if length is None else valid_from + timedelta(days=length)
    return TrafficDays(valid_from, valid_to, draw(st.integers(0, 127)), draw(SINGLE), draw(SINGLE))


def runs(days: TrafficDays, day: date) -> bool:
    """The rule, for one day."""
    if day in days.cancelled_on:
        return False
    if day in days.added_on:
        return True
    is_in_period = day >= days.valid_from and (days.valid_to is None or day <= days.valid_to)
    weekday = 2 ** (day.isoweekday() - 1)  # the lowest bit is Monday's
    return is_in_period and days.weekdays & weekday != 0


@given(traffic_days(), DAYS, st.integers(-3, 200))
@settings(max_examples=300, deadline=None)
def test_bits_are_the_days_of_the_rule(days: TrafficDays, first: date, length: int) -> None:
    last = first + timedelta(days=length)

    expected = [day for n in range(length + 1) if runs(days, day := first + timedelta(days=n))]

    assert list(days.days(first, last)) == expected
    assert days.count(first, last) == len(expected)
    assert all(days.runs_on(day) for day in expected)


@given(traffic_days(), traffic_days())
@settings(max_examples=300, deadline=None)
def test_what_is_left_of_a_schedule_is_its_days_that_the_other_has_not(
    days: TrafficDays, other: TrafficDays
) -> None:
    left = days.without(other)

    for day in WINDOW:
        times = sum(runs(part, day) for part in left)
        assert times == (runs(days, day) and not runs(other, day)), day
    assert all(any(runs(part, day) for day in WINDOW) for part in left)


@given(traffic_days())
def test_first_day_of_all(days: TrafficDays) -> None:
    assert days.starts_on() == next((day for day in WINDOW if runs(days, day)), None)


def test_a_season_without_one_day_stays_one_schedule() -> None:
    season = TrafficDays(MONDAY, None, 127)
    day = TrafficDays(MONDAY + timedelta(days=9), MONDAY + timedelta(days=9), 127)

    (left,) = season.without(day)

    assert (left.valid_from, left.valid_to) == (MONDAY, None)
    assert left.cancelled_on == {MONDAY + timedelta(days=9)}


def test_a_season_without_half_a_year_is_two_periods() -> None:
    season = TrafficDays(MONDAY, None, 127)
    summer = TrafficDays(date(2027, 3, 28), date(2027, 10, 30), 127)

    before, after = season.without(summer)

    assert (before.valid_from, before.valid_to) == (MONDAY, date(2027, 3, 27))
    assert (after.valid_from, after.valid_to) == (date(2027, 10, 31), None)


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("1234567", 0b111_1111),
        ("1.3.5..", 0b001_0101),
        ("  3 5  ", 0b001_0100),
        ("-2-----", 0b000_0010),
        ("67", 0b110_0000),
    ],
)
def test_weekdays_as_ssim_writes_them(text: str, mask: int) -> None:
    """The lowest bit is Monday's."""
    assert weekdays_of(text) == mask


@pytest.mark.parametrize(
    "text", ["", ".......", "8", "0", "11", "31", "1.3", ".1.....", "Mon", "1.3.5...", "１２"]
)
def test_other_weekdays_are_refused(text: str) -> None:
    with pytest.raises(WeekdaysWrong):
        weekdays_of(text)
