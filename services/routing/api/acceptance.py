"""Which goods legs take: the rules that a search goes by."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.routing.api.deps import RoutingRead
from services.routing.queries import acceptance as queries
from services.routing.schemas.acceptance.rules import AcceptanceRuleOut, VehicleKindName
from shared.documents.fields import Day
from shared.http import Page, PageOf, json_reply, problems

acceptance_api = APIRouter(tags=["acceptance"])


@dataclass(frozen=True)
class RuleFilters:
    """What a list of rules can be narrowed to. Rules for all carriers or vehicles speak of each."""

    carrier: Annotated[str | None, Query(pattern=r"^[A-Z0-9]{2}$")] = None
    vehicle_kind: Annotated[VehicleKindName | None, Query()] = None
    un_number: Annotated[str | None, Query(pattern=r"^UN[0-9]{4}$")] = None
    handling_code: Annotated[str | None, Query(pattern=r"^[A-Z]{3}$")] = None
    day: Annotated[
        Day | None, Query(description="Only rules that hold for departures on this day.")
    ] = None


@acceptance_api.get(
    "/v1/acceptance-rules", response_model=Page[AcceptanceRuleOut], responses=problems(422)
)
async def list_acceptance_rules(
    call: RoutingRead, given: Annotated[RuleFilters, Depends()], page: PageOf
) -> Response:
    """List rules of acceptance.

    Dangerous goods and handling codes go where at least one rule allows them and none forbids them.
    So the rule of one carrier can take away what the rule for all carriers gives, and never add to
    it, and what no rule speaks of is not taken.
    """
    asked = page.of(given, str)
    async with call.read() as reader:
        rules = await queries.list_acceptance_rules(reader, asked.window, asked.filters)
    return json_reply(asked.page(rules, AcceptanceRuleOut.of, key=lambda rule: (rule.id,)))
