"""Reads for screens: airports and routes."""

from typing import Final

from services.routing.domain.network.records import Airport, Route
from shared.db import INTEGER, TEXT, Filters, Listing, Reader, Window

_AIRPORTS: Final = Listing(
    """
    SELECT iata, icao, name, city, country, latitude_deg, longitude_deg, time_zone,
        source, as_of, basis
    FROM routing.airports
    """,
    Airport,
    order_by="iata",
    after="iata > :after_iata",
    filters={"country": "country = :country"},
    after_iata=TEXT,
    country=TEXT,
)

_ROUTES: Final = Listing(
    """
    SELECT id, carrier, number, origin, destination, via, mode, scope, vehicle,
        weekly_frequency, payload_kg, distance_km, source, as_of, basis, note
    FROM routing.routes
    """,
    Route,
    order_by="number",
    after="number > :after_number",
    filters={
        "origin": "origin = :origin",
        "destination": "destination = :destination",
        "scope": "scope = :scope",
    },
    after_number=INTEGER,
    origin=TEXT,
    destination=TEXT,
    scope=TEXT,
)


async def list_airports(reader: Reader, window: Window, filters: Filters) -> list[Airport]:
    return await _AIRPORTS.page(reader, window, filters)


async def list_routes(reader: Reader, window: Window, filters: Filters) -> list[Route]:
    return await _ROUTES.page(reader, window, filters)
