"""From the country names of a slice to ISO 3166 codes and to stores.

Names that do not stand for a single country get a code that ISO reserves or leaves to users. Such
an order is sent as it is: refusing it is the task of the platform.
"""

import csv
import importlib.resources
from functools import cache
from pathlib import Path
from typing import Final

DIRECT: Final = "direct"
UNKNOWN: Final = "ZZ"  # left to users by ISO 3166-1: never a country

_NAMES: Final = {
    "united kingdom": "GB",
    "eire": "IE",
    "usa": "US",
    "rsa": "ZA",
    "korea": "KR",
    "united arab emirates": "AE",
    "channel islands": "JE",  # Jersey is the larger of the two bailiwicks
    "west indies": UNKNOWN,  # a region of some twenty countries
    "european community": "EU",  # reserved in ISO 3166-1, not a country
    "unspecified": UNKNOWN,
    "": UNKNOWN,
}


@cache
def _iso_names() -> dict[str, str]:
    """English short names of the IANA time zone database, lower case."""
    table = importlib.resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {name.strip().lower(): code for code, name in pairs}


def country_code(name: str) -> str:
    """ISO alpha-2 of a country's name as the slices write it; `ZZ` for an unknown name."""
    key = name.strip().lower()
    return _NAMES.get(key) or _iso_names().get(key, UNKNOWN)


def stores_by_country(marketplaces: Path) -> dict[str, str]:
    """ISO country → code of its store, for the stores that are open to Chinese sellers."""
    with marketplaces.open(encoding="utf-8") as text:
        return {
            row["country_iso2"]: row["code"]
            for row in csv.DictReader(text)
            if row["open_to_chinese_sellers_19"] == "true"
        }
