"""Parses the park's reference files (`data/*.csv`) into their records.

A file that does not fit is refused with its name and line.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, TypeVar

from services.routing.domain.network import rows
from services.routing.domain.network.records import (
    CUBIC_CM_PER_KG,
    Airport,
    Carrier,
    CountryPlace,
    DeliveryRegion,
    Embargo,
    HandlingTime,
    Route,
    StationTime,
    Store,
    Vehicle,
    WaybillRange,
)
from services.routing.domain.network.regions import unknown_gateways
from services.routing.domain.network.station_times import steps_without_default
from services.routing.domain.network.vehicles import impossible_routes

R = TypeVar("R")

FILES: Final = (
    "airports.csv",
    "carriers.csv",
    "vehicles.csv",
    "routes.csv",
    "parallel-routes.csv",
    "onward-legs.csv",
    "feeders.csv",
    "handling-times.csv",
    "station-times.csv",
    "delivery-regions.csv",
    "country-places.csv",
    "embargoes.csv",
    "marketplaces.csv",
    # Read by their own areas; a change of them is a change of the network, too.
    "emission-factors.csv",
    "acceptance-rules.csv",
    "acceptance-documents.csv",
)
# Each file numbers from its own start, so that rows appended to one never shift the other's. The
# step leaves room for several departures a day. A file that is built has a column of numbers.
_FIRST_NUMBERS: Final = {
    "routes.csv": 1_000,
    "parallel-routes.csv": 3_000,
    "onward-legs.csv": 5_000,
}
_NUMBER_STEP: Final = 10
_FAULTS_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class NetworkData:
    """`digest` names the content of all files: equal digest, nothing to load."""

    digest: str
    airports: list[Airport]
    carriers: list[Carrier]
    waybill_stock: list[WaybillRange]
    vehicles: list[Vehicle]
    routes: list[Route]
    handling_times: list[HandlingTime]
    delivery_regions: list[DeliveryRegion]
    station_times: list[StationTime]
    country_places: list[CountryPlace]
    embargoes: list[Embargo]
    stores: list[Store]


class NetworkFileWrong(ValueError):
    """Which file, which line, and what is wrong with it."""


def parse_network(files: Mapping[str, bytes]) -> NetworkData:
    """`files` are the contents of FILES. Raises NetworkFileWrong."""
    data = NetworkData(
        digest=_digest(files),
        airports=list(_parse(files, "airports.csv", rows.airport)),
        carriers=list(_parse(files, "carriers.csv", rows.carrier)),
        waybill_stock=[s for s in _parse(files, "carriers.csv", rows.stock) if s is not None],
        vehicles=list(_parse(files, "vehicles.csv", rows.vehicle)),
        routes=[
            *_numbered("routes.csv", _parse(files, "routes.csv", rows.route)),
            *_numbered("parallel-routes.csv", _parse(files, "parallel-routes.csv", rows.route)),
            *_numbered("onward-legs.csv", _parse(files, "onward-legs.csv", rows.onward_leg)),
            *_parse(files, "feeders.csv", rows.feeder),
        ],
        handling_times=list(_parse(files, "handling-times.csv", rows.handling_time)),
        delivery_regions=_regions(_parse(files, "delivery-regions.csv", rows.delivery_region)),
        station_times=list(_parse(files, "station-times.csv", rows.station_time)),
        country_places=list(_parse(files, "country-places.csv", rows.place)),
        embargoes=list(_parse(files, "embargoes.csv", rows.embargo)),
        stores=list(_parse(files, "marketplaces.csv", rows.store)),
    )
    faults = [
        *impossible_routes(data.routes, data.vehicles, data.airports),
        *_shared_serials(data.waybill_stock),
        *unknown_gateways(data.delivery_regions, data.airports),
        *(f"no default for {step}" for step in steps_without_default(data.station_times)),
    ]
    if faults:
        raise NetworkFileWrong("; ".join(faults[:_FAULTS_NAMED]))
    return data


def _regions(rows_of_gateways: Iterator[DeliveryRegion]) -> list[DeliveryRegion]:
    """One for each region, with all its gateways in the order of the file."""
    regions: dict[str, DeliveryRegion] = {}
    for row in rows_of_gateways:
        known = regions.get(row.region)
        gateways = [*(known.gateways if known else ()), *row.gateways]
        regions[row.region] = replace(row, gateways=gateways)
    return list(regions.values())


def _shared_serials(stock: Sequence[WaybillRange]) -> Iterator[str]:
    """Carriers may share a prefix, but never a number."""
    ordered = sorted(stock, key=lambda r: (r.awb_prefix, r.first_serial))
    for one, next_one in pairwise(ordered):
        if one.awb_prefix == next_one.awb_prefix and one.last_serial >= next_one.first_serial:
            yield f"{one.carrier} and {next_one.carrier} have numbers of {one.awb_prefix} in common"


def _numbered(name: str, routes: Iterator[Route]) -> Iterator[Route]:
    for n, route in enumerate(routes):
        yield replace(route, number=_FIRST_NUMBERS[name] + _NUMBER_STEP * n)


def _digest(files: Mapping[str, bytes]) -> str:
    # The rules that turn files into rows count, too.
    parts = [f"density {CUBIC_CM_PER_KG}, schedules".encode()]
    parts += [files[name] for name in FILES]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _parse(
    files: Mapping[str, bytes], name: str, parse: Callable[[dict[str, str]], R]
) -> Iterator[R]:
    lines = io.StringIO(files[name].decode(), newline="")
    for line, cells in enumerate(csv.DictReader(lines), start=2):
        try:
            yield parse(cells)
        except (KeyError, ValueError) as error:
            raise NetworkFileWrong(f"{name}, line {line}: {error}") from error
