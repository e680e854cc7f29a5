"""What a security lane reported, as event payload."""

from datetime import datetime

from asyncpg import Record

from services.customs.events.declarations import _head
from shared.contracts.customs.declarations import (
    DeclarationScreened,
)


def declaration_screened(
    row: Record, *, at: datetime, lane: int, passed: bool
) -> DeclarationScreened:
    head = _head(row, at=at, status=row["status"], channel=row["channel"])
    return DeclarationScreened(**head, lane=lane, passed=passed)
