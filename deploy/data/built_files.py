"""The files of `data/` that are built from a source, and how each is built again."""

import gzip
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.data import (
    airport_positions,
    airports,
    country_airports,
    country_places,
    delivery_regions,
    feeders,
    harmonized_system,
    orders_demo,
    ourairports,
    rates,
)

DATA: Final = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True)
class BuiltFile:
    """`source`: what a person has to give, unless the package that contains it is installed:
    `package` and the path of the source in it, or unless it is a file of `data/` itself: `own`.
    `made_from`: the version of the committed file."""

    name: str
    source: str
    made_from: str
    build: Callable[[Path], bytes]
    package: tuple[str, str] | None = None
    own: str | None = None

    @property
    def path(self) -> Path:
        return DATA / self.name

    def installed_source(self) -> Path | None:
        if self.own is not None:
            return DATA / self.own
        if self.package is None or (found := importlib.util.find_spec(self.package[0])) is None:
            return None
        folders = [Path(folder) for folder in found.submodule_search_locations or ()]
        paths = (folder / self.package[1] for folder in folders)
        return next((path for path in paths if path.exists()), None)


BUILT_FILES: Final = (
    BuiltFile(
        "airports.csv",
        source="airports.csv of the package airportsdata",
        made_from=airports.MADE_FROM,
        build=lambda source: airports.build(source, DATA),
        package=("airportsdata", "airports.csv"),
    ),
    BuiltFile(
        "country-places.csv",
        source="zone.tab of the package tzdata",
        made_from="tzdata 2026.6 (IANA 2026f)",
        build=country_places.build,
        package=("tzdata", "zoneinfo/zone.tab"),
    ),
    BuiltFile(
        "rate-contracts.csv",
        source="data/rate-levels.csv",
        made_from="the committed rate-levels.csv",
        build=rates.build_contracts,
        own="rate-levels.csv",
    ),
    BuiltFile(
        "last-mile-tariffs.csv",
        source="data/country-places.csv",
        made_from="the committed country-places.csv, marketplaces.csv and exchange-rates.csv",
        build=lambda source: rates.build_last_mile(source, DATA),
        own="country-places.csv",
    ),
    BuiltFile(
        "country-airports.csv",
        source="the data of the package ourairports, airports.csv.gz and runways.csv.gz",
        made_from=ourairports.MADE_FROM,
        build=lambda source: country_airports.build(source, DATA),
        package=("ourairports", "data"),
    ),
    BuiltFile(
        "airport-positions.csv",
        source="the data of the package ourairports, airports.csv.gz and runways.csv.gz",
        made_from=ourairports.MADE_FROM,
        build=lambda source: airport_positions.build(source, DATA),
        package=("ourairports", "data"),
    ),
    BuiltFile(
        "feeders.csv",
        source="data/country-airports.csv",
        made_from="the committed country-airports.csv, airports.csv, vehicles.csv and legs",
        build=lambda source: feeders.build(source, DATA),
        own="country-airports.csv",
    ),
    BuiltFile(
        "delivery-regions.csv",
        source="data/postal-regions.csv",
        made_from="the committed postal-regions.csv, country-places.csv, airports.csv and legs",
        build=lambda source: delivery_regions.build(source, DATA),
        own="postal-regions.csv",
    ),
    BuiltFile(
        "hs2022.csv",
        source="data/harmonized-system.csv of datasets/harmonized-system",
        made_from="HS 2022",
        build=harmonized_system.build_codes,
    ),
    BuiltFile(
        "hs2022-sections.csv",
        source="data/sections.csv of datasets/harmonized-system",
        made_from="HS 2022",
        build=harmonized_system.build_sections,
    ),
    BuiltFile(
        "orders-demo.csv.gz",
        source="Online Retail as CSV, 2010-12 to 2011-08",
        made_from="doi:10.24432/C5BW33",
        build=orders_demo.build,
    ),
)


def is_same(built: bytes, committed: bytes) -> bool:
    """Byte for byte. Of compressed files the content: how well it is packed depends on zlib."""
    if built[:2] == committed[:2] == b"\x1f\x8b":
        return gzip.decompress(built) == gzip.decompress(committed)
    return built == committed
