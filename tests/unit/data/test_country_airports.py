"""The airport of a country is chosen by rule: what is reached, then what is near, then what is
large; and feeders land where their runway is long enough."""

import csv
import gzip
from pathlib import Path

import pytest

from deploy.data.built_files import DATA
from deploy.data.country_airports import airport_by_rule
from deploy.data.ourairports import Listed, read_airports

PLACE = (0.0, 0.0)
KM_PER_DEGREE = 111.2


def an_airport(
    code: str, *, km: float, size: str = "medium_airport", runway_m: int = 2_000, **more: object
) -> Listed:
    """So many kilometres east of the country's place."""
    values = {"country": "XX", "is_scheduled": True} | more
    return Listed(
        iata=code,
        country=str(values["country"]),
        size=size,
        position=(0.0, km / KM_PER_DEGREE),
        runway_m=runway_m,
        is_scheduled=bool(values["is_scheduled"]),
    )


def chosen(*airports: Listed, named: tuple[str, ...] = ()) -> str:
    return airport_by_rule("XX", {a.iata: a for a in airports}, PLACE, set(named))


def test_of_those_nearby_the_largest_class_and_then_the_longest_runway() -> None:
    near = an_airport("AAA", km=5, runway_m=3_000)
    larger = an_airport("BBB", km=50, size="large_airport", runway_m=2_000)
    longer = an_airport("CCC", km=90, size="large_airport", runway_m=2_500)
    far = an_airport("DDD", km=110, size="large_airport", runway_m=4_000)

    assert chosen(near, far) == "AAA"
    assert chosen(near, larger, far) == "BBB"
    assert chosen(near, larger, longer, far) == "CCC"


def test_with_none_nearby_the_nearest_of_the_largest_class() -> None:
    small = an_airport("AAA", km=200)
    nearer = an_airport("BBB", km=300, size="large_airport", runway_m=2_000)
    longer = an_airport("CCC", km=400, size="large_airport", runway_m=4_000)

    assert chosen(small, nearer, longer) == "BBB"


def test_an_airport_that_legs_reach_stays() -> None:
    large = an_airport("AAA", km=5, size="large_airport")
    reached = an_airport("BBB", km=900)

    assert chosen(large, reached, named=("BBB",)) == "BBB"


def test_a_country_without_scheduled_service_needs_a_reason() -> None:
    with pytest.raises(LookupError, match="XX has no airport with scheduled service"):
        chosen(
            an_airport("AAA", km=5, is_scheduled=False),
            an_airport("BBB", km=5, country="YY"),
        )


def test_closed_runways_and_airports_do_not_count(tmp_path: Path) -> None:
    _write(
        tmp_path / "airports.csv.gz",
        "ident,type,latitude_deg,longitude_deg,iso_country,scheduled_service,iata_code",
        "UAFM,medium_airport,43.0,74.5,KG,yes,FRU",
        "OLD,closed,1,1,KG,no,XYZ",
        "HELI,heliport,1,1,KG,yes,HEL",
    )
    _write(
        tmp_path / "runways.csv.gz",
        "airport_ident,length_ft,closed",
        "UAFM,13780,0",
        "UAFM,20000,1",
        "UAFM,,0",
    )

    airports = read_airports(tmp_path)

    assert list(airports) == ["BSZ"], "its code of today"
    assert airports["BSZ"].runway_m == 4_200
    assert airports["BSZ"].is_scheduled


def test_feeders_land_on_runways_that_are_long_enough() -> None:
    runways = {row["airport"]: int(row["runway_m"] or 0) for row in _rows("country-airports.csv")}
    needed_m = {"B77F": 3_000, "B763F": 2_100, "B738F": 2_100, "A320P": 1_500, "AT76F": 1_500}

    for leg in _rows("feeders.csv"):
        assert runways[leg["destination"]] >= needed_m.get(leg["vehicle"], 0), leg
    short = {leg["vehicle"] for leg in _rows("feeders.csv") if leg["destination"] == "SBH"}
    assert short == {"DHC6P"}, "646 m"


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _write(path: Path, *lines: str) -> None:
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
