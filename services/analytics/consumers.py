"""From Kafka to facts. Everything is consumed, in whole slices."""

from collections.abc import Sequence

from services.analytics.use_cases.counting import count_events
from shared.contracts.envelope import Envelope
from shared.db import UnitOfWork


async def on_batch(uow: UnitOfWork, events: Sequence[Envelope]) -> None:
    await count_events(uow, events=events)
