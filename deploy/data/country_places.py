"""`country-places.csv`: one place per country, the first that the IANA time zone database names."""

import re
from pathlib import Path
from typing import Final

from deploy.data.csv_files import csv_bytes

_COLUMNS: Final = ("country", "latitude_deg", "longitude_deg", "place")
# ISO 6709: degrees and minutes, in some rows seconds as well.
_POSITION: Final = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")


def build(zone_tab: Path) -> bytes:
    """`zone_tab`: `zone.tab`, which names the most populous zone of a country first."""
    first: dict[str, tuple[str, str, str]] = {}
    for line in zone_tab.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, position, zone = line.split("\t")[:3]
            place = zone.rpartition("/")[2].replace("_", " ")
            first.setdefault(country, (*_degrees(position), place))
    return csv_bytes(_COLUMNS, ((code, *row) for code, row in sorted(first.items())), "\n")


def _degrees(position: str) -> tuple[str, str]:
    found = _POSITION.fullmatch(position)
    assert found is not None, position
    latitude, longitude = found.groups()[:4], found.groups()[4:]
    return _decimal(*latitude), _decimal(*longitude)


def _decimal(sign: str, degrees: str, minutes: str, seconds: str | None) -> str:
    value = int(degrees) + int(minutes) / 60 + int(seconds or 0) / 3600
    return f"{-value if sign == '-' else value:.2f}"
