"""What the events of catalog about partners mean to routing."""

from services.routing.domain.partners import NoteRights
from shared.contracts.catalog.partners import PartnerRegistered
from shared.kafka import Received


def on_partner_registered(event: Received[PartnerRegistered]) -> NoteRights:
    merchants = event.payload.merchants
    return NoteRights(
        tenant_id=event.payload.partner_id,
        traceparent=event.envelope.traceparent,
        merchants=None if merchants is None else tuple(merchants),
        version=event.envelope.aggregate_version,
    )
