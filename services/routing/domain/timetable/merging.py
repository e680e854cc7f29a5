"""What a timetable makes of the schedules of one flight number.

Its schedules take their days from those that are there. A day that is flown as before stays with
its schedule, so that a file which says nothing new changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.routing.domain.timetable.schedule import Schedule, ScheduleLeg
from services.routing.domain.timetable.traffic_days import TrafficDays

_Pattern = tuple[str, str, tuple[ScheduleLeg, ...]]


@dataclass(frozen=True, slots=True)
class Merged:
    """`added` are new; `changed` are there, and have other days or another source; `split` are
    parts of those that are there, which flights need not know.

    `unchanged` counts the schedules of the timetable that were there already.
    """

    added: tuple[Schedule, ...]
    changed: tuple[Schedule, ...]
    split: tuple[Schedule, ...]
    unchanged: int


def merge(
    present: Sequence[Schedule],
    wanted: Sequence[Schedule],
    cleared: TrafficDays | None,
    new_id: Callable[[], str],
) -> Merged:
    """All of one flight number; no two of `wanted` share a day. `cleared`: days on which nothing
    else is flown; None: others stay.
    """
    before = {one.id: one.traffic_days for one in present}
    left = {schedule_id: [days] for schedule_id, days in before.items()}
    restated: dict[str, Schedule] = {}
    exact = {(before[one.id], _pattern(one)): one for one in present}
    same = _by_pattern(present)
    added: list[Schedule] = []
    unchanged = 0
    for one in wanted:
        days, pattern = one.traffic_days, _pattern(one)
        if (known := exact.get((days, pattern))) is not None:
            if (known.source, known.as_of) != (one.source, one.as_of):
                restated[known.id] = one
            unchanged += 1
            continue
        new_days = _without([days], (before[other.id] for other in same.get(pattern, ())))
        unchanged += not new_days
        added += [_on(one, new_id(), part) for part in new_days]
        for other in present:
            if _pattern(other) != pattern:
                left[other.id] = _without(left[other.id], [days])
    if cleared is not None:
        gone = _without([cleared], (one.traffic_days for one in wanted))
        left = {schedule_id: _without(parts, gone) for schedule_id, parts in left.items()}
    changed: list[Schedule] = []
    split: list[Schedule] = []
    for one in present:
        if left[one.id] == [before[one.id]] and one.id not in restated:
            continue
        first, *others = left[one.id] or [TrafficDays(one.valid_from, one.valid_to, 0)]
        after = _said_by(restated.get(one.id, one), _on(one, one.id, first))
        if after != one:
            changed.append(after)
        split += [_on(one, new_id(), part) for part in others]
    return Merged(tuple(added), tuple(changed), tuple(split), unchanged)


def _pattern(schedule: Schedule) -> _Pattern:
    """What makes two schedules the same but for their days."""
    return schedule.carrier, schedule.basis, schedule.legs


def _by_pattern(schedules: Iterable[Schedule]) -> Mapping[_Pattern, list[Schedule]]:
    found: dict[_Pattern, list[Schedule]] = {}
    for one in schedules:
        found.setdefault(_pattern(one), []).append(one)
    return found


def _said_by(one: Schedule, known: Schedule) -> Schedule:
    """The same days and legs, said anew."""
    return replace(known, source=one.source, as_of=one.as_of, import_id=one.import_id)


def _on(schedule: Schedule, schedule_id: str, days: TrafficDays) -> Schedule:
    return replace(
        schedule,
        id=schedule_id,
        valid_from=days.valid_from,
        valid_to=days.valid_to,
        weekdays=days.weekdays,
        added_on=days.added_on,
        cancelled_on=days.cancelled_on,
    )


def _without(days: Sequence[TrafficDays], others: Iterable[TrafficDays]) -> list[TrafficDays]:
    left = list(days)
    for other in others:
        left = [
            part
            for one in left
            for part in ((one,) if _are_apart(one, other) else one.without(other))
        ]
    return left


def _are_apart(days: TrafficDays, other: TrafficDays) -> bool:
    latest, other_latest = days.latest, other.latest
    return (latest is not None and latest < other.earliest) or (
        other_latest is not None and other_latest < days.earliest
    )
