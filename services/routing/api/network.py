"""The network: airports, routes with what is known of them, and the business clock."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.routing.api.deps import Airport, Country, RoutingRead
from services.routing.queries import network as queries
from services.routing.schemas.network import AirportOut, ClockOut, RouteOut, Scope
from shared.http import Page, PageOf, json_reply, problems

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


@network_api.get("/v1/clock", response_model=ClockOut)
async def get_clock(call: RoutingRead) -> Response:
    """Read the business clock of the park.

    Flights, cut-offs and status updates are dated by it.
    """
    real_s = call.clock.real_seconds(timedelta(hours=1))
    return json_reply(ClockOut(now=call.clock.now(), rate=3_600 / real_s if real_s else 1.0))
