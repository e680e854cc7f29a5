"""What legs emit: the factors behind every CO2e figure."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.routing.api.deps import RoutingRead
from services.routing.queries import emissions as queries
from services.routing.schemas.emissions import EmissionFactorOut
from shared.http import Page, PageOf, json_reply, problems

emissions_api = APIRouter(tags=["emissions"])


@dataclass(frozen=True)
class FactorFilters:
    """None: there are few."""


@emissions_api.get(
    "/v1/emission-factors", response_model=Page[EmissionFactorOut], responses=problems(422)
)
async def list_emission_factors(
    call: RoutingRead, given: Annotated[FactorFilters, Depends()], page: PageOf
) -> Response:
    """List emission factors.

    A leg emits distance x gross mass x factor (ISO 14083, GLEC Framework). The distance of a
    flight is the great circle and 95 km more; that of a truck its way by road. Each flight of a
    through service counts by itself. All figures of one answer are of one method.
    """
    asked = page.of(given, str, str, int)
    async with call.read() as reader:
        factors = await queries.list_emission_factors(reader, asked.window, asked.filters)
    return json_reply(
        asked.page(
            factors,
            EmissionFactorOut.of,
            key=lambda factor: (factor.mode, factor.vehicle_kind, factor.over_km),
        )
    )
