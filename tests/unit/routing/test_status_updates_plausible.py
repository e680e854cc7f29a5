"""When a fact of a flight can have happened. The flight leaves at 0 and arrives at 11 hours."""

import pytest

from services.routing.domain.status_updates.plausible import (
    StatusAfterFlight,
    StatusBeforeFlight,
    check_delivery_time,
    check_time,
)
from tests.support.routing import a_flight, hours

DAY = 24
TOO_EARLY, TOO_LATE = "before", "after"


def judged(code: str, at_h: float, **known_h: float) -> str | None:
    facts = {f"{fact}_at": hours(at) for fact, at in known_h.items()}
    flight = a_flight(departs_at=hours(0), arrives_at=hours(11), **facts)
    try:
        check_time(code, flight, at=hours(at_h))
    except StatusBeforeFlight:
        return TOO_EARLY
    except StatusAfterFlight:
        return TOO_LATE
    return None


@pytest.mark.parametrize(
    ("code", "at_h", "expected"),
    [
        ("DEP", -25, TOO_EARLY),
        ("DEP", -23, None),
        ("DEP", 6 * DAY, None),
        ("DEP", 8 * DAY, TOO_LATE),
        ("ARR", -9 * DAY, TOO_EARLY),
        ("ARR", 11 - 25, TOO_EARLY),
        ("ARR", 11 - 23, None),
        ("ARR", 11 + 8 * DAY, TOO_LATE),
        ("RCF", 11 - 25, TOO_EARLY),
        ("DLV", 11 - 25, TOO_EARLY),
        ("DLV", 60 * DAY, None),
        ("RCS", -9 * DAY, None),
    ],
)
def test_by_the_timetable_while_nothing_is_reported(
    code: str, at_h: float, expected: str | None
) -> None:
    assert judged(code, at_h) == expected


@pytest.mark.parametrize(
    ("code", "at_h", "known_h", "expected"),
    [
        ("ARR", 1, {"departed": 2}, TOO_EARLY),
        ("ARR", 1.9, {"departed": 2}, None),  # within what clocks differ
        ("ARR", 9 * DAY, {"departed": 6 * DAY}, None),
        ("DLV", 1, {"departed": 2}, TOO_EARLY),
        ("DLV", 12, {"departed": 2, "arrived": 13}, TOO_EARLY),
        ("DLV", 13, {"departed": 2, "arrived": 13}, None),
        ("RCF", 12, {"departed": 2, "arrived": 13}, None),
        ("DEP", 14, {"departed": 2, "arrived": 13}, TOO_LATE),
        ("ARR", 31, {"departed": 2, "arrived": 13, "delivered": 30}, TOO_LATE),
        # What waits for the departure is no bound: it is the one that was wrong.
        ("DEP", 14, {"arrived": 13}, None),
        ("ARR", 31, {"delivered": 30}, None),
    ],
)
def test_by_what_has_taken_effect(
    code: str, at_h: float, known_h: dict[str, float], expected: str | None
) -> None:
    assert judged(code, at_h, **known_h) == expected


@pytest.mark.parametrize(("at_h", "is_plausible"), [(1, False), (1.9, True), (30, True)])
def test_a_parcel_is_delivered_after_it_left(at_h: float, *, is_plausible: bool) -> None:
    check_delivery_time("EHAA00000011", departed_at=None, at=hours(at_h))
    if is_plausible:
        check_delivery_time("EHAA00000011", departed_at=hours(2), at=hours(at_h))
        return
    with pytest.raises(StatusBeforeFlight, match="EHAA00000011"):
        check_delivery_time("EHAA00000011", departed_at=hours(2), at=hours(at_h))
