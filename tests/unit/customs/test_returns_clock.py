"""Until when goods come back free of duty."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customs.clients.reference import regime_tables
from services.customs.domain.returns.clock import months_later, return_clock


@pytest.mark.parametrize(
    ("day", "later"),
    [
        ("2026-11-22", "2027-05-22"),
        ("2026-08-31", "2027-02-28"),
        ("2027-08-31", "2028-02-29"),
        ("2026-12-31", "2027-06-30"),
        ("2026-07-01", "2027-01-01"),
    ],
)
def test_six_months_end_on_the_same_day_or_the_last_of_the_month(day: str, later: str) -> None:
    assert months_later(date.fromisoformat(day), 6) == date.fromisoformat(later)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 1, 1)), st.integers(0, 30))
def test_months_are_counted_by_their_names(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


# The day counts in China, where it begins eight hours earlier.
@pytest.mark.parametrize(
    ("exported_at", "until"),
    [
        ("2025-12-31T15:59:59", None),
        ("2025-12-31T16:00:00", "2026-07-01"),
        ("2027-12-31T15:59:59", "2028-06-30"),
        ("2027-12-31T16:00:00", None),
    ],
)
def test_the_relief_is_for_goods_exported_in_2026_and_2027(
    exported_at: str, until: str | None
) -> None:
    at = datetime.fromisoformat(exported_at).replace(tzinfo=UTC)
    clock = return_clock("9610", at, regime_tables())
    assert (clock.until.isoformat() if clock.until else None) == until


@pytest.mark.parametrize(
    ("today", "warnings"),
    [
        ("2027-04-21", ()),
        ("2027-04-22", ("relief_ends",)),
        ("2027-05-22", ("relief_ends",)),
        ("2027-05-23", ("relief_over",)),
    ],
)
def test_the_end_is_announced_thirty_days_before(today: str, warnings: tuple[str, ...]) -> None:
    clock = return_clock("9610", datetime(2026, 11, 22, 2, tzinfo=UTC), regime_tables())
    assert clock.warnings(date.fromisoformat(today), ["9405500000"]) == warnings


def test_food_is_not_free() -> None:
    clock = return_clock("9610", datetime(2026, 11, 22, 2, tzinfo=UTC), regime_tables())
    assert clock.warnings(date(2026, 12, 1), ["9405500000", "2106909000"]) == ("may_be_food",)
