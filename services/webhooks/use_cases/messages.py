"""Fan-out: a slice of events becomes messages and deliveries, in the transaction of its inbox."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from services.webhooks.domain.event_types import patterns_matching
from services.webhooks.domain.messages import Fact, Message, PartnerRights
from services.webhooks.repository.messages import save_partner_rights, store_and_fan_out
from services.webhooks.use_cases import metrics
from shared.db import UnitOfWork


async def fan_out(
    uow: UnitOfWork, facts: Sequence[Fact], *, real_now: datetime, wake_sender: Callable[[], None]
) -> int:
    """Stores the messages and their deliveries, and wakes the sender once they are committed.
    Returns how many deliveries there are; repeated events make none.
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
    count = await store_and_fan_out(uow, messages=messages, patterns=patterns, received_at=real_now)
    if count:
        uow.after_commit.append(partial(metrics.FAN_OUT_DELIVERIES.inc, count))
        uow.after_commit.append(wake_sender)
    return count
