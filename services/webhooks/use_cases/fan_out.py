"""From events to deliveries: a slice of the stream becomes rows, in its inbox's transaction."""

from collections.abc import Sequence
from datetime import datetime

from services.webhooks.domain.event_types import patterns_matching
from services.webhooks.domain.message import message_body, order_of, read_data
from services.webhooks.events import SUBSCRIBABLE
from services.webhooks.repository.messages import (
    NewMessage,
    set_partner_rights,
    store_and_fan_out,
)
from services.webhooks.use_cases import metrics
from shared.contracts.catalog.partners import PartnerRegistered
from shared.contracts.envelope import Envelope
from shared.db import UnitOfWork
from shared.kernel.identity import PARK


async def fan_out(uow: UnitOfWork, *, events: Sequence[Envelope], received_at: datetime) -> int:
    """Stores the events and makes their deliveries; returns how many. Repeats change nothing.

    Raises DataIsNotJson: the caller then tries one by one.
    """
    await uow.act_as(PARK)
    for event in events:
        if event.type == PartnerRegistered.event_type:
            await _take_rights(uow, event)
    messages = [_message(event) for event in events if event.type in SUBSCRIBABLE]
    if not messages:
        return 0
    types = {message.type for message in messages}
    patterns = [(name, pattern) for name in types for pattern in patterns_matching(name)]
    count = await store_and_fan_out(
        uow, messages=messages, patterns=patterns, received_at=received_at
    )
    metrics.FAN_OUT_DELIVERIES.inc(count)
    return count


async def _take_rights(uow: UnitOfWork, event: Envelope) -> None:
    """Before the messages of the same slice, so that a new partner misses none of them."""
    rights = PartnerRegistered.model_validate_json(event.data)
    await set_partner_rights(
        uow,
        partner_id=rights.partner_id,
        merchants=rights.merchants,
        version=event.aggregate_version,
    )


def _message(event: Envelope) -> NewMessage:
    content = read_data(event.data)
    return NewMessage(
        event_id=event.id,
        tenant_id=event.tenant_id,
        type=event.type,
        occurred_at=event.time,
        traceparent=event.traceparent,
        body=message_body(event_type=event.type, occurred_at=event.time, data=event.data),
        order_id=order_of(content),
    )
