"""Customs' facts as event payloads: the only place that builds one. All carry the same head, taken
from a declaration's row.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypedDict

from asyncpg import Record

from shared.contracts.customs.declarations import (
    DeclarationAccepted,
    DeclarationBlocked,
    DeclarationClosed,
    DeclarationInspection,
    DeclarationReleased,
    DeclarationReturned,
    DeclarationSubmitted,
)
from shared.contracts.envelope import EventPayload
from shared.kernel.words import Words


class _Head(TypedDict):
    declaration_id: str
    order_id: str
    shipment_id: str | None
    merchant_id: str
    at: datetime
    status: str
    channel: Any
    return_status: str | None
    detail: str | None
    meaning: dict[str, str] | None


def _head(
    row: Record,
    *,
    at: datetime,
    status: str,
    channel: str | None = None,
    return_status: str | None = None,
    detail: str | None = None,
    meaning: Words | None = None,
) -> _Head:
    return {
        "declaration_id": row["id"],
        "order_id": row["order_id"],
        "shipment_id": row["shipment_id"],
        "merchant_id": row["tenant_id"],
        "at": at,
        "status": status,
        "channel": channel,
        "return_status": return_status,
        "detail": detail,
        "meaning": meaning.by_language() if meaning is not None else None,
    }


def declaration_submitted(row: Record, *, at: datetime, status: str) -> DeclarationSubmitted:
    return DeclarationSubmitted(**_head(row, at=at, status=status))


def declaration_blocked(row: Record, *, at: datetime, found: Words) -> DeclarationBlocked:
    head = _head(row, at=at, status="blocked", detail=found.en, meaning=found)
    return DeclarationBlocked(**head)


_OF_FACT: Final[dict[str, Callable[..., EventPayload]]] = {
    "accepted": DeclarationAccepted,
    "manual_review": DeclarationInspection,
    "inspection": DeclarationInspection,
    "released": DeclarationReleased,
    "returned": DeclarationReturned,
    "closed": DeclarationClosed,
}


def declaration_fact(
    row: Record,
    fact: str,
    *,
    at: datetime,
    status: str,
    channel: str | None,
    return_status: str,
    detail: str | None,
    meaning: Words,
) -> EventPayload:
    """A fact that a receipt states; `fact` as named in domain.phase.FACT_OF_CODE."""
    head = _head(
        row,
        at=at,
        status=status,
        channel=channel,
        return_status=return_status,
        detail=detail,
        meaning=meaning,
    )
    return _OF_FACT[fact](**head)
