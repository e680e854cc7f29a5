"""What happened to a declaration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.queries.declarations.views import DeclarationView, get_declaration
from shared.db import TEXT, Reader, sql
from shared.kernel.identity import PARK


@dataclass(frozen=True, slots=True)
class ReceiptView:
    message_type: str
    return_status: str
    return_time: datetime
    info_code: str | None
    info_text: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class QueuedView:
    lane: int
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class ScreeningView:
    lane: int
    passed: bool
    screened_at: datetime


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that happened, in no order. `queued`: at a security lane."""

    declaration: DeclarationView
    receipts: Sequence[ReceiptView]
    queued: QueuedView | None
    screenings: Sequence[ScreeningView]


_OWN: Final = f"declaration_id = :id AND (:tenant = '{PARK}' OR tenant_id = :tenant)"

_RECEIPTS: Final = sql(
    f"""
    SELECT message_type, return_status, return_time, info_code, info_text, received_at
    FROM customs.receipts WHERE {_OWN}
    """,  # noqa: S608 - constants
    ReceiptView,
    id=TEXT,
    tenant=TEXT,
)

_QUEUED: Final = sql(
    f"""
    SELECT lane, queued_at FROM customs.parcels WHERE {_OWN} AND queued_at IS NOT NULL
    """,  # noqa: S608 - constants
    QueuedView,
    id=TEXT,
    tenant=TEXT,
)

_SCREENINGS: Final = sql(
    f"SELECT lane, passed, screened_at FROM customs.screenings WHERE {_OWN}",  # noqa: S608 - constants
    ScreeningView,
    id=TEXT,
    tenant=TEXT,
)


async def get_timeline(reader: Reader, *, declaration_id: str) -> Timeline:
    """Raises DeclarationNotFound."""
    declaration = await get_declaration(reader, declaration_id=declaration_id)
    tenant = reader.tenant
    return Timeline(
        declaration=declaration,
        receipts=await reader.fetch_all(_RECEIPTS, id=declaration_id, tenant=tenant),
        queued=await reader.fetch_first(_QUEUED, id=declaration_id, tenant=tenant),
        screenings=await reader.fetch_all(_SCREENINGS, id=declaration_id, tenant=tenant),
    )
