"""Reads for screens: airports and routes."""

from collections.abc import Mapping
from typing import Final

from asyncpg import Record
from sqlalchemy import text

from shared.db import Reader, Statement

_AIRPORT_PAGE: Final = Statement(
    text("""
    SELECT iata, icao, name, city, country, latitude_deg, longitude_deg, time_zone
    FROM routing.airports
    WHERE iata > :after AND (CAST(:country AS text) IS NULL OR country = :country)
    ORDER BY iata LIMIT :most
    """)
)

_ROUTE_PAGE: Final = Statement(
    text("""
    SELECT id, carrier, number, origin, destination, mode, scope, vehicle, weekly_frequency,
           payload_kg, distance_km, basis, note
    FROM routing.routes
    WHERE number > :after AND (CAST(:origin AS text) IS NULL OR origin = :origin)
      AND (CAST(:destination AS text) IS NULL OR destination = :destination)
      AND (CAST(:scope AS text) IS NULL OR scope = :scope)
    ORDER BY number LIMIT :most
    """)
)


async def list_airports(
    reader: Reader, *, after: str, most: int, filters: Mapping[str, str | None]
) -> list[Record]:
    return await reader.fetch_all(_AIRPORT_PAGE, after=after, most=most, **filters)


async def list_routes(
    reader: Reader, *, after: int, most: int, filters: Mapping[str, str | None]
) -> list[Record]:
    """`filters`: origin, destination, scope."""
    return await reader.fetch_all(_ROUTE_PAGE, after=after, most=most, **filters)
