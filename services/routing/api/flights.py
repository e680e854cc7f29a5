"""/v1/flights: the timetable, what is left on it, manifests; and cancelling a flight."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.routing.api.deps import Airport, FlightId, PageOf, ParkWrite, RoutingRead
from services.routing.queries import flights as queries
from services.routing.queries import shipments as shipment_queries
from services.routing.schemas.flights import FlightCancelIn, FlightOut, FlightStatusName
from services.routing.schemas.shipments import ShipmentOut
from services.routing.use_cases.flights import cancellation
from shared.db import UnitOfWork
from shared.http import Page, Reply, json_reply, problems
from shared.http.fields import AnyInstant

flights_api = APIRouter(tags=["flights"])

_FIRST: Final = (datetime(1, 1, 1, tzinfo=UTC), "")


@flights_api.get("/v1/flights", response_model=Page[FlightOut], responses=problems(422))
async def list_flights(
    *,
    call: RoutingRead,
    page: PageOf,
    flight_number: Annotated[str | None, Query(pattern=r"^[A-Z0-9]{3,8}$")] = None,
    origin: Airport = None,
    destination: Airport = None,
    departing_from: Annotated[AnyInstant | None, Query()] = None,
    departing_to: Annotated[AnyInstant | None, Query()] = None,
    status: FlightStatusName | None = None,
    booked: Annotated[
        bool | None, Query(description="Only flights with (true) or without shipments (false).")
    ] = None,
) -> Response:
    """List flights by departure.

    The earliest first. Instants are business time (GET /v1/clock).
    """
    filters = {
        "flight_number": flight_number,
        "origin": origin,
        "destination": destination,
        "departing_from": departing_from,
        "departing_to": departing_to,
        "status": status,
        "booked": booked,
    }
    after_at, after_id = page.after(filters, datetime, str) or _FIRST
    async with call.read() as reader:
        rows = await queries.list_flights(
            reader, after=(after_at, after_id), most=page.fetch, filters=filters
        )
    return json_reply(
        page.page(rows, FlightOut.of, key=lambda r: (r["departs_at"], r["id"]), filters=filters)
    )


@flights_api.get("/v1/flights/{flight_id}", response_model=FlightOut, responses=problems(404, 422))
async def get_flight(flight_id: FlightId, call: RoutingRead) -> Response:
    """Read a flight and what is left on it."""
    async with call.read() as reader:
        row = await queries.get_flight(reader, flight_id=flight_id)
    return json_reply(FlightOut.of(row))


@flights_api.get(
    "/v1/flights/{flight_id}/shipments",
    response_model=Page[ShipmentOut],
    responses=problems(404, 422),
)
async def list_flight_shipments(flight_id: FlightId, call: RoutingRead, page: PageOf) -> Response:
    """List the shipments of a flight.

    Those that hold room on it or have flown on it; a merchant sees its own.
    """
    filters = dict.fromkeys(shipment_queries.SHIPMENT_FILTERS) | {"flight_id": flight_id}
    (before,) = page.after(filters, str) or (shipment_queries.LAST,)
    async with call.read() as reader:
        await queries.get_flight(reader, flight_id=flight_id)
        rows = await shipment_queries.list_shipments(
            reader, before=before, most=page.fetch, filters=filters
        )
    return json_reply(
        page.page(
            rows,
            lambda row: ShipmentOut.of(row, call.locale),
            key=lambda r: (r["id"],),
            filters=filters,
        )
    )


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
