"""Facts about a declaration that are announced to others, before they become events."""

from dataclasses import dataclass
from datetime import datetime

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.documents.state import Channel
from shared.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Subject:
    """The declaration an announcement is about. `traceparent`: of the order's last event."""

    id: str
    merchant_id: str
    order_id: str
    shipment_id: str | None
    traceparent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """`version`: the event's number within the declaration. `at`: the instant of the fact."""

    fact: str
    subject: Subject
    version: int
    at: datetime
    status: Phase
    channel: Channel | None = None
    return_status: str | None = None
    detail: str | None = None
    meaning: Words | None = None
