"""Writes and reads of schedules with their legs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Final

from services.routing.domain.network.records import Mode
from services.routing.domain.timetable.schedule import Schedule, ScheduleLeg
from shared.db import DAY, JSON, TEXTS, Reader, UnitOfWork, sql
from shared.kernel.json import JsonObject


@dataclass(frozen=True, slots=True)
class _ScheduleRow:
    id: str
    carrier: str
    flight_number: str
    route_id: str | None
    valid_from: date
    valid_to: date | None
    weekdays: int
    cancelled_on: list[date]
    added_on: list[date]
    basis: str
    source: str
    as_of: date | None
    import_id: str | None


@dataclass(frozen=True, slots=True)
class _LegRow:
    schedule_id: str
    leg_no: int
    origin: str
    destination: str
    mode: Mode
    vehicle: str
    departs_min: int
    departs_day: int
    duration_min: int | None
    arrives_min: int | None
    arrives_day: int | None
    payload_kg: int
    volume_dm3: int
    distance_km: int | None

    @property
    def leg(self) -> ScheduleLeg:
        return ScheduleLeg(
            self.leg_no,
            self.origin,
            self.destination,
            self.mode,
            self.vehicle,
            self.departs_min,
            self.departs_day,
            self.duration_min,
            self.arrives_min,
            self.arrives_day,
            self.payload_kg,
            self.volume_dm3,
            self.distance_km,
        )


_UPSERT: Final = """
    INSERT INTO routing.schedules AS s (id, carrier, flight_number, route_id, valid_from, valid_to,
        weekdays, cancelled_on, added_on, basis, source, as_of, import_id)
    SELECT id, carrier, flight_number, route_id, valid_from, valid_to, weekdays, cancelled_on,
        added_on, basis, source, as_of, import_id
    FROM jsonb_populate_recordset(CAST(NULL AS routing.schedules), :rows)
    ON CONFLICT (id) DO UPDATE SET carrier = EXCLUDED.carrier,
        flight_number = EXCLUDED.flight_number, route_id = EXCLUDED.route_id,
        valid_from = EXCLUDED.valid_from, valid_to = EXCLUDED.valid_to,
        weekdays = EXCLUDED.weekdays, cancelled_on = EXCLUDED.cancelled_on,
        added_on = EXCLUDED.added_on, basis = EXCLUDED.basis, source = EXCLUDED.source,
        as_of = EXCLUDED.as_of, import_id = EXCLUDED.import_id
    """
# What an import has changed is not made anew from routes.
_SAVE: Final = sql(f"{_UPSERT} WHERE s.import_id IS NULL", rows=JSON)
_SAVE_DAYS: Final = sql(_UPSERT, rows=JSON)

_SAVE_LEGS: Final = sql(
    """
    WITH wanted AS (
        SELECT * FROM jsonb_populate_recordset(CAST(NULL AS routing.schedule_legs), :rows)
    ), gone AS (
        DELETE FROM routing.schedule_legs l
        WHERE l.schedule_id IN (SELECT schedule_id FROM wanted) AND NOT EXISTS (
            SELECT 1 FROM wanted w WHERE w.schedule_id = l.schedule_id AND w.leg_no = l.leg_no)
    )
    INSERT INTO routing.schedule_legs (schedule_id, leg_no, origin, destination, mode, vehicle,
        departs_min, departs_day, duration_min, arrives_min, arrives_day, payload_kg, volume_dm3,
        distance_km)
    SELECT schedule_id, leg_no, origin, destination, mode, vehicle, departs_min, departs_day,
        duration_min, arrives_min, arrives_day, payload_kg, volume_dm3, distance_km
    FROM wanted
    ON CONFLICT (schedule_id, leg_no) DO UPDATE SET origin = EXCLUDED.origin,
        destination = EXCLUDED.destination, mode = EXCLUDED.mode, vehicle = EXCLUDED.vehicle,
        departs_min = EXCLUDED.departs_min, departs_day = EXCLUDED.departs_day,
        duration_min = EXCLUDED.duration_min, arrives_min = EXCLUDED.arrives_min,
        arrives_day = EXCLUDED.arrives_day, payload_kg = EXCLUDED.payload_kg,
        volume_dm3 = EXCLUDED.volume_dm3, distance_km = EXCLUDED.distance_km
    """,
    rows=JSON,
)

_NEW: Final = (
    "id",
    "carrier",
    "flight_number",
    "route_id",
    "valid_from",
    "valid_to",
    "weekdays",
    "cancelled_on",
    "added_on",
    "basis",
    "source",
    "as_of",
    "import_id",
)
_NEW_LEGS: Final = ("schedule_id", *(field.name for field in fields(ScheduleLeg)))
_OF_NUMBERS: Final = "s.flight_number = ANY(:numbers) AND s.weekdays + cardinality(s.added_on) > 0"
_IN_FORCE: Final = """
    (s.valid_from <= :last_on AND (s.valid_to IS NULL OR s.valid_to >= :first_on)
        OR s.added_on && ARRAY(SELECT CAST(d AS date) FROM generate_series(
            CAST(:first_on AS timestamp), CAST(:last_on AS timestamp), '1 day') AS d))
