"""Work of the security lanes: taking the next parcels, and reporting what the scanners saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.customs.domain.lanes.errors import LaneNotFound
from services.customs.domain.lanes.queue import LaneParcel, in_queue_order
from services.customs.domain.lanes.screening import Screening, screen
from services.customs.events.lanes import declaration_screened
from services.customs.repository import lanes
from services.customs.use_cases import metrics
from services.customs.use_cases.declarations.announcing import announce
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError


@dataclass(frozen=True, slots=True)
class RecordedScreening:
    id: str
    is_new: bool


async def take_parcels(
    uow: UnitOfWork, *, lane: int, limit: int, lease: timedelta, real_now: datetime
) -> list[LaneParcel]:
    """The next parcels of a lane: the earliest cut-off first, then the longest waiting. They are
    offered again if no screening is reported before the lease ends. Raises LaneNotFound.
    """
    if not await lanes.lane_exists(uow, lane):
        raise LaneNotFound(lane=lane)
    taken = await lanes.take(
        uow, lane=lane, rows_max=limit, lease_until=real_now + lease, real_now=real_now
    )
    metrics.count_taken(uow, lane, len(taken))
    return in_queue_order(taken)


async def record_screenings(
    uow: UnitOfWork, *, screenings: Sequence[Screening], now: datetime
) -> list[RecordedScreening | AirlaneError]:
    """For each report, in their order: as it is kept, or why it was refused."""
    declaration_ids = sorted({one.declaration_id for one in screenings})
    parcels = await lanes.lock_parcels(uow, declaration_ids)
    queues = await lanes.list_queues(uow)
    ids = await lanes.known_screenings(uow, declaration_ids)

    outcome = screen(parcels, screenings, lanes={queue.lane for queue in queues}, known=ids.keys())

    if outcome.new:
        ids |= await lanes.insert_screenings(uow, outcome.new, parcels=outcome.parcels, now=now)
        await lanes.save_screened(uow, list(outcome.parcels.values()))
        announce(uow, outcome.announcements, declaration_screened, now=now)
        metrics.count_screenings(uow, outcome.new)
    return [
        result
        if isinstance(result, AirlaneError)
        else RecordedScreening(ids[screening], is_new=result)
        for screening, result in zip(screenings, outcome.results, strict=True)
    ]
