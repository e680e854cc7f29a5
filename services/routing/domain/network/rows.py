"""One function for each file of the network: a row of it, by column name, as a record.

Each raises KeyError for a column that is missing, ValueError for a value that is not one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final, TypeVar

from services.routing.domain.network.records import (
    EMBARGO_SCOPES,
    MODES,
    STATION_STEPS,
    VEHICLE_KINDS,
    Airport,
    Carrier,
    CountryPlace,
    DeliveryRegion,
    Embargo,
    Gateway,
    HandlingTime,
    Mode,
    Route,
    StationTime,
    Store,
    Vehicle,
    WaybillRange,
)

T = TypeVar("T", bound=str)
Cells = Mapping[str, str]

_TRUTHS: Final = ("true", "false")
# Its routes are as old as the park: their ids do not name the carrier.
_FIRST_CARRIER: Final = "EH"


def airport(cells: Cells) -> Airport:
    return Airport(
        iata=cells["iata"],
        icao=cells["icao"],
        name=cells["name"],
        city=cells["city"],
        country=cells["country_iso2"],
        latitude_deg=float(cells["latitude_deg"]),
        longitude_deg=float(cells["longitude_deg"]),
        time_zone=cells["time_zone"],
        source=cells["source"],
        as_of=day(cells["as_of"]),
        basis=cells["basis"],
    )


def carrier(cells: Cells) -> Carrier:
    return Carrier(
        carrier=cells["carrier"],
        name=cells["name"],
        awb_prefix=cells["awb_prefix"],
        source=cells["source"],
        as_of=day(cells["as_of"]),
        basis=cells["basis"],
        note=cells["note"],
    )


def stock(cells: Cells) -> WaybillRange | None:
    if not cells["stock_first"]:
        return None
    return WaybillRange(
        cells["carrier"],
        cells["awb_prefix"],
        int(cells["stock_first"]),
        int(cells["stock_last"]),
    )


def vehicle(cells: Cells) -> Vehicle:
    return Vehicle(
        vehicle=cells["vehicle"],
        mode=one_of(MODES, cells["mode"]),
        kind=one_of(VEHICLE_KINDS, cells["kind"]),
        name=cells["name"],
        payload_kg=int(cells["payload_kg"]),
        volume_dm3=int(cells["volume_dm3"]),
        uld_positions=int(cells["uld_positions"]),
        door_width_cm=number(cells["door_width_cm"]),
        door_height_cm=number(cells["door_height_cm"]),
        piece_kg_max=number(cells["piece_kg_max"]),
        range_km=int(cells["range_km"]),
        range_max_km=int(cells["range_max_km"]),
        source=cells["source"],
        as_of=day(cells["as_of"]),
        basis=cells["basis"],
        note=cells["note"],
    )


def route(cells: Cells) -> Route:
    return _leg(cells, mode="air", scope=cells["scope"])


def onward_leg(cells: Cells) -> Route:
    return _leg(cells, mode=one_of(MODES, cells["mode"]), scope="onward")


def feeder(cells: Cells) -> Route:
    return replace(onward_leg(cells), number=int(cells["number"]))


def _leg(cells: Cells, *, mode: Mode, scope: str) -> Route:
    lane = f"{cells['origin']}-{cells['destination']}-{mode}"
    carrier_code = cells["carrier"]
    return Route(
        id=lane if carrier_code == _FIRST_CARRIER else f"{lane}-{carrier_code}",
        carrier=carrier_code,
        number=0,  # given by its place in the file, or by a column
        origin=cells["origin"],
        destination=cells["destination"],
        via=cells["via"].split(),
        mode=mode,
        scope=scope,
        vehicle=cells["vehicle"],
        weekly_frequency=int(cells["weekly_frequency"]),
        payload_kg=round(float(cells["payload_t"]) * 1_000),
        distance_km=int(cells["distance_km"]),
        source=cells["source"],
        as_of=day(cells["as_of"]),
        basis=cells["basis"],
        note=cells["note"],
    )


def handling_time(cells: Cells) -> HandlingTime:
    return HandlingTime(
        airport=cells["airport"],
        step=cells["step"],
        minutes=int(cells["minutes"]),
        source=cells["source"],
        as_of=day(cells["as_of"]),
        basis=cells["basis"],
        note=cells["note"],
    )


def station_time(cells: Cells) -> StationTime:
    return StationTime(
        step=one_of(STATION_STEPS, cells["step"]),
        station=cells["station"],
        carrier=cells["carrier"],
        product=cells["product"],
        vehicle=cells["vehicle"],
        handling_code=cells["handling_code"],
        minutes=int(cells["minutes"]),
        source=cells["source"],
        as_of=day(cells["as_of"]),
        basis=cells["basis"],
        note=cells["note"],
    )


def delivery_region(cells: Cells) -> DeliveryRegion:
    """With the one gateway of the row."""
    return DeliveryRegion(
        region=cells["region"],
        country=cells["country"],
        postal_prefixes=cells["postal_prefixes"].split(),
        name=cells["name"],
        gateways=[
            Gateway(
                airport=cells["airport"],
                road_km=int(cells["road_km"]),
                clearance_h=int(cells["clearance_h"]),
                delivery_h=int(cells["delivery_h"]),
            )
        ],
        source=cells["source"],
        as_of=day(cells["as_of"]),
        basis=cells["basis"],
    )


def place(cells: Cells) -> CountryPlace:
    return CountryPlace(
        country=cells["country"],
        latitude_deg=float(cells["latitude_deg"]),
        longitude_deg=float(cells["longitude_deg"]),
        place=cells["place"],
    )


def embargo(cells: Cells) -> Embargo:
    return Embargo(
        country=cells["country"],
        scope=one_of(EMBARGO_SCOPES, cells["scope"]),
        hs_prefix=cells["hs_prefix"],
        valid_from=date.fromisoformat(cells["valid_from"]),
        valid_to=day(cells["valid_to"]),
        source=cells["source"],
        as_of=day(cells["as_of"]),
        basis=cells["basis"],
        reason_en=cells["reason_en"],
        reason_zh=cells["reason_zh"],
    )


def store(cells: Cells) -> Store:
    return Store(
        store=cells["code"],
        country=cells["country_iso2"],
        is_open=one_of(_TRUTHS, cells["open_to_chinese_sellers_19"]) == "true",
    )


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def number(text: str) -> int | None:
    return int(text) if text else None


def one_of(values: tuple[T, ...], text: str) -> T:
    for value in values:
        if value == text:
            return value
    raise ValueError(f"{text} is none of {', '.join(values)}")
