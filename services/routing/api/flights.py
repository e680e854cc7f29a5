"""/v1/flights: the timetable, what is left on it, manifests; and cancelling a flight."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.routing.api.deps import Airport, FlightId, ParkWrite, RoutingRead
from services.routing.queries import flights as queries
from services.routing.queries.shipments import list_shipments
from services.routing.schemas.flights import (
    FlightCancelIn,
    FlightOut,
    FlightPatchIn,
    FlightStatusName,
)
from services.routing.schemas.shipments import ShipmentOut
from services.routing.use_cases.flights import cancellation
from services.routing.use_cases.timetable.changes import change_flight
from shared.db import UnitOfWork
from shared.documents.fields import AnyInstant
from shared.http import Page, PageOf, Reply, json_reply, problems, representation

flights_api = APIRouter(tags=["flights"])


@dataclass(frozen=True)
class FlightFilters:
    """What a list of flights can be narrowed to."""

    flight_number: Annotated[str | None, Query(pattern=r"^[A-Z0-9]{3,8}$")] = None
    origin: Airport = None
    destination: Airport = None
    departing_from: Annotated[AnyInstant | None, Query()] = None
    departing_to: Annotated[AnyInstant | None, Query()] = None
    status: Annotated[FlightStatusName | None, Query()] = None
    booked: Annotated[
        bool | None, Query(description="Only flights with (true) or without shipments (false).")
    ] = None


@flights_api.get("/v1/flights", response_model=Page[FlightOut], responses=problems(422))
async def list_flights(
    call: RoutingRead,
    given: Annotated[FlightFilters, Depends()],
    page: PageOf,
) -> Response:
    """List flights by departure.

    The earliest first. Instants are business time (GET /v1/clock).
    """
    asked = page.of(given, datetime, str)
    async with call.read() as reader:
        flights = await queries.list_flights(reader, asked.window, asked.filters)
    return json_reply(
        asked.page(flights, FlightOut.of, key=lambda flight: (flight.departs_at, flight.id))
    )


@flights_api.get("/v1/flights/{flight_id}", response_model=FlightOut, responses=problems(404, 422))
async def get_flight(flight_id: FlightId, call: RoutingRead) -> Response:
    """Read a flight and its remaining capacity."""
    async with call.read() as reader:
        flight = await queries.get_flight(reader, flight_id=flight_id)
    return json_reply(FlightOut.of(flight))


@flights_api.get(
    "/v1/flights/{flight_id}/shipments",
    response_model=Page[ShipmentOut],
    responses=problems(404, 422),
)
async def list_flight_shipments(flight_id: FlightId, call: RoutingRead, page: PageOf) -> Response:
    """List the shipments of a flight.

    Those that hold room on it or have flown on it; a merchant sees its own.
    """
    asked = page.of({"flight_id": flight_id}, str)
    async with call.read() as reader:
        await queries.get_flight(reader, flight_id=flight_id)
        shipments = await list_shipments(reader, asked.window, asked.filters)
    return json_reply(
        asked.page(
            shipments,
            lambda shipment: ShipmentOut.of(shipment, call.locale),
            key=lambda shipment: (shipment.id,),
        )
    )


@flights_api.patch(
    "/v1/flights/{flight_id}",
    response_model=FlightOut,
    responses=problems(404, 409, 412, 422, 428),
)
async def patch_flight(flight_id: FlightId, body: FlightPatchIn, call: ParkWrite) -> Response:
    """Change the times or the capacity of a flight.

    JSON merge patch (RFC 7396). Needs If-Match. Possible until the manifest closes. Shipments whose
    connections or cut-off do not hold any more, or that would arrive later, lose their place and
    are rebooked within seconds.
    """

    async def act(uow: UnitOfWork) -> Reply:
        async def check() -> None:
            present = await queries.get_flight(uow, flight_id=flight_id)
            call.check_unchanged(FlightOut.of(present), is_applied=body.is_applied_to(present))

        await change_flight(
            uow,
            flight_id=flight_id,
            patch=body.to_domain(),
            reason=body.reason,
            check=check,
            now=call.clock.now(),
        )
        flight = await queries.get_flight(uow, flight_id=flight_id)
        return representation(FlightOut.of(flight), at=f"/v1/flights/{flight_id}")

    return await call.change(act)


@flights_api.post(
    "/v1/flights/{flight_id}:cancel", response_model=FlightOut, responses=problems(404, 409, 422)
)
async def cancel_flight(flight_id: FlightId, body: FlightCancelIn, call: ParkWrite) -> Response:
    """Cancel a flight.

    Its shipments lose their place and are rebooked, or become unroutable, within seconds.
    """

    async def act(uow: UnitOfWork) -> Reply:
        await cancellation.cancel_flight(
            uow, flight_id=flight_id, reason=body.reason, now=call.clock.now()
        )
        return Reply(200, FlightOut.of(await queries.get_flight(uow, flight_id=flight_id)))

    return await call.once(act)
