"""Reads for screens: airports, carriers, vehicles, routes and delivery regions."""

from typing import Final

from services.routing.domain.network.records import Airport, Carrier, DeliveryRegion, Route, Vehicle
from services.routing.domain.network.regions import DeliveryRegions, region_with_gateways
from shared.db import INTEGER, TEXT, Filters, Listing, Reader, Window, sql

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
_CARRIERS: Final = Listing(
    "SELECT carrier, name, awb_prefix, source, as_of, basis, note FROM routing.carriers",
    Carrier,
    order_by="carrier",
    after="carrier > :after_carrier",
    after_carrier=TEXT,
)
_VEHICLES: Final = Listing(
    """
    SELECT vehicle, mode, kind, name, payload_kg, volume_dm3, uld_positions, door_width_cm,
        door_height_cm, piece_kg_max, range_km, range_max_km, source, as_of, basis, note
    FROM routing.vehicles
    """,
    Vehicle,
    order_by="vehicle",
    after="vehicle > :after_vehicle",
    filters={"kind": "kind = :kind"},
    after_vehicle=TEXT,
    kind=TEXT,
)
_REGION: Final = """
    SELECT r.region, r.country, r.postal_prefixes, r.name,
        (SELECT jsonb_agg(to_jsonb(g) - 'region' - 'gateway_no' ORDER BY g.gateway_no)
         FROM routing.gateways g WHERE g.region = r.region) AS gateways,
        r.source, r.as_of, r.basis
    FROM routing.delivery_regions r
"""
_REGIONS_OF: Final = sql(
    f"{_REGION} WHERE r.country = :country",
    region_with_gateways,
    country=TEXT,
)
_REGIONS: Final = Listing(
    _REGION,
    region_with_gateways,
    order_by="r.region",
    after="r.region > :after_region",
    filters={"country": "r.country = :country", "region": "r.region = :region"},
    after_region=TEXT,
    country=TEXT,
    region=TEXT,
)


async def list_airports(reader: Reader, window: Window, filters: Filters) -> list[Airport]:
    return await _AIRPORTS.page(reader, window, filters)


async def list_routes(reader: Reader, window: Window, filters: Filters) -> list[Route]:
    return await _ROUTES.page(reader, window, filters)


async def list_carriers(reader: Reader, window: Window, filters: Filters) -> list[Carrier]:
    return await _CARRIERS.page(reader, window, filters)


async def list_vehicles(reader: Reader, window: Window, filters: Filters) -> list[Vehicle]:
    return await _VEHICLES.page(reader, window, filters)


async def list_delivery_regions(
    reader: Reader, window: Window, *, country: str | None, postal_code: str | None
) -> list[DeliveryRegion]:
    """With a country and a postal code the one region that such an address belongs to."""
    if country is None or postal_code is None:
        return await _REGIONS.page(reader, window, {"country": country})
    regions = DeliveryRegions(await reader.fetch_all(_REGIONS_OF, country=country))
    region = regions.region_of(country, postal_code)
    if region is None:
        return []
    return await _REGIONS.page(reader, window, {"region": region.region})
