"""`airports.csv`: the airports of the network, from the package `airportsdata`.

Positions are compared with those of OurAirports (airport-positions.csv). Where the two are more
than 5 km apart, a table says which is right, and why.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from deploy.data.csv_files import CsvRow, csv_bytes, read_rows
from deploy.data.great_circle import Position, great_circle_km

_COLUMNS: Final = (
    "iata",
    "icao",
    "name",
    "city",
    "country_iso2",
    "latitude_deg",
    "longitude_deg",
    "time_zone",
    "source",
    "as_of",
    "basis",
)
MADE_FROM: Final = "airportsdata 20260905"
_AS_OF: Final = "2026-09-05"
_APART_KM_MAX: Final = 5.0

# Right is the other source.
_SEXAGESIMAL: Final = "degrees, minutes and seconds were stored as decimals"
_CORRECTED: Final[Mapping[str, str]] = {
    "BRU": _SEXAGESIMAL,
    "LGG": _SEXAGESIMAL,
    "LUX": _SEXAGESIMAL,
    "KMG": "the airport that closed in 2012",
    "LYG": "the airport that closed in 2021",
    "NKC": "the airport that closed in 2016",
    "SWA": "the airport that closed in 2011",
    "ZHA": "the airport that closed in 2022",
}
# Right is this one.
_CONFIRMED: Final[Mapping[str, str]] = {
    "JNG": "opened in 2023 at another place, after the other list was made",
}
# The other source does not have it.
_UNCOMPARED: Final[Mapping[str, str]] = {
    "EHU": "listed there since; 30.341178 N, 115.03926 E is less than 1 km away",
    "KTI": "opened in 2025, after the other list was made",
}
# Whose country the package names differently.
_TERRITORIES: Final[Mapping[str, str]] = {
    "LYR": "SJ",
    "MHQ": "AX",
    "SJU": "PR",
    "STX": "VI",
}


class AirportUnknown(Exception):
    """A route names an airport that the package does not have."""


class PositionUnclear(ValueError):
    """The two sources place an airport differently, and nobody has decided which is right."""


def build(source: Path, data: Path) -> bytes:
    """`source`: `airports.csv` of `airportsdata`. Raises AirportUnknown or PositionUnclear."""
    known = {row["iata"]: row for row in read_rows(source) if row["iata"]}
    needed = list(needed_airports(data))
    if missing := [iata for iata in needed if iata not in known]:
        raise AirportUnknown(f"{source} has no airport {', '.join(missing)}")
    other = {row["iata"]: _position(row) for row in read_rows(data / "airport-positions.csv")}
    return csv_bytes(_COLUMNS, (_row(known[iata], other.get(iata)) for iata in needed), "\r\n")


def needed_airports(data: Path) -> Iterator[str]:
    """The origin and the destinations of the routes in their order; then the others by code."""
    routes, legs = read_rows(data / "routes.csv"), read_rows(data / "onward-legs.csv")
    first = dict.fromkeys([routes[0]["origin"], *(route["destination"] for route in routes)])
    yield from first
    others = {leg[end] for leg in legs for end in ("origin", "destination")}
    others |= {row["airport"] for row in read_rows(data / "country-airports.csv")} - {""}
    yield from sorted(others - first.keys())


def _row(airport: CsvRow, other: Position | None) -> tuple[str, ...]:
    code, here = airport["iata"], (float(airport["lat"]), float(airport["lon"]))
    source = MADE_FROM
    if other is None:
        if code not in _UNCOMPARED:
            raise PositionUnclear(f"{code} is in one source only")
    elif (apart_km := great_circle_km(here, other)) > _APART_KM_MAX:
        if code in _CORRECTED:
            here, source = other, f"{MADE_FROM}; position of OurAirports: {_CORRECTED[code]}"
        elif code not in _CONFIRMED:
            raise PositionUnclear(f"{code}: the sources place it {apart_km:.0f} km apart")
    return (
        code,
        airport["icao"],
        airport["name"],
        airport["city"],
        _TERRITORIES.get(code, airport["country"]),
        f"{here[0]:.5f}",
        f"{here[1]:.5f}",
        airport["tz"],
        source,
        _AS_OF,
        "reported",
    )


def _position(row: CsvRow) -> Position:
    return float(row["latitude_deg"]), float(row["longitude_deg"])
