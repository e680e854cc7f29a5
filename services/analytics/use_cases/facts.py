"""Counting: the facts of a slice of events go into the tables, one upsert per kind of fact."""

from collections.abc import Sequence
from datetime import datetime

from services.analytics.domain.facts import Counted, merge_facts
from services.analytics.repository import facts as repository
from shared.db import UnitOfWork


async def count_events(uow: UnitOfWork, events: Sequence[Counted], /, *, now: datetime) -> None:
    """Repeating an event, or taking events in another order, changes nothing."""
    del now  # only the instants of the events count
    merged = merge_facts(events)
    if merged.merchants:
        await repository.upsert_merchants(uow, merged.merchants)
    if merged.orders:
        await repository.upsert_orders(uow, merged.orders)
    if merged.flights:
        await repository.upsert_flights(uow, merged.flights)
    if merged.progress is not None:
        await repository.save_progress(
            uow, slot=merged.progress.slot, newest_at=merged.progress.newest_at
        )
