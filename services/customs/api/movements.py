"""/v1/arrivals and /v1/bills: goods that come into the site, and the master waybills they leave on.
For operators.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.customs.api.deps import BillId, ParkRead, ParkWrite, Parts
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.queries import movements
from services.customs.schemas.movements import (
    ArrivalIn,
    BillIn,
    BillNumber,
    BillOut,
    BillWithLinesOut,
)
from services.customs.use_cases.declarations.standing import work_out
from services.customs.use_cases.movements.recording import bind_lists, record_arrival
from services.customs.use_cases.registrations import require_site_parties
from shared.db import UnitOfWork
from shared.http import Page, PageOf, Reply, json_reply, problems
from shared.http.batches import BatchOut, ItemDone, batch_reply
from shared.kernel.clock import real_now
from shared.kernel.errors import AirlaneError

movements_api = APIRouter(tags=["movements"])


@movements_api.post(
    "/v1/arrivals", status_code=207, response_model=BatchOut, responses=problems(422)
)
async def post_arrivals(body: ArrivalIn, call: ParkWrite) -> Response:
    """Report goods that have come into the supervised site.

    One truck with its house waybills, each accepted or refused by itself. Customs is told (CEB507)
    once it has their lists.
    """

    async def act(uow: UnitOfWork) -> Reply:
        outcomes = await record_arrival(
            uow,
            arrival=body.to_domain(),
            house_waybills=body.house_waybills,
            now=call.clock.now(),
            real_now=real_now(),
        )
        new = [one[0] for one in outcomes if not isinstance(one, AirlaneError) and one[1]]
        await work_out(uow, new, now=call.clock.now())
        return batch_reply(call, body.house_waybills, [_done(one) for one in outcomes])

    return await call.once(act)


def _done(outcome: tuple[str, bool] | AirlaneError) -> ItemDone | AirlaneError:
    if isinstance(outcome, AirlaneError):
        return outcome
    declaration_id, is_new = outcome
    return ItemDone(declaration_id, is_new=is_new)


@movements_api.post(
    "/v1/bills",
    status_code=201,
    response_model=BillWithLinesOut,
    responses={200: {"model": BillWithLinesOut}, **problems(404, 409, 422)},
)
async def bind_to_bill(body: BillIn, call: ParkWrite, parts: Parts) -> Response:
    """Bind lists to a master waybill and flight.

    All of them or none; the same again finds the bill there is. A flight that has left is bound by
    itself: this is for what is to be bound before, and for a bill that customs has returned.
    """

    async def act(uow: UnitOfWork) -> Reply:
        bound = await bind_lists(
            uow,
            order=body.to_domain(),
            parties=await require_site_parties(uow, parts.rulebooks.books, now=call.clock.now()),
            by=call.principal.subject,
            now=call.clock.now(),
            real_now=real_now(),
        )
        made = await movements.get_bill(uow, bill_id=bound.id)
        shown = BillWithLinesOut.with_lines(made)
        return Reply(201 if bound.is_new else 200, shown, location=f"/v1/bills/{bound.id}")

    return await call.once(act)


@dataclass(frozen=True)
class BillFilters:
    """What a list of bills can be narrowed to."""

    status: Annotated[DocumentPhase | None, Query()] = None
    flight_id: Annotated[str | None, Query(pattern=r"^flt_[0-9a-f]{32}$")] = None
    master_waybill: Annotated[BillNumber | None, Query()] = None


@movements_api.get("/v1/bills", response_model=Page[BillOut], responses=problems(422))
async def list_bills(
    call: ParkRead, given: Annotated[BillFilters, Depends()], page: PageOf
) -> Response:
    """List master bills, newest first.

    `status` is that of the document at customs.
    """
    asked = page.of(given, str)
    async with call.read() as reader:
        found = await movements.list_bills(reader, asked.window, asked.filters)
    return json_reply(asked.page(found, BillOut.of, key=lambda bill: (bill.id,)))


@movements_api.get(
    "/v1/bills/{bill_id}", response_model=BillWithLinesOut, responses=problems(404, 422)
)
async def get_bill(bill_id: BillId, call: ParkRead) -> Response:
    """Read a master bill.

    With the lists that it binds.
    """
    async with call.read() as reader:
        bill = await movements.get_bill(reader, bill_id=bill_id)
    return json_reply(BillWithLinesOut.with_lines(bill))
