"""`delivery-regions.csv`: from which airports goods are delivered to which part of a country, and
how long import and the last mile take.

Countries in postal-regions.csv have the regions written there. Any other one that has an airport in
the network is a region by itself, with the airports nearest to its first place. Technical stops
deliver nothing unless such a row names them.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from deploy.data.csv_files import CsvRow, csv_bytes, read_rows
from deploy.data.great_circle import Position, great_circle_km

_COLUMNS: Final = (
    *("region", "country", "postal_prefixes", "name", "airport", "road_km", "clearance_h"),
    *("delivery_h", "source", "as_of", "basis"),
)
_SOURCE: Final = "rule of deploy/data/delivery_regions.py"
_AS_OF: Final = "2026-11-28"
_HOME: Final = "CN"
_GATEWAYS_MAX: Final = 3

# Planning values: import clearance abroad; sorting and the round of the last mile anywhere; the way
# from the gateway by road, a quarter longer than the great circle.
_CLEARANCE_H: Final = 24
_LAST_MILE_H: Final = 18
_ROAD_FACTOR: Final = 1.25
_ROAD_KM_PER_H: Final = 60
_ROAD_KM_MIN: Final = 10


def build(_source: Path, data: Path) -> bytes:
    """From the other files of `data`."""
    airports = {row["iata"]: row for row in read_rows(data / "airports.csv")}
    by_hand = read_rows(data / "postal-regions.csv")
    own = {row["country"] for row in by_hand}
    others = _other_countries(data, airports, own)
    rows = [
        _row(region, airports[gateway])
        for region in sorted((*by_hand, *others), key=lambda region: region["region"])
        for gateway in region["gateways"].split()
    ]
    return csv_bytes(_COLUMNS, rows, "\n")


def _other_countries(data: Path, airports: Mapping[str, CsvRow], own: set[str]) -> Iterator[CsvRow]:
    legs = [
        leg
        for name in ("routes.csv", "onward-legs.csv", "feeders.csv")
        for leg in read_rows(data / name)
    ]
    ends = {leg["destination"] for leg in legs}
    ends -= {stop for leg in legs for stop in leg["via"].split()}
    for place in read_rows(data / "country-places.csv"):
        here = [
            airports[iata] for iata in ends if airports[iata]["country_iso2"] == place["country"]
        ]
        if here and place["country"] not in own:
            yield _whole_country(place, here)


def _whole_country(place: CsvRow, airports: Sequence[CsvRow]) -> CsvRow:
    at = _position(place)
    nearest = sorted(airports, key=lambda a: (great_circle_km(at, _position(a)), a["iata"]))
    return {
        "region": place["country"],
        "country": place["country"],
        "postal_prefixes": "",
        "name": place["place"],
        "latitude_deg": place["latitude_deg"],
        "longitude_deg": place["longitude_deg"],
        "gateways": " ".join(airport["iata"] for airport in nearest[:_GATEWAYS_MAX]),
    }


def _row(region: CsvRow, gateway: CsvRow) -> tuple[str, ...]:
    way_km = great_circle_km(_position(region), _position(gateway)) * _ROAD_FACTOR
    road_km = max(_ROAD_KM_MIN, round(way_km))
    return (
        region["region"],
        region["country"],
        region["postal_prefixes"],
        region["name"],
        gateway["iata"],
        str(road_km),
        str(0 if region["country"] == _HOME else _CLEARANCE_H),
        str(_LAST_MILE_H + math.ceil(road_km / _ROAD_KM_PER_H)),
        _SOURCE,
        _AS_OF,
        "synthetic",
    )


def _position(row: CsvRow) -> Position:
    return float(row["latitude_deg"]), float(row["longitude_deg"])
