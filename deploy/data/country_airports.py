"""`country-airports.csv`: the airport by which each country or territory is reached.

By rule it is an airport with scheduled service near the country's first place (country-places.csv):
of those within 100 km the largest class, then the longest runway; if there is none so near, the
nearest of the largest class. Countries that routes or onward legs reach keep the airport those name
that is nearest to the place.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.data.csv_files import CsvRow, csv_bytes, read_rows
from deploy.data.great_circle import Position, great_circle_km
from deploy.data.ourairports import AS_OF, MADE_FROM, SIZES, Listed, read_airports
from shared.kernel.country import COUNTRIES

_COLUMNS: Final = ("country", "airport", "size", "runway_m", "source", "as_of", "basis", "note")
_NEAR_KM: Final = 100
_RULE: Final = f"{MADE_FROM}; chosen by rule"
_TABLE: Final = f"{MADE_FROM}; chosen by hand"

# The rule would take another one: which it is, and why.
_CHOSEN: Final[Mapping[str, tuple[str, str]]] = {
    "AU": ("SYD", "the first place of the country is an island"),
    "AX": ("MHQ", "listed under FI"),
    "BR": ("GRU", "the first place of the country is an island"),
    "CA": ("YYZ", "the first place of the country lies far in the east"),
    "ER": ("ASM", "the capital's; the rule prefers the longer runway of Massawa"),
    "FJ": ("NAN", "the international gateway is Nadi"),
    "KH": ("KTI", "opened in 2025 in place of PNH, after the list was made"),
    "NC": ("NOU", "the international gateway is La Tontouta"),
    "SD": ("PZU", "Khartoum is closed to traffic from abroad since 2023"),
    "SJ": ("LYR", "listed under NO"),
    "TC": ("PLS", "the international gateway is Providenciales"),
    "TZ": ("DAR", "on the mainland; the rule prefers the longer runway of Zanzibar"),
    "UA": ("KBP", "the airspace is closed since 2022: reached by road only"),
    "UZ": ("TAS", "the capital's; the first place of the country is Samarkand"),
}
# Runways that the list of 2022 does not have, in metres.
_SINCE_BUILT: Final[Mapping[str, int]] = {"GOH": 2_200, "KTI": 4_000}
# No airport with scheduled service of its own. Some are reached from a neighbour, see the regions.
_WITHOUT: Final[Mapping[str, str]] = {
    "AD": "no airport; reached by road from Spain and France",
    "AQ": "no scheduled service; research stations only",
    "BV": "uninhabited",
    "GS": "no airport and no permanent inhabitants",
    "HM": "uninhabited",
    "IO": "a military airport only",
    "LI": "no airport; reached by road from Switzerland",
    "MC": "a heliport only; reached by road from Italy and France",
    "PN": "no airport; reached by ship only",
    "PS": "no airport in service; reached by road from Israel and Jordan",
    "SM": "no airport; reached by road from Italy",
    "TF": "no airport and no permanent inhabitants",
    "TK": "no airport; reached by ship only",
    "UM": "military airports only",
    "VA": "no airport; reached by road from Rome",
}


def build(source: Path, data: Path) -> bytes:
    """`source`: the data of the package `ourairports`. Raises LookupError for a country that has
    neither an airport nor a reason."""
    listed = read_airports(source)
    places = {
        row["country"]: (float(row["latitude_deg"]), float(row["longitude_deg"]))
        for row in read_rows(data / "country-places.csv")
    }
    named = _named(data)
    rows = [
        _without(country) if country in _WITHOUT else _with(country, listed, places, named)
        for country in sorted(COUNTRIES)
    ]
    return csv_bytes(_COLUMNS, rows, "\n")


def _named(data: Path) -> set[str]:
    """Airports where routes and onward legs end; technical stops and the park's own are none."""
    legs: list[CsvRow] = []
    for name in ("routes.csv", "onward-legs.csv"):
        legs += read_rows(data / name)
    return {leg["destination"] for leg in legs}


def _without(country: str) -> tuple[str, ...]:
    return (country, "", "", "", MADE_FROM, AS_OF, "reported", _WITHOUT[country])


def _with(
    country: str, listed: Mapping[str, Listed], places: Mapping[str, Position], named: set[str]
) -> tuple[str, ...]:
    code, note = _CHOSEN.get(country, ("", ""))
    source = _TABLE if code else _RULE
    code = code or airport_by_rule(country, listed, places[country], named)
    found = listed.get(code)
    size = SIZES[0] if found is None else found.size
    runway_m = _SINCE_BUILT.get(code, 0 if found is None else found.runway_m)
    size = size.removesuffix("_airport")
    return (country, code, size, str(runway_m), source, AS_OF, "reported", note)


def airport_by_rule(
    country: str, listed: Mapping[str, Listed], place: Position, named: set[str]
) -> str:
    """The code of the country's airport; `named`: those that routes or onward legs reach.

    Raises LookupError.
    """

    def far(airport: Listed) -> float:
        return great_circle_km(place, airport.position)

    own = [a for a in listed.values() if a.country == country and a.is_scheduled]
    if reached := [a for a in own if a.iata in named]:
        return min(reached, key=far).iata
    if near := [a for a in own if far(a) <= _NEAR_KM]:
        return min(near, key=lambda a: (SIZES.index(a.size), -a.runway_m, far(a))).iata
    if own:
        return min(own, key=lambda a: (SIZES.index(a.size), far(a))).iata
    raise LookupError(f"{country} has no airport with scheduled service, and no reason is given")
