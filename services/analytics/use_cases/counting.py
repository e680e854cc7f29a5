"""Takes a slice of events into the facts: merged here first, then one upsert per kind of fact."""

from collections.abc import Sequence

from services.analytics import repository
from services.analytics.domain.facts import (
    FlightFact,
    MerchantFact,
    OrderFact,
    merge_orders,
    newest,
)
from services.analytics.use_cases.interpreting import fact_of
from shared.contracts.envelope import Envelope
from shared.db import UnitOfWork
from shared.kernel.identity import PARK


async def count_events(uow: UnitOfWork, *, events: Sequence[Envelope]) -> None:
    """Repeating an event, or taking events in another order, changes nothing."""
    merchants: dict[str, MerchantFact] = {}
    orders: dict[str, OrderFact] = {}
    flights: dict[str, FlightFact] = {}
    for event in events:
        match fact_of(event):
            case OrderFact() as order:
                known = orders.get(order.order_id)
                orders[order.order_id] = merge_orders(known, order) if known else order
            case MerchantFact() as merchant:
                key = merchant.merchant_id
                merchants[key] = newest(merchants.get(key, merchant), merchant)
            case FlightFact() as flight:
                flights[flight.flight_id] = newest(flights.get(flight.flight_id, flight), flight)
    await uow.act_as(PARK)
    if merchants:
        await repository.upsert_merchants(uow, merchants.values())
    if orders:
        await repository.upsert_orders(uow, orders.values())
    if flights:
        await repository.upsert_flights(uow, flights.values())
    if events:
        await repository.note_progress(
            uow, slot=int(events[0].id[-1], 16), newest_at=max(event.time for event in events)
        )
