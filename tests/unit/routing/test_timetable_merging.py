"""Schedules of one flight number: whatever was there, the timetable's days are flown as it says."""

from datetime import date, timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.timetable.merging import Merged, merge
from services.routing.domain.timetable.schedule import Schedule, ScheduleLeg
from services.routing.domain.timetable.traffic_days import TrafficDays

MONDAY = date(2026, 11, 23)
WINDOW = [MONDAY + timedelta(days=n) for n in range(200)]


def a_schedule(
    departs_min: int = 60,
    *,
    first: int = 0,
    last: int | None = 60,
    weekdays: int = 127,
    id: str = "sch_0",  # noqa: A002 - a field
    source: str = "LH",
) -> Schedule:
    leg = ScheduleLeg(
        leg_no=1, origin="EHU", destination="SZX", mode="air", vehicle="B763F",
        departs_min=departs_min, departs_day=0, duration_min=None, arrives_min=departs_min + 110,
        arrives_day=0, payload_kg=50_000, volume_dm3=300_000, distance_km=865,
    )  # fmt: skip
    return Schedule(
        id=id, carrier="LH", flight_number="LH1", route_id=None,
        valid_from=MONDAY + timedelta(days=first),
        valid_to=None if last is None else MONDAY + timedelta(days=last),
        weekdays=weekdays, cancelled_on=frozenset(), added_on=frozenset(), basis="reported",
        source=source, as_of=None, import_id=None, legs=(leg,),
    )  # fmt: skip


@st.composite
def disjoint(draw: st.DrawFn, prefix: str) -> list[Schedule]:
    """Schedules of one number that share no day."""
    found: list[Schedule] = []
    first = draw(st.integers(0, 30))
    for n in range(draw(st.integers(0, 4))):
        last = first + draw(st.integers(0, 50))
        is_last = n == 3
        weekdays = draw(st.sampled_from((127, 0b0010101, 0b1100000, 1)))
        if last - first < 7:
            weekdays = 127
        minute = draw(st.sampled_from((60, 120)))
        found.append(
            a_schedule(
                minute,
                first=first,
                last=None if is_last else last,
                weekdays=weekdays,
                id=f"{prefix}{n}",
            )
        )
        first = last + draw(st.integers(1, 5))
    return found


def merged(
    present: list[Schedule], wanted: list[Schedule], cleared: TrafficDays | None = None
) -> tuple[Merged, list[Schedule]]:
    """And all schedules as they are then."""
    numbers = count()
    made = merge(present, wanted, cleared, lambda: f"new{next(numbers)}")
    after = {one.id: one for one in (*present, *made.changed, *made.added, *made.split)}
    return made, list(after.values())


def flown(schedules: list[Schedule], day: date) -> list[int]:
    """When it departs on that day."""
    return [one.legs[0].departs_min for one in schedules if one.traffic_days.runs_on(day)]


@given(disjoint("old"), disjoint("new"), st.none() | st.integers(0, 100))
@settings(max_examples=300, deadline=None)
def test_each_day_is_flown_as_the_rule_says(
    present: list[Schedule], wanted: list[Schedule], cleared_until: int | None
) -> None:
    cleared = None
    if cleared_until is not None:
        cleared = TrafficDays(MONDAY, MONDAY + timedelta(days=cleared_until), 127)

    _, after = merged(present, wanted, cleared)

    for day in WINDOW:
        expected = flown(wanted, day)
        if not expected and (cleared is None or not cleared.runs_on(day)):
            expected = flown(present, day)
        assert flown(after, day) == expected, day


@given(disjoint("old"), disjoint("new"))
@settings(max_examples=200, deadline=None)
def test_the_same_timetable_again_changes_nothing(
    present: list[Schedule], wanted: list[Schedule]
) -> None:
    _, after = merged(present, wanted)

    again, _ = merged(after, wanted)

    assert (again.added, again.changed, again.split) == ((), (), ())
    assert again.unchanged == len(wanted)


def test_a_longer_period_adds_only_the_days_that_are_new() -> None:
    made, _ = merged([a_schedule(last=60)], [a_schedule(last=120, id="")])

    assert made.changed == ()
    (new,) = made.added
    assert new.valid_from == MONDAY + timedelta(days=61)


def test_a_new_source_is_noted_without_a_new_schedule() -> None:
    made, _ = merged([a_schedule()], [a_schedule(source="LH, as of today", id="")])

    assert made.added == ()
    assert [(one.id, one.source) for one in made.changed] == [("sch_0", "LH, as of today")]
    assert made.unchanged == 1


def test_what_nobody_flies_any_more_stays_without_days() -> None:
    made, _ = merged([a_schedule()], [], TrafficDays(MONDAY, None, 127))

    assert [(one.id, one.weekdays) for one in made.changed] == [("sch_0", 0)]
