"""From events to deliveries: a slice of the stream becomes rows, in its inbox's transaction."""

from collections.abc import Sequence
from datetime import datetime

from services.webhooks.domain.event_types import patterns_matching
from services.webhooks.domain.message import message_body
from services.webhooks.repository.messages import NewMessage, store_and_fan_out
from services.webhooks.use_cases import metrics
from shared.contracts.envelope import Envelope
from shared.db import UnitOfWork
from shared.kernel.identity import PARK


async def fan_out(uow: UnitOfWork, *, events: Sequence[Envelope], received_at: datetime) -> int:
    """Stores the events and makes their deliveries; returns how many. Repeats change nothing.

    Raises DataIsNotJson: the caller then tries one by one.
    """
    await uow.act_as(PARK)
    messages = [_message(event) for event in events]
    types = {message.type for message in messages}
    patterns = [(name, pattern) for name in types for pattern in patterns_matching(name)]
    count = await store_and_fan_out(
        uow, messages=messages, patterns=patterns, received_at=received_at
    )
    metrics.FAN_OUT_DELIVERIES.inc(count)
    return count


def _message(event: Envelope) -> NewMessage:
    return NewMessage(
        event_id=event.id,
        tenant_id=event.tenant_id,
        type=event.type,
        occurred_at=event.time,
        traceparent=event.traceparent,
        body=message_body(event_type=event.type, occurred_at=event.time, data=event.data),
    )
