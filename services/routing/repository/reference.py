"""Writes and write-side reads of reference data: airports, routes, handling times, carriers.

Rows are added or changed, never removed: flights and shipments of the past refer to them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from shared.db import Reader, Statement, UnitOfWork


def _upsert(table: str, keys: str, columns: str) -> Statement:
    """Rows as one jsonb array; columns as in the table."""
    changes = ", ".join(
        f"{name} = EXCLUDED.{name}" for name in columns.split(", ") if name not in keys.split(", ")
    )
    sql = f"""
    INSERT INTO routing.{table} AS t ({columns})
    SELECT {columns} FROM jsonb_populate_recordset(CAST(NULL AS routing.{table}), :rows)
    ON CONFLICT ({keys}) DO UPDATE SET {changes}
    """  # noqa: S608 - names are constants of this module
    return Statement(text(sql).bindparams(bindparam("rows", type_=JSONB)))


_UPSERTS: Final[Mapping[str, Statement]] = {
    "airports": _upsert(
        "airports",
        "iata",
        "iata, icao, name, city, country, latitude_deg, longitude_deg, time_zone",
    ),
    "carriers": _upsert("carriers", "carrier", "carrier, name, awb_prefix, basis, note"),
    "handling_times": _upsert(
        "handling_times", "airport, step", "airport, step, minutes, basis, note"
    ),
    "delivery_allowances": _upsert("delivery_allowances", "country", "country, hours, basis, note"),
    "country_places": _upsert(
        "country_places", "country", "country, latitude_deg, longitude_deg, place"
    ),
}

# A route keeps the number it was given first, so that its flights keep theirs.
_UPSERT_ROUTES: Final = Statement(
    text("""
    INSERT INTO routing.routes AS t (id, carrier, number, origin, destination, mode, scope, vehicle,
        weekly_frequency, payload_kg, distance_km, basis, note)
    SELECT id, carrier, number, origin, destination, mode, scope, vehicle,
        weekly_frequency, payload_kg, distance_km, basis, note
    FROM jsonb_populate_recordset(CAST(NULL AS routing.routes), :rows)
    ON CONFLICT (id) DO UPDATE SET vehicle = EXCLUDED.vehicle, scope = EXCLUDED.scope,
        weekly_frequency = EXCLUDED.weekly_frequency, payload_kg = EXCLUDED.payload_kg,
        distance_km = EXCLUDED.distance_km, basis = EXCLUDED.basis, note = EXCLUDED.note
    """).bindparams(bindparam("rows", type_=JSONB))
)

# A range that is in use is never touched again: numbers must not come back.
_ADD_STOCK: Final = Statement(
    text("""
    INSERT INTO routing.waybill_stock (awb_prefix, first_serial, last_serial, next_serial)
    SELECT awb_prefix, first_serial, last_serial, first_serial
    FROM jsonb_populate_recordset(CAST(NULL AS routing.waybill_stock), :rows)
    ON CONFLICT DO NOTHING
    """).bindparams(bindparam("rows", type_=JSONB))
)

_SET_DIGEST: Final = Statement(
    text("""
    UPDATE routing.timetable SET reference_digest = :digest, version = :version WHERE id = 1
    """)
)

_ROUTES: Final = Statement(
    text("""
    SELECT r.id, r.carrier, r.number, r.origin, r.destination, r.mode, r.scope, r.vehicle,
           r.weekly_frequency, r.payload_kg, r.distance_km, a.time_zone
    FROM routing.routes r JOIN routing.airports a ON a.iata = r.origin ORDER BY r.number
    """)
)
_HANDLING_TIMES: Final = Statement(
    text("SELECT airport, step, minutes FROM routing.handling_times")
)
_ALLOWANCES: Final = Statement(text("SELECT country, hours FROM routing.delivery_allowances"))
_AIRPORTS: Final = Statement(
    text("SELECT iata, country, latitude_deg, longitude_deg FROM routing.airports")
)
_PLACES: Final = Statement(
    text("SELECT country, latitude_deg, longitude_deg FROM routing.country_places")
)


async def upsert(uow: UnitOfWork, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    await uow.execute(_UPSERTS[table], rows=rows)


async def upsert_routes(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    await uow.execute(_UPSERT_ROUTES, rows=rows)


async def add_stock(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    await uow.execute(_ADD_STOCK, rows=rows)


async def set_digest(uow: UnitOfWork, *, digest: str, version: str) -> None:
    await uow.execute(_SET_DIGEST, digest=digest, version=version)


async def routes(reader: Reader) -> list[Record]:
    """With the time zone of the origin."""
    return await reader.fetch_all(_ROUTES)


async def handling_times(reader: Reader) -> list[Record]:
    return await reader.fetch_all(_HANDLING_TIMES)


async def delivery_allowances(reader: Reader) -> list[Record]:
    return await reader.fetch_all(_ALLOWANCES)


async def airports(reader: Reader) -> list[Record]:
    return await reader.fetch_all(_AIRPORTS)


async def country_places(reader: Reader) -> list[Record]:
    return await reader.fetch_all(_PLACES)
