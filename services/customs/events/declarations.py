"""Announcements of declarations as event payloads. All of them begin with the same fields."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypedDict

from services.customs.domain.declarations.announcements import Announcement
from services.customs.domain.documents.state import Channel
from shared.contracts.customs.declarations import (
    DeclarationAccepted,
    DeclarationBlocked,
    DeclarationCancelDeclined,
    DeclarationCancelled,
    DeclarationCancelRequested,
    DeclarationClosed,
    DeclarationInspection,
    DeclarationReleased,
    DeclarationReturned,
    DeclarationSubmitted,
    DeclarationWithdrawn,
)
from shared.contracts.envelope import EventPayload

_OF_FACT: Final[dict[str, Callable[..., EventPayload]]] = {
    "submitted": DeclarationSubmitted,
    "blocked": DeclarationBlocked,
    "accepted": DeclarationAccepted,
    "manual_review": DeclarationInspection,
    "inspection": DeclarationInspection,
    "released": DeclarationReleased,
    "returned": DeclarationReturned,
    "closed": DeclarationClosed,
    "cancel_requested": DeclarationCancelRequested,
    "cancelled": DeclarationCancelled,
    "cancel_declined": DeclarationCancelDeclined,
    "withdrawn": DeclarationWithdrawn,
}


class Head(TypedDict):
    declaration_id: str
    order_id: str
    shipment_id: str | None
    merchant_id: str
    at: datetime
    status: str
    channel: Channel | None
    return_status: str | None
    detail: str | None
    meaning: dict[str, str] | None


def head_of(announcement: Announcement) -> Head:
    subject, meaning = announcement.subject, announcement.meaning
    return {
        "declaration_id": subject.id,
        "order_id": subject.order_id,
        "shipment_id": subject.shipment_id,
        "merchant_id": subject.merchant_id,
        "at": announcement.at,
        "status": announcement.status,
        "channel": announcement.channel,
        "return_status": announcement.return_status,
        "detail": announcement.detail,
        "meaning": meaning.by_language() if meaning is not None else None,
    }


def declaration_event(announcement: Announcement) -> EventPayload:
    return _OF_FACT[announcement.fact](**head_of(announcement))
