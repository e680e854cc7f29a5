"""What happened to a declaration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.queries.declarations.files import DeclarationFile, get_file
from services.customs.queries.declarations.views import DeclarationView
from shared.db import TEXT, Reader, sql


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
class ActView:
    """What a person or the system did to it: an entry of the evidence, canonical JSON."""

    content: bytes
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that happened, in no order. `queued`: at a security lane."""

    file: DeclarationFile
    queued: QueuedView | None
    screenings: Sequence[ScreeningView]
    acts: Sequence[ActView]


_QUEUED: Final = sql(
    """
    SELECT lane, queued_at FROM customs.parcels
    WHERE declaration_id = :id AND queued_at IS NOT NULL
    """,
    QueuedView,
    id=TEXT,
)

_SCREENINGS: Final = sql(
    "SELECT lane, passed, screened_at FROM customs.screenings WHERE declaration_id = :id",
    ScreeningView,
    id=TEXT,
)

_ACTS: Final = sql(
    """
    SELECT content, recorded_at FROM customs.evidence_entries
    WHERE subject = :id AND kind = 'act' ORDER BY id
    """,
    ActView,
    id=TEXT,
)


async def get_timeline(reader: Reader, declaration: DeclarationView) -> Timeline:
    """`reader`: of the whole park; the caller has read the declaration as himself."""
    return Timeline(
        file=await get_file(reader, declaration),
        queued=await reader.fetch_first(_QUEUED, id=declaration.id),
        screenings=await reader.fetch_all(_SCREENINGS, id=declaration.id),
        acts=await reader.fetch_all(_ACTS, id=declaration.id),
    )
