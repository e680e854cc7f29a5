"""The network: airports, routes with what is known of them, and the business clock."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.routing.api.deps import Airport, Country, RoutingRead
from services.routing.domain.network.records import VehicleKind
from services.routing.queries import network as queries
from services.routing.schemas.network import (
    AirportOut,
    CarrierOut,
    ClockOut,
    DeliveryRegionOut,
    RouteOut,
    Scope,
    VehicleOut,
)
from shared.http import Page, PageOf, json_reply, problems
from shared.kernel.errors import Invalid, Text

network_api = APIRouter(tags=["network"])


@dataclass(frozen=True)
class AirportFilters:
    """What a list of airports can be narrowed to."""

    country: Country = None


@dataclass(frozen=True)
class RouteFilters:
    """What a list of routes can be narrowed to."""

    origin: Airport = None
    destination: Airport = None
    scope: Annotated[Scope | None, Query()] = None


@dataclass(frozen=True)
class VehicleFilters:
    """What a list of vehicles can be narrowed to."""

    kind: Annotated[VehicleKind | None, Query()] = None


@dataclass(frozen=True)
class RegionFilters:
    """What a list of delivery regions can be narrowed to."""

    country: Country = None
    postal_code: Annotated[
        str | None,
        Query(max_length=20, description="With `country`: the region that serves this address."),
    ] = None


class PostalCodeAlone(Invalid):
    code = "routing.postal_code.alone"
    text = Text("A postal code says nothing without its country.", "邮政编码须与国家一并提供。")
    fix = Text("Send country, too.", "请同时提供 country。")


@network_api.get("/v1/airports", response_model=Page[AirportOut], responses=problems(422))
async def list_airports(
    call: RoutingRead, given: Annotated[AirportFilters, Depends()], page: PageOf
) -> Response:
    """List airports."""
    asked = page.of(given, str)
    async with call.read() as reader:
        airports = await queries.list_airports(reader, asked.window, asked.filters)
    return json_reply(asked.page(airports, AirportOut.of, key=lambda airport: (airport.iata,)))


@network_api.get("/v1/routes", response_model=Page[RouteOut], responses=problems(422))
async def list_routes(
    call: RoutingRead,
    given: Annotated[RouteFilters, Depends()],
    page: PageOf,
) -> Response:
    """List routes.

    All from the park's airport and the onward legs beyond, with what is known of each.
    """
    asked = page.of(given, int)
    async with call.read() as reader:
        routes = await queries.list_routes(reader, asked.window, asked.filters)
    return json_reply(asked.page(routes, RouteOut.of, key=lambda route: (route.number,)))


@network_api.get("/v1/carriers", response_model=Page[CarrierOut], responses=problems(422))
async def list_carriers(call: RoutingRead, page: PageOf) -> Response:
    """List carriers."""
    asked = page.of({}, str)
    async with call.read() as reader:
        carriers = await queries.list_carriers(reader, asked.window, asked.filters)
    return json_reply(asked.page(carriers, CarrierOut.of, key=lambda carrier: (carrier.carrier,)))


@network_api.get("/v1/vehicles", response_model=Page[VehicleOut], responses=problems(422))
async def list_vehicles(
    call: RoutingRead, given: Annotated[VehicleFilters, Depends()], page: PageOf
) -> Response:
    """List vehicles.

    What each type of aircraft or truck carries, how far, and through which door.
    """
    asked = page.of(given, str)
    async with call.read() as reader:
        vehicles = await queries.list_vehicles(reader, asked.window, asked.filters)
    return json_reply(asked.page(vehicles, VehicleOut.of, key=lambda vehicle: (vehicle.vehicle,)))


@network_api.get(
    "/v1/delivery-regions", response_model=Page[DeliveryRegionOut], responses=problems(422)
)
async def list_delivery_regions(
    call: RoutingRead, given: Annotated[RegionFilters, Depends()], page: PageOf
) -> Response:
    """List delivery regions.

    Each with its gateways, and how long import and the last mile take from there. With a country
    and a postal code: the one region that such an address belongs to. A postal code without a
    country is refused.
    """
    if given.postal_code is not None and given.country is None:
        raise PostalCodeAlone
    asked = page.of(given, str)
    async with call.read() as reader:
        regions = await queries.list_delivery_regions(
            reader, asked.window, country=given.country, postal_code=given.postal_code
        )
    return json_reply(asked.page(regions, DeliveryRegionOut.of, key=lambda r: (r.region,)))


@network_api.get("/v1/clock", response_model=ClockOut)
async def get_clock(call: RoutingRead) -> Response:
    """Read the business clock of the park.

    Flights, cut-offs and status updates are dated by it.
    """
    real_s = call.clock.real_seconds(timedelta(hours=1))
    return json_reply(ClockOut(now=call.clock.now(), rate=3_600 / real_s if real_s else 1.0))
