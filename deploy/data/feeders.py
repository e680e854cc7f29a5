"""`feeders.csv`: how countries are reached that no route or onward leg goes to; all made up.

By air from the two nearest gateways of different countries, by road from the nearest one that
trucks can come from. Distances are great circles, by road a quarter longer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.data.csv_files import CsvRow, csv_bytes, read_rows
from deploy.data.great_circle import Position, great_circle_km

_COLUMNS: Final = (
    *("number", "origin", "destination", "via", "mode", "carrier", "vehicle"),
    *("weekly_frequency", "payload_t", "distance_km", "source", "as_of", "basis", "note"),
)
_SOURCE: Final = "rule of deploy/data/feeders.py: nearest gateways, great circle"
_AS_OF: Final = "2026-11-28"
_CARRIER: Final = "EH"
# Numbers of flights that are in the file stay; new rows are numbered on from the highest.
_FIRST_NUMBER: Final = 7_000
_NUMBER_STEP: Final = 5

_GATEWAYS: Final = (
    *("ADD", "AKL", "ALA", "ATH", "AUH", "BGI", "BKK", "BOM", "BUD", "CDG", "CPH", "DEL", "DOH"),
    *("DXB", "FRA", "GRU", "GUM", "HKG", "ICN", "IST", "JFK", "JNB", "KUL", "LAX", "LGG", "LHR"),
    *("LOS", "MAD", "MIA", "MXP", "NAN", "NBO", "NRT", "OSL", "PER", "SIN", "SXM", "SYD"),
)
# Other gateways than the nearest, because the nearest are not flown from.
_ONLY_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    "BY": ("SVO", "IST"),
    "CU": ("PTY", "MAD"),
    "KP": ("PEK",),
    "UA": (),
}
# The second gateway is left out if it is further away than both of these.
_SECOND_KM_MAX: Final = 2_500
_SECOND_RATIO_MAX: Final = 2.5

_ROAD_FACTOR: Final = 1.25
_ROAD_KM_MAX: Final = 1_200
_ROAD_KM_SHORT: Final = 600
_ROAD_GATEWAYS: Final = (
    *_GATEWAYS,
    *("AMM", "AMS", "BCN", "BKI", "BRU", "CCU", "CGN", "EZE", "FCO", "GUA", "LYS", "MUC", "PTY"),
    *("RUH", "VIE", "WAW"),
)
# Trucks go between any two countries of a group: over land, a bridge, a tunnel or a ferry.
_EUROPE: Final = (
    "AL AT BA BE BG CH CZ DE DK EE ES FI FR GB GI GR HR HU IE IT LT LU LV MD ME MK NL NO PL PT RO"
    " RS SE SI SK TR UA"
)
_BY_ROAD: Final = tuple(
    frozenset(group.split())
    for group in (
        _EUROPE,
        "ES MA",
        "RU BY",
        "AE BH KW OM QA SA",
        "BW LS MZ NA SZ ZA ZW",
        "BI KE RW SS TZ UG",
        "KH LA MM MY SG TH VN",
        "BN MY",
        "HK MO",
        "MF SX",
        "BZ GT HN NI SV",
        "CR NI PA",
        "AR BR CL PY UY",
        "BJ GH NG TG",
        "KG KZ UZ",
        "BT IN NP",
    )
)

# What such a vehicle is loaded with, in tonnes.
_PAYLOAD_T: Final[Mapping[str, str]] = {
    "B77F": "102.0",
    "B763F": "52.0",
    "B738F": "22.0",
    "AT76F": "8.5",
    "A320P": "2.5",
    "AT76P": "0.8",
    "DHC6P": "0.4",
    "truck": "20.0",
}
# Smallest first: aircraft, and the runways it flies to, from and below, in metres.
_FLEET: Final = (
    ("DHC6P", 0, 1_150),
    ("AT76P", 1_150, 1_500),
    ("AT76F", 1_500, 2_100),
    ("A320P", 1_500, 2_100),
    ("B738F", 2_100, 9_999),
    ("B763F", 2_100, 9_999),
    ("B77F", 3_000, 9_999),
)
_WEEKLY: Final[Mapping[str, int]] = {"large": 5, "medium": 3, "small": 2}


@dataclass(frozen=True)
class _Leg:
    origin: str
    destination: str
    mode: str
    vehicle: str
    weekly_frequency: int
    distance_km: int

    @property
    def key(self) -> tuple[str, str, str]:
        return self.origin, self.destination, self.mode


@dataclass(frozen=True)
class _World:
    positions: Mapping[str, Position]
    countries: Mapping[str, str]
    range_km: Mapping[str, int]
    reached: frozenset[str]


def build(_source: Path, data: Path) -> bytes:
    """From the other files of `data`; numbers are those of the file that is there."""
    world = _world(data)
    legs = [
        leg
        for row in read_rows(data / "country-airports.csv")
        if row["airport"] and row["airport"] not in world.reached
        for leg in (*_by_air(row, world), *_by_road(row, world))
    ]
    return csv_bytes(_COLUMNS, _numbered(legs, data / "feeders.csv"), "\n")


def _world(data: Path) -> _World:
    airports = read_rows(data / "airports.csv")
    legs = [*read_rows(data / "routes.csv"), *read_rows(data / "onward-legs.csv")]
    return _World(
        positions={
            row["iata"]: (float(row["latitude_deg"]), float(row["longitude_deg"]))
            for row in airports
        },
        countries={row["iata"]: row["country_iso2"] for row in airports},
        range_km={row["vehicle"]: int(row["range_km"]) for row in read_rows(data / "vehicles.csv")},
        reached=frozenset(leg["destination"] for leg in legs),
    )


def _by_air(row: CsvRow, world: _World) -> Iterator[_Leg]:
    here, country = world.positions[row["airport"]], row["country"]
    gateways = _ONLY_FROM.get(country, _GATEWAYS)
    by_distance = sorted(
        (great_circle_km(world.positions[code], here), code)
        for code in gateways
        if code != row["airport"]
    )
    first_km, others = 0.0, set[str]()
    for km, code in by_distance:
        vehicle = _aircraft(row["size"], int(row["runway_m"]), km, world.range_km)
        if vehicle is None or world.countries[code] in others:
            continue
        is_second = bool(others)
        if is_second and km > max(_SECOND_KM_MAX, _SECOND_RATIO_MAX * first_km):
            return
        weekly = _WEEKLY[row["size"]] - is_second
        yield _Leg(code, row["airport"], "air", vehicle, weekly, round(km))
        if is_second:
            return
        first_km = km
        others.add(world.countries[code])


def _aircraft(size: str, runway_m: int, km: float, range_km: Mapping[str, int]) -> str | None:
    """The smallest that is usual there, lands on that runway and reaches that far; None: none."""
    usual = (
        vehicle
        for vehicle, shortest_m, longest_m in _FLEET
        if shortest_m <= runway_m < longest_m
        # A large airport is worth a larger aircraft unless the way is short.
        and not (size == "large" and vehicle == "B738F" and km > range_km[vehicle] / 2)
    )
    return next((vehicle for vehicle in usual if km <= range_km[vehicle]), None)


def _by_road(row: CsvRow, world: _World) -> Iterator[_Leg]:
    here, country = world.positions[row["airport"]], row["country"]
    ways = sorted(
        (great_circle_km(world.positions[code], here) * _ROAD_FACTOR, code)
        for code in _ROAD_GATEWAYS
        if any({country, world.countries[code]} <= group for group in _BY_ROAD)
        and world.countries[code] != country
    )
    if ways and ways[0][0] <= _ROAD_KM_MAX:
        km, code = ways[0]
        weekly = 6 if km <= _ROAD_KM_SHORT else 4
        yield _Leg(code, row["airport"], "road", "truck", weekly, max(1, round(km)))


def _numbered(legs: list[_Leg], present: Path) -> Iterator[tuple[str, ...]]:
    rows = read_rows(present) if present.exists() else []
    numbers = {(r["origin"], r["destination"], r["mode"]): int(r["number"]) for r in rows}
    after = max(numbers.values(), default=_FIRST_NUMBER - _NUMBER_STEP)
    for leg in legs:
        if leg.key not in numbers:
            after += _NUMBER_STEP
            numbers[leg.key] = after
    for leg in sorted(legs, key=lambda leg: numbers[leg.key]):
        yield (
            str(numbers[leg.key]),
            leg.origin,
            leg.destination,
            "",
            leg.mode,
            _CARRIER,
            leg.vehicle,
            str(leg.weekly_frequency),
            _PAYLOAD_T[leg.vehicle],
            str(leg.distance_km),
            _SOURCE,
            _AS_OF,
            "synthetic",
            "",
        )
