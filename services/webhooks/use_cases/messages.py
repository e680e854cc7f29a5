"""Fan-out: a slice of events becomes messages and deliveries, in the transaction of its inbox."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.webhooks.domain.event_types import patterns_matching
from services.webhooks.domain.messages import Message, PartnerRights
from services.webhooks.repository.messages import save_partner_rights, store_and_fan_out
from services.webhooks.use_cases import metrics
from shared.db import UnitOfWork
from shared.kafka import Apply
from shared.kernel.clock import real_now


def fanning_out(wake_sender: Callable[[], None]) -> Apply[Message | PartnerRights]:
    """Fans slices out. The sender in this process starts as soon as one is committed."""

    async def apply(
        uow: UnitOfWork, facts: Sequence[Message | PartnerRights], /, *, now: datetime
    ) -> None:
        del now  # deliveries are due in real time
        if await fan_out(uow, facts, received_at=real_now()):
            uow.after_commit.append(wake_sender)

    return apply


async def fan_out(
    uow: UnitOfWork, facts: Sequence[Message | PartnerRights], *, received_at: datetime
) -> int:
    """Stores the messages and their deliveries. Returns how many deliveries there are; repeated
    events make none.
    """
    # Before the messages of the same slice, so that a new partner misses none of them.
    for fact in facts:
        if isinstance(fact, PartnerRights):
            await save_partner_rights(uow, fact)
    messages = [fact for fact in facts if isinstance(fact, Message)]
    if not messages:
        return 0
    types = {message.type for message in messages}
    patterns = [(name, pattern) for name in types for pattern in patterns_matching(name)]
    count = await store_and_fan_out(
        uow, messages=messages, patterns=patterns, received_at=received_at
    )
    metrics.FAN_OUT_DELIVERIES.inc(count)
    return count
