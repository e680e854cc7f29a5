"""Work of the security lanes: taking the next parcels, and reporting what the scanner saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asyncpg import Record

from services.customs.domain.declarations.errors import DeclarationNotFound
from services.customs.domain.lanes.errors import LaneNotFound, ScreeningContradicted
from services.customs.events import lanes as events
from services.customs.repository import lanes
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.announcing import tell
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError
from shared.kernel.ids import new_id


@dataclass(frozen=True)
class Screening:
    declaration_id: str
    lane: int
    passed: bool
    screened_at: datetime


@dataclass(frozen=True)
class Screened:
    """What became of one report: its id, or why it was refused."""

    screening_id: str | None
    is_new: bool = False
    refusal: AirlaneError | None = None


async def take_parcels(
    uow: UnitOfWork, *, lane: int, limit: int, lease: timedelta, real_now: datetime
) -> list[Record]:
    """The next parcels of a lane: earliest cut-off first, then longest waiting. Raises
    LaneNotFound. They come up again when no screening is reported before the lease ends."""
    if not await lanes.lane_exists(uow, lane):
        raise LaneNotFound(lane=lane)
    rows = await lanes.take(
        uow, lane=lane, limit=limit, lease_until=real_now + lease, real_now=real_now
    )
    latest = datetime.max.replace(tzinfo=real_now.tzinfo)
    return sorted(rows, key=lambda row: (row["cut_off_at"] or latest, row["queued_at"]))


async def record_screenings(
    uow: UnitOfWork, *, screenings: Sequence[Screening], now: datetime
) -> list[Screened]:
    """In the order given, each accepted or refused by itself. The same report again is no news; a
    failed one holds the parcel until one passes; after that, another one contradicts."""
    ids = sorted({one.declaration_id for one in screenings})
    rows = {row["id"]: row for row in await lanes.lock_for_screening(uow, ids)}
    known_lanes, _ = await lanes.lanes_with_queues(uow)
    book = _Book(
        rows=rows,
        lanes=frozenset(lane.lane for lane in known_lanes),
        seen={_identity(row): row["id"] for row in await lanes.screenings_of(uow, ids)},
    )
    results = [book.enter(uow, one, now=now) for one in screenings]
    if book.new:
        await lanes.insert_screenings(uow, book.new, now=now)
        await lanes.save_screened(uow, list(book.changes.values()))
    for one in book.new:
        label = metrics.SCREENINGS.labels(str(one["lane"]), str(one["passed"]).lower())
        uow.after_commit.append(label.inc)
    return results


_Identity = tuple[str, int, bool, datetime]


def _identity(row: Record | Screening) -> _Identity:
    if isinstance(row, Screening):
        return (row.declaration_id, row.lane, row.passed, row.screened_at)
    return (row["declaration_id"], row["lane"], row["passed"], row["screened_at"])


class _Book:
    """The reports of one request, entered one after the other."""

    def __init__(
        self, *, rows: dict[str, Record], lanes: frozenset[int], seen: dict[_Identity, str]
    ) -> None:
        self._rows = rows
        self._lanes = lanes
        self._seen = seen
        self.new: list[dict[str, Any]] = []
        self.changes: dict[str, dict[str, Any]] = {}

    def enter(self, uow: UnitOfWork, one: Screening, *, now: datetime) -> Screened:
        row = self._rows.get(one.declaration_id)
        if row is None:
            return Screened(None, refusal=DeclarationNotFound(declaration_id=one.declaration_id))
        if one.lane not in self._lanes:
            return Screened(None, refusal=LaneNotFound(lane=one.lane))
        known = self._seen.get(_identity(one))
        if known is not None:
            return Screened(known)
        change = self._change(row)
        if change["screened_at"] is not None:
            refusal = ScreeningContradicted(declaration_id=one.declaration_id)
            return Screened(None, refusal=refusal)
        self._apply(uow, row, change, one, now=now)
        screening_id = new_id("scr")
        self._seen[_identity(one)] = screening_id
        self.new.append(
            {
                "id": screening_id,
                "tenant_id": row["tenant_id"],
                "declaration_id": one.declaration_id,
                "lane": one.lane,
                "passed": one.passed,
                "screened_at": one.screened_at.isoformat(),
            }
        )
        return Screened(screening_id, is_new=True)

    def _change(self, row: Record) -> dict[str, Any]:
        screened_at = row["screened_at"]
        return self.changes.get(row["id"]) or {
            "id": row["id"],
            "screened_at": screened_at.isoformat() if screened_at else None,
            "is_held": row["is_held"],
            "version": row["version"],
            "facts": list(row["facts"]),
        }

    def _apply(
        self,
        uow: UnitOfWork,
        row: Record,
        change: dict[str, Any],
        one: Screening,
        *,
        now: datetime,
    ) -> None:
        change["version"] += 1
        change["is_held"] = not one.passed
        if one.passed:
            change["screened_at"] = one.screened_at.isoformat()
            change["facts"].append("screened")
        self.changes[row["id"]] = change
        payload = events.declaration_screened(
            row, at=one.screened_at, lane=one.lane, passed=one.passed
        )
        tell(uow, row, payload, version=change["version"], now=now)
