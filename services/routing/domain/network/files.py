"""Parses the park's reference files (`data/*.csv`) into their records.

A file that does not fit is refused with its name and line.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from services.routing.domain.network.records import (
    CUBIC_CM_PER_KG,
    MODES,
    Airport,
    Carrier,
    CountryPlace,
    DeliveryAllowance,
    HandlingTime,
    Mode,
    Route,
    WaybillRange,
)

R = TypeVar("R")

FILES: Final = (
    "airports.csv",
    "carriers.csv",
    "routes.csv",
    "onward-legs.csv",
    "handling-times.csv",
    "delivery-allowances.csv",
    "country-places.csv",
    # Read by their own areas; a change of them is a change of the network, too.
    "emission-factors.csv",
)
# Whose flights are generated. Its numbers leave room for several departures a day.
GENERATED_CARRIER: Final = "EH"
# Each file numbers from its own start, so that rows appended to one never shift the other's.
_FIRST_NUMBERS: Final = {"routes.csv": 1_000, "onward-legs.csv": 5_000}
_NUMBER_STEP: Final = 10
_MODES: Final[Mapping[str, Mode]] = {mode: mode for mode in MODES}


@dataclass(frozen=True, slots=True)
class NetworkData:
    """`digest` names the content of all files: equal digest, nothing to load."""

    digest: str
    airports: list[Airport]
    carriers: list[Carrier]
    waybill_stock: list[WaybillRange]
    routes: list[Route]
    handling_times: list[HandlingTime]
    delivery_allowances: list[DeliveryAllowance]
    country_places: list[CountryPlace]


class NetworkFileWrong(ValueError):
    """Which file, which line, and what is wrong with it."""


def parse_network(files: Mapping[str, bytes]) -> NetworkData:
    """`files` are the contents of FILES. Raises NetworkFileWrong."""
    routes = [
        *_numbered("routes.csv", _parse(files, "routes.csv", _route)),
        *_numbered("onward-legs.csv", _parse(files, "onward-legs.csv", _onward)),
    ]
    return NetworkData(
        digest=_digest(files),
        airports=list(_parse(files, "airports.csv", _airport)),
        carriers=list(_parse(files, "carriers.csv", _carrier)),
        waybill_stock=[s for s in _parse(files, "carriers.csv", _stock) if s is not None],
        routes=routes,
        handling_times=list(_parse(files, "handling-times.csv", _handling_time)),
        delivery_allowances=list(_parse(files, "delivery-allowances.csv", _allowance)),
        country_places=list(_parse(files, "country-places.csv", _place)),
    )


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


def _airport(cells: dict[str, str]) -> Airport:
    return Airport(
        iata=cells["iata"],
        icao=cells["icao"],
        name=cells["name"],
        city=cells["city"],
        country=cells["country_iso2"],
        latitude_deg=float(cells["latitude_deg"]),
        longitude_deg=float(cells["longitude_deg"]),
        time_zone=cells["time_zone"],
    )


def _carrier(cells: dict[str, str]) -> Carrier:
    return Carrier(
        carrier=cells["carrier"],
        name=cells["name"],
        awb_prefix=cells["awb_prefix"],
        basis=cells["basis"],
        note=cells["note"],
    )


def _stock(cells: dict[str, str]) -> WaybillRange | None:
    if not cells["stock_first"]:
        return None
    return WaybillRange(cells["awb_prefix"], int(cells["stock_first"]), int(cells["stock_last"]))


def _route(cells: dict[str, str]) -> Route:
    return _leg(
        cells, mode="air", scope=cells["scope"], vehicle=cells["aircraft"], note=cells["note"]
    )


def _onward(cells: dict[str, str]) -> Route:
    return _leg(
        cells, mode=_MODES[cells["mode"]], scope="onward", vehicle=cells["vehicle"], note=""
    )


def _leg(cells: dict[str, str], *, mode: Mode, scope: str, vehicle: str, note: str) -> Route:
    return Route(
        id=f"{cells['origin']}-{cells['destination']}-{mode}",
        carrier=GENERATED_CARRIER,
        number=0,  # given by its place in the file
        origin=cells["origin"],
        destination=cells["destination"],
        mode=mode,
        scope=scope,
        vehicle=vehicle,
        weekly_frequency=int(cells["weekly_frequency"]),
        payload_kg=round(float(cells["payload_t"]) * 1_000),
        distance_km=int(cells["distance_km"]),
        basis=cells["basis"],
        note=note,
    )


def _handling_time(cells: dict[str, str]) -> HandlingTime:
    return HandlingTime(
        airport=cells["airport"],
        step=cells["step"],
        minutes=int(cells["minutes"]),
        basis=cells["basis"],
        note=cells["note"],
    )


def _allowance(cells: dict[str, str]) -> DeliveryAllowance:
    return DeliveryAllowance(cells["country"], int(cells["hours"]), cells["basis"], cells["note"])


def _place(cells: dict[str, str]) -> CountryPlace:
    return CountryPlace(
        country=cells["country"],
        latitude_deg=float(cells["latitude_deg"]),
        longitude_deg=float(cells["longitude_deg"]),
        place=cells["place"],
    )
