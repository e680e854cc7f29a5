"""Whether a leg of a timetable can be flown or driven: its times, its length, its load."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from services.routing.domain.network.geo import Place, great_circle_km
from services.routing.domain.network.records import Airport, Mode, Vehicle
from services.routing.domain.network.vehicles import payload_kg_at
from services.routing.domain.timetable import faults
from services.routing.domain.timetable.dated import instant
from services.routing.domain.timetable.faults import Fault, FaultKind
from services.routing.domain.timetable.rows import LegRow
from services.routing.domain.timetable.traffic_days import TrafficDays

# Above cruising speeds with a tail wind, and above what trucks may drive anywhere.
_KM_PER_H_MAX: Final[Mapping[Mode, int]] = {"air": 1_200, "road": 120}
# Clocks of schedules without an end are looked at for so long.
_YEARS_CHECKED: Final = 3


class LegCheck:
    """What is wrong with legs, one by one. Remembers what it found out about pairs of airports."""

    def __init__(self, airports: Mapping[str, Airport], vehicles: Mapping[str, Vehicle]) -> None:
        self._airports = airports
        self._vehicles = vehicles
        self._zones = {iata: ZoneInfo(airport.time_zone) for iata, airport in airports.items()}
        self.distance_km: Callable[[str, str], int] = lru_cache(maxsize=None)(self._distance_km)

    def faults(self, row: LegRow) -> Iterator[Fault]:
        if row.valid_to is not None and row.valid_to < row.valid_from:
            dates = {"valid_to": row.valid_to.isoformat(), "valid_from": row.valid_from.isoformat()}
            yield _fault(row, "valid_to", faults.VALIDITY, **dates)
            return
        days = TrafficDays(row.valid_from, row.valid_to, row.weekdays)
        first = days.starts_on()
        if first is None:
            yield _fault(row, "weekdays", faults.NO_DAY)
            return
        if row.origin == row.destination:
            yield _fault(row, "destination", faults.SAME_AIRPORT, value=row.origin)
            return
        yield from self._of_vehicle(row)
        yield from self._of_times(row, days, first)

    def payload_kg(self, row: LegRow) -> int:
        """What its vehicle can carry so far; 0: it cannot go so far."""
        distance_km = self.distance_km(row.origin, row.destination)
        return payload_kg_at(self._vehicles[row.vehicle], distance_km)

    def _of_vehicle(self, row: LegRow) -> Iterator[Fault]:
        vehicle, payload_kg = self._vehicles[row.vehicle], self.payload_kg(row)
        if payload_kg == 0:
            yield _fault(
                row,
                "vehicle",
                faults.OUT_OF_RANGE,
                distance_km=self.distance_km(row.origin, row.destination),
                vehicle=row.vehicle,
                range_km=vehicle.range_max_km,
            )
            return
        for column, given, most in (
            ("payload_kg", row.payload_kg, payload_kg),
            ("volume_dm3", row.volume_dm3, vehicle.volume_dm3),
        ):
            if given is not None and given > most:
                shown = row.vehicle
                yield _fault(
                    row, column, faults.OVER_PAYLOAD, value=given, vehicle=shown, most=most
                )

    def _of_times(self, row: LegRow, days: TrafficDays, first: date) -> Iterator[Fault]:
        minutes = self._minutes(row, first)
        for day in self._days_of_other_clocks(row, days):
            if (shorter := self._minutes(row, day)) < minutes:
                minutes, first = shorter, day
        if minutes <= 0:
            when, column = first.isoformat(), "arrives_local"
            yield _fault(row, column, faults.ARRIVES_BEFORE, day=when, minutes=minutes)
            return
        mode = self._vehicles[row.vehicle].mode
        distance_km = self.distance_km(row.origin, row.destination)
        if distance_km * 60 > minutes * _KM_PER_H_MAX[mode]:
            yield _fault(
                row,
                "arrives_local",
                faults.TOO_FAST,
                distance_km=distance_km,
                minutes=minutes,
                mode=mode,
            )

    def _minutes(self, row: LegRow, day: date) -> int:
        """From departure to arrival in the trip of a day."""
        departs_on = day + timedelta(days=row.departs_day)
        arrives_on = day + timedelta(days=row.arrives_day)
        arrives_at = instant(arrives_on, row.arrives_min, self._zones[row.destination])
        departs_at = instant(departs_on, row.departs_min, self._zones[row.origin])
        return int((arrives_at - departs_at).total_seconds()) // 60

    def _days_of_other_clocks(self, row: LegRow, days: TrafficDays) -> Iterator[date]:
        """Operating days on which a leg begins or ends on a day whose clocks are changed."""
        last = row.valid_from.year + _YEARS_CHECKED
        if row.valid_to is not None:
            last = min(last, row.valid_to.year)
        for iata, later in ((row.origin, row.departs_day), (row.destination, row.arrives_day)):
            zone = self._airports[iata].time_zone
            for year in range(row.valid_from.year, last + 1):
                for changed_on in _days_clocks_change(zone, year):
                    day = changed_on - timedelta(days=later)
                    if days.runs_on(day):
                        yield day

    def _distance_km(self, origin: str, destination: str) -> int:
        a, b = self._airports[origin], self._airports[destination]
        return round(
            great_circle_km(
                Place(a.latitude_deg, a.longitude_deg), Place(b.latitude_deg, b.longitude_deg)
            )
        )


def _fault(row: LegRow, column: str, kind: FaultKind, **params: str | int) -> Fault:
    return Fault(row.line, column, kind, {"column": column, **params}, row.flight_number)


@lru_cache(maxsize=10_000)
def _days_clocks_change(time_zone: str, year: int) -> tuple[date, ...]:
    zone = ZoneInfo(time_zone)
    midnights = (instant(date(year, 1, 1) + timedelta(days=n), 0, zone) for n in range(367))
    changed: list[date] = []
    before = next(midnights)
    for n, midnight in enumerate(islice(midnights, 366)):
        if midnight - before != timedelta(days=1):
            changed.append(date(year, 1, 1) + timedelta(days=n))
        before = midnight
    return tuple(changed)
