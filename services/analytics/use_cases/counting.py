"""Takes a slice of events into the facts: merged here first, then one upsert per kind of fact."""

from collections.abc import Sequence
from datetime import datetime

from services.analytics import repository
from services.analytics.domain.facts import (
    Counted,
    FlightFact,
    MerchantFact,
    OrderFact,
    merge_orders,
    newest,
)
from shared.db import UnitOfWork


async def count_events(uow: UnitOfWork, events: Sequence[Counted], /, *, now: datetime) -> None:
    """Repeating an event, or taking events in another order, changes nothing."""
    del now  # only the instants of the events count
    merchants: dict[str, MerchantFact] = {}
    orders: dict[str, OrderFact] = {}
    flights: dict[str, FlightFact] = {}
    for event in events:
        match event.fact:
            case OrderFact() as order:
                known = orders.get(order.order_id)
                orders[order.order_id] = merge_orders(known, order) if known else order
            case MerchantFact() as merchant:
                key = merchant.merchant_id
                merchants[key] = newest(merchants.get(key, merchant), merchant)
            case FlightFact() as flight:
                flights[flight.flight_id] = newest(flights.get(flight.flight_id, flight), flight)
    if merchants:
        await repository.upsert_merchants(uow, merchants.values())
    if orders:
        await repository.upsert_orders(uow, orders.values())
    if flights:
        await repository.upsert_flights(uow, flights.values())
    if events:
        await repository.note_progress(
            uow,
            slot=int(events[0].event_id[-1], 16),
            newest_at=max(event.occurred_at for event in events),
        )
