"""What others report about goods: arrivals, flights that have left, lists to bind to a bill."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.customs.domain.messages.parties import ParkParties
from services.customs.domain.movements.arrival import Arrival, receive_goods
from services.customs.domain.movements.bill import (
    BillOrder,
    draw_up_bills,
    known_bill,
    parcels_to_bind,
)
from services.customs.domain.movements.flight import DepartedFlight, latest_by_flight
from services.customs.repository.documents import stored as documents
from services.customs.repository.movements import arrivals, bills, departures
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError


async def record_flights(uow: UnitOfWork, *, flights: Sequence[DepartedFlight]) -> None:
    """Flights that have left, in any order, repeated or not."""
    if flights:
        await departures.upsert_flights(uow, latest_by_flight(flights))


async def record_arrival(
    uow: UnitOfWork, *, arrival: Arrival, house_waybills: Sequence[str], real_now: datetime
) -> list[tuple[str, bool] | AirlaneError]:
    """For each waybill, in their order: the declaration and whether its arrival is new, or why it
    was refused.
    """
    parcels = await arrivals.lock_expected(uow, sorted(set(house_waybills)))

    received = receive_goods(arrival, house_waybills, parcels)

    if received.new:
        await arrivals.note_arrivals(uow, received.new, arrival, real_now=real_now)
    return list(received.results)


@dataclass(frozen=True, slots=True)
class RecordedBill:
    id: str
    is_new: bool


async def bind_lists(
    uow: UnitOfWork, *, order: BillOrder, parties: ParkParties, now: datetime, real_now: datetime
) -> RecordedBill:
    """The same order again finds its bill. Raises what `parcels_to_bind` raises."""
    declared = await bills.lock_declared(uow, sorted(set(order.house_waybills)))
    known = known_bill(order, declared)
    if known is not None:
        return RecordedBill(known.id, is_new=False)

    parcels = parcels_to_bind(order, declared)
    (bill,) = draw_up_bills(parcels, parties=parties, real_now=real_now)

    await documents.insert_documents(uow, [bill], now=now)
    await bills.mark(uow, [bill])
    return RecordedBill(bill.id, is_new=True)
