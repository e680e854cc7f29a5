"""Local times as instants, across the nights in which clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.timetable.dated import instant


@pytest.mark.parametrize(
    ("zone", "day", "minute", "expected"),
    [
        ("Asia/Shanghai", date(2026, 11, 28), 90, "2026-11-27T17:30"),
        # The night of 29 March 2026 has no 02:30 in Belgium: one hour later by the new clock.
        ("Europe/Brussels", date(2026, 3, 29), 150, "2026-03-29T01:30"),
        ("Europe/Brussels", date(2026, 3, 29), 119, "2026-03-29T00:59"),
        ("Europe/Brussels", date(2026, 3, 29), 180, "2026-03-29T01:00"),
        # That of 25 October has two: the first.
        ("Europe/Brussels", date(2026, 10, 25), 150, "2026-10-25T00:30"),
        ("Europe/Brussels", date(2026, 10, 25), 180, "2026-10-25T02:00"),
        # Clocks of Beirut go forward at midnight.
        ("Asia/Beirut", date(2026, 3, 29), 30, "2026-03-28T22:30"),
        ("Asia/Kathmandu", date(2026, 11, 28), 0, "2026-11-27T18:15"),
    ],
)
def test_local_time_as_an_instant(zone: str, day: date, minute: int, expected: str) -> None:
    assert instant(day, minute, ZoneInfo(zone)) == datetime.fromisoformat(expected).replace(
        tzinfo=UTC
    )


@given(
    st.sampled_from(["America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Tehran"]),
    st.integers(0, 366),
    st.integers(0, 1439),
)
@settings(max_examples=300, deadline=None)
def test_clocks_show_that_time_then_unless_it_is_left_out(zone: str, day: int, minute: int) -> None:
    midnight = datetime.fromisoformat("2026-01-01") + timedelta(days=day)
    local, clocks = midnight + timedelta(minutes=minute), ZoneInfo(zone)

    shown = instant(local.date(), minute, clocks).astimezone(clocks).replace(tzinfo=None)

    assert shown == local or timedelta(0) < shown - local <= timedelta(hours=1)
