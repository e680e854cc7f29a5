"""From Kafka to deliveries. Everything is consumed, so there is one function for whole slices."""

from collections.abc import Awaitable, Callable, Sequence

from services.webhooks.use_cases.fan_out import fan_out
from shared.contracts.envelope import Envelope
from shared.db import UnitOfWork
from shared.kernel.clock import real_now


def on_events(
    wake_sender: Callable[[], None],
) -> Callable[[UnitOfWork, Sequence[Envelope]], Awaitable[None]]:
    """The batch handler; the sender in this process starts as soon as the slice is committed."""

    async def on_batch(uow: UnitOfWork, events: Sequence[Envelope]) -> None:
        if await fan_out(uow, events=events, received_at=real_now()):
            uow.after_commit.append(wake_sender)

    return on_batch
