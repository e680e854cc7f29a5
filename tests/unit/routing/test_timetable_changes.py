"""What a changed flight means for what is booked on it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.routing.domain.flights.flight import FlightStatus
from services.routing.domain.network.times import HandlingTimes
from services.routing.domain.timetable.changes import (
    CapacityBelowBooked,
    FlightChange,
    FlightNotChangeable,
    FlightPlan,
    FlightTimesWrong,
    NextTo,
    Place,
    PlannedFlight,
    change,
    check_change,
    keeps,
)
from tests.support.routing import NOW, hours

HANDLING = HandlingTimes({("*", f"{a}_{b}"): 120 for a in ("air", "road") for b in ("air", "road")})
DAY = date(2026, 11, 22)
PLAN = FlightPlan(
    schedule_id="sch_1", mode="air", vehicle="B744F", origin="ANC", destination="LAX",
    departs_on=DAY, departs_at=hours(10), arrives_at=hours(15), cut_off_at=None,
    capacity_g=1_000, capacity_cm3=6_000, synthetic=True,
)  # fmt: skip
FLIGHT = PlannedFlight(
    id="flt_1", number="LH8400", operated_on=DAY, leg_no=2, status=FlightStatus.SCHEDULED,
    plan=PLAN, remaining_g=300, remaining_cm3=6_000, booked_shipments=2, version=4,
)  # fmt: skip


def moved(*, departs_h: float = 10, arrives_h: float = 15) -> FlightChange:
    wanted = replace(PLAN, departs_at=hours(departs_h), arrives_at=hours(arrives_h))
    made = change(FLIGHT, wanted)
    assert made is not None
    return made


def test_nothing_to_change() -> None:
    assert change(FLIGHT, PLAN) is None


def test_what_is_booked_stays_booked() -> None:
    made = change(FLIGHT, replace(PLAN, capacity_g=600, capacity_cm3=3_000))

    assert made is not None
    assert (made.after.capacity_g, made.after.capacity_cm3) == (700, 3_000)
    assert made.kept == ("capacity_g",)
    assert (made.is_told, made.version) == (False, 4)


def test_other_times_are_told() -> None:
    assert (moved(departs_h=11).is_told, moved(departs_h=11).version) == (True, 5)


def test_a_cancelled_flight_that_flies_after_all_is_told() -> None:
    cancelled = replace(FLIGHT, status=FlightStatus.CANCELLED)

    made = change(cancelled, PLAN)

    assert made is not None
    assert made.is_told


@pytest.mark.parametrize(
    ("flight", "wanted", "refusal"),
    [
        (replace(FLIGHT, status=FlightStatus.CLOSED), {}, FlightNotChangeable),
        (replace(FLIGHT, status=FlightStatus.CANCELLED), {}, FlightNotChangeable),
        (replace(FLIGHT, plan=replace(PLAN, departs_at=NOW)), {}, FlightNotChangeable),
        (replace(FLIGHT, plan=replace(PLAN, cut_off_at=NOW)), {}, FlightNotChangeable),
        (FLIGHT, {"departs_at": hours(15)}, FlightTimesWrong),
        (FLIGHT, {"departs_at": NOW}, FlightTimesWrong),
        (FLIGHT, {"cut_off_at": NOW}, FlightTimesWrong),
        (FLIGHT, {"capacity_g": 699}, CapacityBelowBooked),
    ],
)
def test_what_cannot_be_asked_for(
    flight: PlannedFlight, wanted: dict[str, object], refusal: type[Exception]
) -> None:
    made = change(flight, replace(PLAN, vehicle="B77F", **wanted))  # type: ignore[arg-type]
    assert made is not None

    with pytest.raises(refusal):
        check_change(made, NOW)


def _next(at_h: float, *, number: str = "EK1", leg_no: int = 1) -> NextTo:
    return NextTo(number, DAY, leg_no, "air", hours(at_h))


@pytest.mark.parametrize(
    ("came_h", "goes_on_h", "change_", "kept"),
    [
        # Two hours at each airport are needed.
        (8, 17, moved(departs_h=10.5), True),
        (8, 17, moved(departs_h=9.9), False),
        (8, 17, moved(arrives_h=15.1), False),
        (8, 18, moved(arrives_h=16), True),
        (8, 18, moved(departs_h=20, arrives_h=25), False),
        # The last flight: no later than it was.
        (8, None, moved(arrives_h=14), True),
        (8, None, moved(arrives_h=15.1), False),
    ],
)
def test_connections_hold_or_the_place_is_lost(
    came_h: float, goes_on_h: float | None, change_: FlightChange, kept: bool
) -> None:
    goes_on = None if goes_on_h is None else _next(goes_on_h)
    place = Place("shp_1", "flt_1", 1, _next(came_h), goes_on, None)

    assert keeps(place, change_, HANDLING, NOW) is kept


def test_goods_that_stay_aboard_need_no_time() -> None:
    place = Place("shp_1", "flt_1", 1, _next(10, number="LH8400"), None, None)

    assert keeps(place, moved(departs_h=10.1), HANDLING, NOW)
    other_trip = Place("shp_1", "flt_1", 1, _next(10, number="LH8400", leg_no=3), None, None)
    assert not keeps(other_trip, moved(departs_h=10.1), HANDLING, NOW)


def test_the_first_flight_waits_for_handling_and_its_manifest() -> None:
    def place(ready_h: float | None) -> Place:
        ready_at = None if ready_h is None else hours(ready_h)
        return Place("shp_1", "flt_1", 0, None, _next(40), ready_at)

    earlier = moved(departs_h=6)

    assert keeps(place(6), earlier, HANDLING, NOW)
    assert not keeps(place(6.1), earlier, HANDLING, NOW)
    assert keeps(place(None), earlier, HANDLING, NOW)
    closed = replace(earlier, after=replace(earlier.after, cut_off_at=NOW - timedelta(minutes=1)))
    assert not keeps(place(None), closed, HANDLING, NOW)


def test_a_flight_to_elsewhere_takes_nobody_there() -> None:
    made = change(FLIGHT, replace(PLAN, destination="ONT"))
    assert made is not None

    assert not keeps(Place("shp_1", "flt_1", 0, None, None, None), made, HANDLING, NOW)
