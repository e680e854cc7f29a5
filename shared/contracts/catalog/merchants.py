"""Merchants of the park, as catalog publishes them. Aggregate: merchant (`mer_…`)."""

from datetime import datetime
from typing import ClassVar

from shared.contracts.envelope import EventPayload
from shared.contracts.topics import (
    CATALOG_MERCHANTS,
)


class MerchantRegistered(EventPayload):
    event_type: ClassVar[str] = "catalog.merchant.registered"
    topic: ClassVar[str] = CATALOG_MERCHANTS

    merchant_id: str
    name: dict[str, str]
    belt: str
    has_office: bool
    synthetic: bool
    registered_at: datetime
