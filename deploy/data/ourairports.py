"""The airports of OurAirports, as the package `ourairports` has them: public domain, 2022-10-11."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.data.great_circle import Position

MADE_FROM: Final = "OurAirports 2022-10-11"
AS_OF: Final = "2022-10-11"
SIZES: Final = ("large_airport", "medium_airport", "small_airport")
# IATA codes that have changed since: today's code, and the one in the file.
_RENAMED: Final = {"BSZ": "FRU", "RMO": "KIV"}
_FEET_PER_M: Final = 3.28084


@dataclass(frozen=True)
class Listed:
    iata: str
    country: str
    size: str
    position: Position
    runway_m: int
    is_scheduled: bool


def read_airports(folder: Path) -> dict[str, Listed]:
    """By IATA code; those without a code and closed ones are left out.

    `folder`: the data of the package, `airports.csv.gz` and `runways.csv.gz`.
    """
    runways = _longest_runways(folder / "runways.csv.gz")
    today = {then: now for now, then in _RENAMED.items()}
    found: dict[str, Listed] = {}
    for row in _rows(folder / "airports.csv.gz"):
        code = today.get(row["iata_code"], row["iata_code"])
        if code and row["type"] in SIZES:
            found.setdefault(
                code,
                Listed(
                    iata=code,
                    country=row["iso_country"],
                    size=row["type"],
                    position=(float(row["latitude_deg"]), float(row["longitude_deg"])),
                    runway_m=runways.get(row["ident"], 0),
                    is_scheduled=row["scheduled_service"] == "yes",
                ),
            )
    return found


def _longest_runways(path: Path) -> dict[str, int]:
    """Metres by the airport's ident."""
    longest: dict[str, int] = {}
    for row in _rows(path):
        if row["closed"] != "1" and row["length_ft"]:
            metres = int(float(row["length_ft"]) / _FEET_PER_M)
            longest[row["airport_ident"]] = max(metres, longest.get(row["airport_ident"], 0))
    return longest


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)
