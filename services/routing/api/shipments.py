"""/v1/shipments: a merchant sees its own, a partner those of merchants it sees, operators all."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.routing.api.deps import Airport, RoutingRead, ShipmentId
from services.routing.queries import shipments as queries
from services.routing.schemas.shipments import (
    ShipmentAlternativesOut,
    ShipmentDetailOut,
    ShipmentOut,
    ShipmentStatusName,
)
from services.routing.use_cases.shipments.alternatives import shipment_alternatives
from shared.documents.fields import AnyInstant
from shared.http import Page, PageOf, json_reply, problems
from shared.kernel.identity import Role

shipments_api = APIRouter(tags=["shipments"])


@dataclass(frozen=True)
class ShipmentFilters:
    """What a list of shipments can be narrowed to."""

    order_id: Annotated[str | None, Query(pattern=r"^ord_[0-9a-f]{32}$")] = None
    flight_id: Annotated[str | None, Query(pattern=r"^flt_[0-9a-f]{32}$")] = None
    house_waybill: Annotated[str | None, Query(pattern=r"^[A-Z0-9]{1,32}$")] = None
    status: Annotated[ShipmentStatusName | None, Query()] = None
    airport: Airport = None
    placed_from: Annotated[AnyInstant | None, Query()] = None
    placed_to: Annotated[AnyInstant | None, Query(description="Before this instant.")] = None


@shipments_api.get("/v1/shipments", response_model=Page[ShipmentOut], responses=problems(422))
async def list_shipments(
    call: RoutingRead,
    given: Annotated[ShipmentFilters, Depends()],
    page: PageOf,
) -> Response:
    """List shipments, newest first.

    `airport`: those on the ground there.
    """
    asked = page.of(given, str)
    async with call.read() as reader:
        shipments = await queries.list_shipments(reader, asked.window, asked.filters)
    return json_reply(
        asked.page(
            shipments,
            lambda shipment: ShipmentOut.of(shipment, call.locale),
            key=lambda shipment: (shipment.id,),
        )
    )


@shipments_api.get(
    "/v1/shipments/{shipment_id}",
    response_model=ShipmentDetailOut,
    responses=problems(404, 422),
)
async def get_shipment(shipment_id: ShipmentId, call: RoutingRead) -> Response:
    """Read a shipment and its progress.

    With its itinerary and the log of status updates.
    """
    async with call.read() as reader:
        shipment = await queries.get_shipment(reader, shipment_id=shipment_id)
    return json_reply(ShipmentDetailOut.of_details(shipment, call.locale))


@shipments_api.get(
    "/v1/shipments/{shipment_id}/alternatives",
    response_model=ShipmentAlternativesOut,
    responses=problems(404, 409, 422),
)
async def list_shipment_alternatives(shipment_id: ShipmentId, call: RoutingRead) -> Response:
    """List what could be done with a shipment without a place.

    For one that is `unroutable` or `waiting`: split it, send it as another product, or hand it over
    at another airport, each with the way it would take and its price. For any other the list is
    empty.
    """
    now = call.clock.now()
    async with call.read() as reader:
        unplaced = await queries.get_sought_place(reader, shipment_id=shipment_id)
        found = await shipment_alternatives(reader, unplaced, now=now)
    # What a merchant pays is its own business.
    with_prices = call.principal.role is not Role.PARTNER
    return json_reply(
        ShipmentAlternativesOut.of(unplaced, found, call.locale, as_of=now, with_prices=with_prices)
    )
