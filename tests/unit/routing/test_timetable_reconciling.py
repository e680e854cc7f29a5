"""What a new schedule means for a flight that is there, by what has become of that flight."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.routing.domain.flights.flight import FlightStatus
from services.routing.domain.timetable.changes import FlightPlan, PlannedFlight
from services.routing.domain.timetable.dated import DatedFlight
from services.routing.domain.timetable.reconciling import Days, Reconciled, Wanted, reconcile
from services.routing.domain.timetable.schedule import Schedule, ScheduleLeg
from tests.support.routing import NOW, hours

DAY = date(2026, 11, 23)
LEG = ScheduleLeg(
    leg_no=1, origin="EHU", destination="SZX", mode="air", vehicle="B763F", departs_min=600,
    departs_day=0, duration_min=None, arrives_min=720, arrives_day=0, payload_kg=50,
    volume_dm3=300, distance_km=865,
)  # fmt: skip
SCHEDULE = Schedule(
    id="sch_1", carrier="LH", flight_number="LH1", route_id=None, valid_from=DAY, valid_to=DAY,
    weekdays=127, cancelled_on=frozenset(), added_on=frozenset(), basis="reported", source="LH",
    as_of=None, import_id=None, legs=(LEG,),
)  # fmt: skip


def dated(departs_h: float) -> DatedFlight:
    return DatedFlight(
        id="flt_1", schedule_id="sch_1", operated_on=DAY, leg_no=1, departs_on=DAY,
        departs_at=hours(departs_h), arrives_at=hours(departs_h + 2),
        cut_off_at=hours(departs_h - 1.5),
    )  # fmt: skip


def flight(departs_h: float = 20, status: FlightStatus = FlightStatus.SCHEDULED) -> PlannedFlight:
    plan = FlightPlan(
        schedule_id="sch_0", mode="air", vehicle="B763F", origin="EHU", destination="SZX",
        departs_on=DAY, departs_at=hours(departs_h), arrives_at=hours(departs_h + 2),
        cut_off_at=hours(departs_h - 1.5), capacity_g=50_000, capacity_cm3=300_000, synthetic=False,
    )  # fmt: skip
    return PlannedFlight("flt_1", "LH1", DAY, 1, status, plan, 50_000, 300_000, 0, 0)


def outcome(
    there: PlannedFlight | None, departs_h: float | None = 24, *, flown_before: bool = True
) -> str:
    """`departs_h` None: it is not flown any more."""
    wanted = [] if departs_h is None else [Wanted(SCHEDULE, dated(departs_h), 2)]
    stored = {} if there is None else {(DAY, 1): there}
    found = Reconciled()
    reconcile(found, wanted, stored, Days(DAY, int(flown_before), int(bool(wanted))), NOW)
    kinds = {
        "added": found.added, "changed": found.changed, "cancelled": found.cancelled,
        "told": found.faults,
    }  # fmt: skip
    return " ".join(name for name, these in kinds.items() if these)


@pytest.mark.parametrize(
    ("there", "departs_h", "expected"),
    [
        (None, 24, "added"),
        (None, -1, ""),
        (flight(), 24, "changed"),
        (flight(), None, "cancelled"),
        # Times that have passed, or whose manifest would have closed.
        (flight(), -1, "told"),
        (flight(), 1, "told"),
        # Closed, or about to close: said once, and left alone.
        (flight(status=FlightStatus.CLOSED), 24, "told"),
        (flight(status=FlightStatus.CLOSED), None, "told"),
        (flight(1), 24, "told"),
        # What has left, or should have, is history.
        (flight(status=FlightStatus.DEPARTED), 24, ""),
        (flight(-1), 24, ""),
        (flight(-1, FlightStatus.ARRIVED), None, ""),
        (flight(status=FlightStatus.CANCELLED), 24, ""),
    ],
)
def test_what_becomes_of_a_flight(
    there: PlannedFlight | None, departs_h: float | None, expected: str
) -> None:
    assert outcome(there, departs_h) == expected


def test_a_cancelled_flight_comes_back_on_a_day_that_was_not_flown() -> None:
    cancelled = flight(status=FlightStatus.CANCELLED)

    assert outcome(cancelled, flown_before=False) == "changed"
    assert outcome(cancelled, 1, flown_before=False) == ""


def test_a_leg_that_a_trip_has_no_more_is_cancelled() -> None:
    second = replace(flight(30), leg_no=2)
    found = Reconciled()

    reconcile(
        found,
        [Wanted(SCHEDULE, dated(20), 2)],
        {(DAY, 1): flight(), (DAY, 2): second},
        Days(DAY, 1, 1),
        NOW,
    )

    assert found.cancelled == [second]
    assert [one.after.schedule_id for one in found.changed] == ["sch_1"]


def test_days_that_are_not_in_the_file_are_not_looked_at() -> None:
    other = replace(flight(44), operated_on=DAY + timedelta(days=1))
    found = Reconciled()

    reconcile(found, [], {(DAY + timedelta(days=1), 1): other}, Days(DAY, 0b11, 0b11), NOW)

    assert found == Reconciled()
