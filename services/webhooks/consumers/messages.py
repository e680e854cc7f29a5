"""What events mean to webhooks: a message to deliver, or which events a partner may receive."""

from services.webhooks.domain.messages import (
    Message,
    PartnerRights,
    message_body,
    order_of,
    read_data,
)
from shared.contracts.catalog.partners import PartnerRegistered
from shared.contracts.envelope import Envelope
from shared.kafka import Received


def on_public_event(event: Envelope) -> Message:
    """Any type that endpoints can subscribe to. Its data is passed on as it came.

    Raises DataIsNotJson.
    """
    content = read_data(event.data)
    return Message(
        event_id=event.id,
        tenant_id=event.tenant_id,
        type=event.type,
        occurred_at=event.time,
        traceparent=event.traceparent,
        body=message_body(event_type=event.type, occurred_at=event.time, data=event.data),
        order_id=order_of(content),
    )


def on_partner_registered(event: Received[PartnerRegistered]) -> PartnerRights:
    merchants = event.payload.merchants
    return PartnerRights(
        partner_id=event.payload.partner_id,
        merchants=None if merchants is None else tuple(merchants),
        version=event.envelope.aggregate_version,
    )
