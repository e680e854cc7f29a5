"""Writes and write-side reads of what is read from files: airports, carriers, routes and so on.

Rows that flights and shipments of the past refer to are added or changed, never removed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Final

from services.routing.domain.network.records import (
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
from services.routing.domain.network.regions import DeliveryRegions, region_with_gateways
from services.routing.domain.network.station_times import StationTimes
from services.routing.domain.network.times import HandlingTimes
from shared.db import JSON, TEXT, Reader, Statement, UnitOfWork, sql

_Record = Airport | Carrier | Vehicle | Route | HandlingTime | CountryPlace | Store


def _upsert(
    table: str, record: type[_Record], *, keys: tuple[str, ...], kept: tuple[str, ...] = ()
) -> Statement[None]:
    """Rows as one JSON array, a column per field of the record. `kept` columns never change."""
    names = [field.name for field in fields(record)]
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name not in (*keys, *kept))
    return sql(
        f"""
    INSERT INTO routing.{table} AS t ({", ".join(names)})
    SELECT {", ".join(names)} FROM jsonb_populate_recordset(CAST(NULL AS routing.{table}), :rows)
    ON CONFLICT ({", ".join(keys)}) DO UPDATE SET {changes}
    """,  # noqa: S608 - names are constants of this module
        rows=JSON,
    )


def _insert(table: str, record: type[Embargo | StationTime]) -> Statement[None]:
    names = ", ".join(field.name for field in fields(record))
    return sql(
        f"""
    INSERT INTO routing.{table} ({names})
    SELECT {names} FROM jsonb_populate_recordset(CAST(NULL AS routing.{table}), :rows)
    """,  # noqa: S608 - names are constants of this module
        rows=JSON,
    )


_UPSERTS: Final[Mapping[type[_Record], Statement[None]]] = {
    Airport: _upsert("airports", Airport, keys=("iata",)),
    Carrier: _upsert("carriers", Carrier, keys=("carrier",)),
    Vehicle: _upsert("vehicles", Vehicle, keys=("vehicle",)),
    # A route keeps the number it was given first, so that its flights keep theirs.
    Route: _upsert(
        "routes",
        Route,
        keys=("id",),
        kept=("carrier", "number", "origin", "destination", "mode"),
    ),
    HandlingTime: _upsert("handling_times", HandlingTime, keys=("airport", "step")),
    CountryPlace: _upsert("country_places", CountryPlace, keys=("country",)),
    Store: _upsert("stores", Store, keys=("store",)),
}

# What nothing of the past refers to is written anew: a row that is gone from its file is gone.
_CLEAR_EMBARGOES: Final = sql("DELETE FROM routing.embargoes")
_ADD_EMBARGOES: Final = _insert("embargoes", Embargo)
_CLEAR_STATION_TIMES: Final = sql("DELETE FROM routing.station_times")
_ADD_STATION_TIMES: Final = _insert("station_times", StationTime)
_CLEAR_REGIONS: Final = sql("DELETE FROM routing.delivery_regions")
_ADD_REGIONS: Final = sql(
    """
    INSERT INTO routing.delivery_regions
        (region, country, postal_prefixes, name, source, as_of, basis)
    SELECT region, country, postal_prefixes, name, source, as_of, basis
    FROM jsonb_populate_recordset(CAST(NULL AS routing.delivery_regions), :rows)
    """,
    rows=JSON,
)
_ADD_GATEWAYS: Final = sql(
    """
    INSERT INTO routing.gateways
        (region, airport, gateway_no, road_km, clearance_h, delivery_h)
    SELECT region, airport, gateway_no, road_km, clearance_h, delivery_h
    FROM jsonb_populate_recordset(CAST(NULL AS routing.gateways), :rows)
    """,
    rows=JSON,
)

# A range that is in use is never touched again: numbers must not come back.
_ADD_STOCK: Final = sql(
    """
    INSERT INTO routing.waybill_stock
        (carrier, awb_prefix, first_serial, last_serial, next_serial)
    SELECT carrier, awb_prefix, first_serial, last_serial, first_serial
    FROM jsonb_populate_recordset(CAST(NULL AS routing.waybill_stock), :rows)
    ON CONFLICT DO NOTHING
    """,
    rows=JSON,
)

_SET_DIGEST: Final = sql(
    "UPDATE routing.timetable SET reference_digest = :digest, version = :version WHERE id = 1",
    digest=TEXT,
    version=TEXT,
)

_CARRIERS: Final = sql("SELECT carrier FROM routing.carriers", str)
_ROUTES: Final = sql(
    """
    SELECT id, carrier, number, origin, destination, via, mode, scope, vehicle,
        weekly_frequency, payload_kg, distance_km, source, as_of, basis, note
    FROM routing.routes ORDER BY number
    """,
    Route,
)
_AIRPORTS: Final = sql(
    """
    SELECT iata, icao, name, city, country, latitude_deg, longitude_deg, time_zone,
        source, as_of, basis
    FROM routing.airports
    """,
    Airport,
)
_HANDLING_TIMES: Final = sql(
    "SELECT airport, step, minutes, source, as_of, basis, note FROM routing.handling_times",
    HandlingTime,
)
_STORES: Final = sql("SELECT store, country, is_open FROM routing.stores ORDER BY store", Store)
_VEHICLES: Final = sql(
    """
    SELECT vehicle, mode, kind, name, payload_kg, volume_dm3, uld_positions, door_width_cm,
        door_height_cm, piece_kg_max, range_km, range_max_km, source, as_of, basis, note
    FROM routing.vehicles
    """,
    Vehicle,
)
_EMBARGOES: Final = sql(
    """
    SELECT country, scope, hs_prefix, valid_from, valid_to, source, as_of, basis, reason_en,
        reason_zh
    FROM routing.embargoes
    """,
    Embargo,
)
_STATION_TIMES: Final = sql(
    """
    SELECT step, station, carrier, product, vehicle, handling_code, minutes, source, as_of, basis,
        note
    FROM routing.station_times
    """,
    StationTime,
)
_REGIONS: Final = sql(
    """
    SELECT r.region, r.country, r.postal_prefixes, r.name,
        (SELECT jsonb_agg(to_jsonb(g) - 'region' - 'gateway_no' ORDER BY g.gateway_no)
         FROM routing.gateways g WHERE g.region = r.region) AS gateways,
        r.source, r.as_of, r.basis
    FROM routing.delivery_regions r
    """,
    region_with_gateways,
)
_PLACES: Final = sql(
    "SELECT country, latitude_deg, longitude_deg, place FROM routing.country_places", CountryPlace
)


async def upsert(uow: UnitOfWork, records: Sequence[_Record]) -> None:
    """All of one kind."""
    if records:
        rows = [asdict(record) for record in records]
        await uow.execute(_UPSERTS[type(records[0])], rows=rows)


async def set_embargoes(uow: UnitOfWork, embargoes: Sequence[Embargo]) -> None:
    await uow.execute(_CLEAR_EMBARGOES)
    await uow.execute(_ADD_EMBARGOES, rows=[asdict(embargo) for embargo in embargoes])


async def set_station_times(uow: UnitOfWork, times: Sequence[StationTime]) -> None:
    await uow.execute(_CLEAR_STATION_TIMES)
    await uow.execute(_ADD_STATION_TIMES, rows=[asdict(time) for time in times])


async def set_delivery_regions(uow: UnitOfWork, regions: Sequence[DeliveryRegion]) -> None:
    await uow.execute(_CLEAR_REGIONS)
    await uow.execute(_ADD_REGIONS, rows=[asdict(region) for region in regions])
    gateways = [
        asdict(gateway) | {"region": region.region, "gateway_no": n}
        for region in regions
        for n, gateway in enumerate(region.gateways, start=1)
    ]
    await uow.execute(_ADD_GATEWAYS, rows=gateways)


async def add_stock(uow: UnitOfWork, ranges: Sequence[WaybillRange]) -> None:
    await uow.execute(_ADD_STOCK, rows=[asdict(serials) for serials in ranges])


async def set_digest(uow: UnitOfWork, *, digest: str, version: str) -> None:
    await uow.execute(_SET_DIGEST, digest=digest, version=version)


async def list_routes(reader: Reader) -> list[Route]:
    return await reader.fetch_all(_ROUTES)


async def list_airports(reader: Reader) -> list[Airport]:
    return await reader.fetch_all(_AIRPORTS)


async def get_handling_times(reader: Reader) -> HandlingTimes:
    rows = await reader.fetch_all(_HANDLING_TIMES)
    return HandlingTimes({(row.airport, row.step): row.minutes for row in rows})


async def list_country_places(reader: Reader) -> list[CountryPlace]:
    return await reader.fetch_all(_PLACES)


async def list_carriers(reader: Reader) -> list[str]:
    """Their codes."""
    return await reader.fetch_values(_CARRIERS)


async def list_vehicles(reader: Reader) -> list[Vehicle]:
    return await reader.fetch_all(_VEHICLES)


async def get_station_times(reader: Reader) -> StationTimes:
    return StationTimes(await reader.fetch_all(_STATION_TIMES))


async def get_delivery_regions(reader: Reader) -> DeliveryRegions:
    return DeliveryRegions(await reader.fetch_all(_REGIONS))


async def list_embargoes(reader: Reader) -> list[Embargo]:
    return await reader.fetch_all(_EMBARGOES)


async def list_stores(reader: Reader) -> list[Store]:
    return await reader.fetch_all(_STORES)
