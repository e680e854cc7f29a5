"""Announcements into the outbox, each under the trace of the order's last event: one trace id leads
from the merchant's request through receipts and jobs to the partner's webhook.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from services.customs.domain.declarations.announcements import Announcement
from shared.contracts.envelope import EventPayload
from shared.db import UnitOfWork
from shared.telemetry import trace

A = TypeVar("A", bound=Announcement)


def announce(
    uow: UnitOfWork,
    announcements: Iterable[A],
    event_of: Callable[[A], EventPayload],
    *,
    now: datetime,
) -> None:
    """In the order given. The declarations are locked."""
    for announcement in announcements:
        subject = announcement.subject
        with trace.following(subject.traceparent):
            uow.outbox.add(
                event_of(announcement),
                subject=subject.id,
                version=announcement.version,
                at=now,
                tenant_id=subject.merchant_id,
            )
