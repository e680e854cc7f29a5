"""`airports.csv`: the airports of routes and onward legs, from the package `airportsdata`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from deploy.data.csv_files import CsvRow, csv_bytes, read_rows

_COLUMNS: Final = (
    "iata",
    "icao",
    "name",
    "city",
    "country_iso2",
    "latitude_deg",
    "longitude_deg",
    "time_zone",
)
# The package places these 16 to 42 km off. Latitude and longitude in degrees, as published by the
# airports.
_CORRECTED: Final[Mapping[str, tuple[str, str]]] = {
    "LGG": ("50.63740", "5.44320"),
    "BRU": ("50.90140", "4.48440"),
    "LUX": ("49.62330", "6.20440"),
}


class AirportUnknown(Exception):
    """A route names an airport that the package does not have."""


def build(source: Path, data: Path) -> bytes:
    """`source`: `airports.csv` of `airportsdata`. Raises AirportUnknown."""
    known = {row["iata"]: row for row in read_rows(source) if row["iata"]}
    needed = list(_needed(data))
    if missing := [iata for iata in needed if iata not in known]:
        raise AirportUnknown(f"{source} has no airport {', '.join(missing)}")
    return csv_bytes(_COLUMNS, (_row(known[iata]) for iata in needed), "\r\n")


def _needed(data: Path) -> Iterator[str]:
    """The origin and the destinations of the routes in their order; then the others by code."""
    routes, legs = read_rows(data / "routes.csv"), read_rows(data / "onward-legs.csv")
    first = dict.fromkeys([routes[0]["origin"], *(route["destination"] for route in routes)])
    yield from first
    yield from sorted(
        {leg[end] for leg in legs for end in ("origin", "destination")} - first.keys()
    )


def _row(airport: CsvRow) -> tuple[str, ...]:
    latitude, longitude = _CORRECTED.get(
        airport["iata"], (f"{float(airport['lat']):.5f}", f"{float(airport['lon']):.5f}")
    )
    return (
        airport["iata"],
        airport["icao"],
        airport["name"],
        airport["city"],
        airport["country"],
        latitude,
        longitude,
        airport["tz"],
    )
