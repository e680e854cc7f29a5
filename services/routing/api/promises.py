"""What can be promised to buyers, and how promises were kept; in public."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.routing.api.deps import RoutingRead
from services.routing.domain.itineraries.inquiry import StoreUnknown
from services.routing.queries import promises as queries
from services.routing.schemas.promises import (
    PromiseGradeOut,
    PromiseGradesOut,
    PromisesOut,
    grades_csv,
)
from services.routing.use_cases.promises.table import get_promise_table
from shared.documents.fields import AnyInstant
from shared.http import json_reply, problems

promises_api = APIRouter(tags=["promises"])

_DAYS: Final = timedelta(days=30)
_CSV: Final = {
    "content-type": "text/csv; charset=utf-8; header=present",
    "content-disposition": 'attachment; filename="promise-grades.csv"',
}


Store = Annotated[str | None, Query(pattern=r"^([A-Z]{2}|direct)$", description="Code of a store.")]


class GradesFormat(StrEnum):
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class GradeFilters:
    """What grades can be narrowed to."""

    store: Store = None
    carrier: Annotated[str | None, Query(pattern=r"^[A-Z0-9]{2}$", description="IATA code.")] = None
    due_from: Annotated[
        AnyInstant | None, Query(description="Default: 30 days before `due_to`.")
    ] = None
    due_to: Annotated[
        AnyInstant | None, Query(description="Not included. Default, and at most: the present.")
    ] = None

    def stretch(self, now: datetime) -> tuple[datetime, datetime]:
        due_to = now if self.due_to is None else min(self.due_to, now)
        return self.due_from or due_to - _DAYS, due_to


@promises_api.get(
    "/v1/promise-grades",
    response_model=PromiseGradesOut,
    responses={
        200: {
            "description": "How promises were kept.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        },
        **problems(422),
    },
)
async def list_promise_grades(
    call: RoutingRead,
    given: Annotated[GradeFilters, Depends()],
    *,
    form: Annotated[GradesFormat, Query(alias="format")] = GradesFormat.JSON,
) -> Response:
    """Count how promises were kept, by store and carrier.

    Of all merchants together, and the same for everybody: the numbers name no merchant and no
    order. A promise is the delivery to the buyer's door that the first booking of a shipment
    promised; it counts from when it is due.
    """
    due_from, due_to = given.stretch(call.clock.now())
    async with call.read() as reader:
        counts = await queries.count_grades(
            reader, store=given.store, carrier=given.carrier, due_from=due_from, due_to=due_to
        )
    grades = [PromiseGradeOut.of(one) for one in counts]
    if form is GradesFormat.CSV:
        return json_reply(grades_csv(grades), headers=_CSV)
    return json_reply(
        PromiseGradesOut.model_construct(due_from=due_from, due_to=due_to, grades=grades)
    )


@promises_api.get("/v1/promises", response_model=PromisesOut, responses=problems(422))
async def list_promises(call: RoutingRead, store: Store = None) -> Response:
    """List how often "next day" and 48 hours hold, by store.

    For a parcel of one kilogram without dangerous goods that gets ready at the park at any minute
    of the next seven days, each minute counting the same: at the gateway and at the buyer's door.
    Without `store`: the stores that are open to sellers from China.
    """
    async with call.read() as reader:
        table = await get_promise_table(reader, now=call.clock.now())
    stores = [one for one in table.stores if (one.is_open if store is None else one.store == store)]
    if store is not None and not stores:
        raise StoreUnknown(pointer="/query/store", store=store)
    return json_reply(PromisesOut.of(table, stores))