"""
_SELECT: Final = """
    SELECT s.id, s.carrier, s.flight_number, s.route_id, s.valid_from, s.valid_to, s.weekdays,
        s.cancelled_on, s.added_on, s.basis, s.source, s.as_of, s.import_id
    FROM routing.schedules s
"""
_SELECT_LEGS: Final = """
    SELECT l.schedule_id, l.leg_no, l.origin, l.destination, l.mode, l.vehicle, l.departs_min,
        l.departs_day, l.duration_min, l.arrives_min, l.arrives_day, l.payload_kg, l.volume_dm3,
        l.distance_km
    FROM routing.schedule_legs l JOIN routing.schedules s ON s.id = l.schedule_id
"""
_SCHEDULES: Final = sql(
    f"{_SELECT} WHERE {_IN_FORCE} ORDER BY s.flight_number, s.id",
    _ScheduleRow,
    first_on=DAY,
    last_on=DAY,
)
_LEGS: Final = sql(
    f"{_SELECT_LEGS} WHERE {_IN_FORCE} ORDER BY l.schedule_id, l.leg_no",
    _LegRow,
    first_on=DAY,
    last_on=DAY,
)
_SCHEDULES_OF_NUMBERS: Final = sql(
    f"{_SELECT} WHERE {_OF_NUMBERS} ORDER BY s.flight_number, s.id", _ScheduleRow, numbers=TEXTS
)
_LEGS_OF_SCHEDULES: Final = sql(
    """
    SELECT l.schedule_id, l.leg_no, l.origin, l.destination, l.mode, l.vehicle, l.departs_min,
        l.departs_day, l.duration_min, l.arrives_min, l.arrives_day, l.payload_kg, l.volume_dm3,
        l.distance_km
    FROM routing.schedule_legs l WHERE l.schedule_id = ANY(:schedule_ids)
    ORDER BY l.schedule_id, l.leg_no
    """,
    _LegRow,
    schedule_ids=TEXTS,
)
_NUMBERS_OF_CARRIERS: Final = sql(
    """
    SELECT DISTINCT flight_number FROM routing.schedules
    WHERE carrier = ANY(:carriers) AND weekdays + cardinality(added_on) > 0
      AND (valid_to IS NULL OR valid_to >= :first_on OR cardinality(added_on) > 0)
    ORDER BY flight_number
    """,
    str,
    carriers=TEXTS,
    first_on=DAY,
)


async def save_schedules(uow: UnitOfWork, schedules: Sequence[Schedule]) -> None:
    """Adds or replaces them, legs included. Those that an import has changed keep their days."""
    if not schedules:
        return
    await uow.execute(_SAVE, rows=[_row(schedule) for schedule in schedules])
    legs = [
        {"schedule_id": schedule.id, **asdict(leg)}
        for schedule in schedules
        for leg in schedule.legs
    ]
    await uow.execute(_SAVE_LEGS, rows=legs)


def _row(schedule: Schedule) -> JsonObject:
    return {
        "id": schedule.id,
        "carrier": schedule.carrier,
        "flight_number": schedule.flight_number,
        "route_id": schedule.route_id,
        "valid_from": schedule.valid_from.isoformat(),
        "valid_to": None if schedule.valid_to is None else schedule.valid_to.isoformat(),
        "weekdays": schedule.weekdays,
        "cancelled_on": [day.isoformat() for day in sorted(schedule.cancelled_on)],
        "added_on": [day.isoformat() for day in sorted(schedule.added_on)],
        "basis": schedule.basis,
        "source": schedule.source,
        "as_of": None if schedule.as_of is None else schedule.as_of.isoformat(),
        "import_id": schedule.import_id,
    }


async def add_schedules(uow: UnitOfWork, schedules: Sequence[Schedule], *, import_id: str) -> None:
    """Thousands of new ones of an import, legs included."""
    if not schedules:
        return
    rows = [_values(schedule, import_id) for schedule in schedules]
    await uow.copy_rows("routing.schedules", _NEW, rows)
    legs = [
        (schedule.id, *(getattr(leg, name) for name in _NEW_LEGS[1:]))
        for schedule in schedules
        for leg in schedule.legs
    ]
    await uow.copy_rows("routing.schedule_legs", _NEW_LEGS, legs)


def _values(schedule: Schedule, import_id: str) -> tuple[object, ...]:
    return (
        schedule.id,
        schedule.carrier,
        schedule.flight_number,
        schedule.route_id,
        schedule.valid_from,
        schedule.valid_to,
        schedule.weekdays,
        sorted(schedule.cancelled_on),
        sorted(schedule.added_on),
        schedule.basis,
        schedule.source,
        schedule.as_of,
        import_id,
    )


async def save_days(uow: UnitOfWork, schedules: Sequence[Schedule], *, import_id: str) -> None:
    """Of schedules that are there: which days they run, and what import says so. Legs stay."""
    if schedules:
        rows = [_row(schedule) | {"import_id": import_id} for schedule in schedules]
        await uow.execute(_SAVE_DAYS, rows=rows)


async def list_schedules(reader: Reader, *, first_on: date, last_on: date) -> list[Schedule]:
    """Those that may run on a day from `first_on` to `last_on`, by flight number."""
    legs = await reader.fetch_all(_LEGS, first_on=first_on, last_on=last_on)
    rows = await reader.fetch_all(_SCHEDULES, first_on=first_on, last_on=last_on)
    return _joined(rows, legs)


async def list_schedules_of_numbers(reader: Reader, numbers: Sequence[str]) -> list[Schedule]:
    """Those that run on any day, by flight number."""
    rows = await reader.fetch_all(_SCHEDULES_OF_NUMBERS, numbers=numbers)
    if not rows:
        return []
    ids = [row.id for row in rows]
    return _joined(rows, await reader.fetch_all(_LEGS_OF_SCHEDULES, schedule_ids=ids))


async def list_numbers_of_carriers(
    reader: Reader, carriers: Sequence[str], *, first_on: date
) -> list[str]:
    """Flight numbers that they may fly on that day or later."""
    return await reader.fetch_values(_NUMBERS_OF_CARRIERS, carriers=carriers, first_on=first_on)


def _joined(rows: Sequence[_ScheduleRow], legs_of_all: Sequence[_LegRow]) -> list[Schedule]:
    legs: dict[str, list[ScheduleLeg]] = {}
    for leg in legs_of_all:
        legs.setdefault(leg.schedule_id, []).append(leg.leg)
    return [
        Schedule(
            row.id,
            row.carrier,
            row.flight_number,
            row.route_id,
            row.valid_from,
            row.valid_to,
            row.weekdays,
            frozenset(row.cancelled_on),
            frozenset(row.added_on),
            row.basis,
            row.source,
            row.as_of,
            row.import_id,
            tuple(legs.get(row.id, ())),
        )
        for row in rows
    ]
