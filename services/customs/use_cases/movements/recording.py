"""What others report about goods: arrivals, flights that have left, lists to bind to a bill."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.customs.domain.documents.chains import require_decided
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.state import DocumentState
from services.customs.domain.documents.stored import (
    DocumentHistory,
    group_by_number,
    numbers_of,
)
from services.customs.domain.evidence.entries import About, ActKind
from services.customs.domain.messages.parties import SiteParties
from services.customs.domain.movements.arrival import Arrival, receive_goods
from services.customs.domain.movements.bill import (
    BillOrder,
    draw_up_bills,
    known_bill,
    parcels_to_bind,
)
from services.customs.domain.movements.flight import DepartedFlight, latest_by_flight
from services.customs.repository import receipts
from services.customs.repository.documents import stored as documents
from services.customs.repository.movements import arrivals, bills, departures
from services.customs.use_cases.evidence import record_park_act
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError


async def record_flights(uow: UnitOfWork, *, flights: Sequence[DepartedFlight]) -> None:
    """Flights that have left, in any order, repeated or not."""
    if flights:
        await departures.upsert_flights(uow, latest_by_flight(flights))


async def record_arrival(
    uow: UnitOfWork,
    *,
    arrival: Arrival,
    house_waybills: Sequence[str],
    now: datetime,
    real_now: datetime,
) -> list[tuple[str, bool] | AirlaneError]:
    """For each waybill, in their order: the declaration and whether its arrival is new, or why it
    was refused. Nothing is reported anew while customs may still enter the earlier report.
    """
    parcels = await arrivals.lock_expected(uow, sorted(set(house_waybills)))
    states = await _states_of(uow, {one.void_id for one in parcels if one.void_id})

    parcels = [
        replace(one, void_id=None) if one.void_id and states[one.void_id].is_under_way else one
        for one in parcels
    ]
    received = receive_goods(arrival, house_waybills, parcels)

    if received.new:
        await arrivals.note_arrivals(uow, received.new, arrival, real_now=real_now)
        void = {one.void_id for one in received.new if one.void_id}
        await documents.mark_replaced(uow, void, now=now)
    return list(received.results)


@dataclass(frozen=True, slots=True)
class RecordedBill:
    id: str
    is_new: bool


async def bind_lists(
    uow: UnitOfWork,
    *,
    order: BillOrder,
    parties: SiteParties,
    by: str,
    now: datetime,
    real_now: datetime,
) -> RecordedBill:
    """The same order again finds its bill. Raises what `parcels_to_bind` raises, and
    DocumentUnderWay where customs may still enter an earlier bill.
    """
    declared = await bills.lock_declared(uow, sorted(set(order.house_waybills)))
    known = known_bill(order, declared)
    if known is not None:
        return RecordedBill(known.id, is_new=False)

    parcels = parcels_to_bind(order, declared)
    earlier = {(one.bill.id, one.bill.part) for one in declared if one.bill is not None}
    states = await _states_of(uow, {bill_id for bill_id, _ in earlier})
    for bill_id, part in earlier:
        require_decided(bill_id, states[bill_id].parts[part - 1])
    (bill,) = draw_up_bills(parcels, parties=parties, real_now=real_now)

    await documents.insert_documents(uow, [bill], now=now)
    await bills.mark(uow, [bill])
    await documents.mark_replaced(uow, states, now=now)
    await record_park_act(
        uow,
        about=About.DOCUMENT,
        name=bill.id,
        act=ActKind.BIND,
        actor=by,
        detail={
            "number": bill.drawn.number,
            "flight_number": order.flight_number,
            "master_waybill": order.master_waybill,
            "lists": len(parcels),
        },
        now=now,
    )
    return RecordedBill(bill.id, is_new=True)


async def _states_of(uow: UnitOfWork, document_ids: Collection[str]) -> dict[str, DocumentState]:
    """Of documents that cover many declarations, which are locked by this."""
    if not document_ids:
        return {}
    stored = await documents.lock_with_declarations(uow, dict.fromkeys(document_ids))
    attempts = await documents.attempts_of(uow, [one.id for one in stored])
    kept = await receipts.receipts_by_number(uow, numbers_of(stored, attempts))
    history = DocumentHistory(attempts, group_by_number(one.receipt for one in kept))
    return {one.id: fold_document(history.facts_of(one)) for one in stored}
