"""Which security lane a parcel waits at, and for how long. The queue itself is rows in the
database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from services.customs.domain.documents.state import Channel

_LAST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LaneQueue:
    """A lane, and how many parcels wait there."""

    lane: int
    capacity_per_hour: int
    waiting: int


@dataclass(frozen=True, slots=True)
class JoiningParcel:
    """A parcel that joins a queue, now that customs has entered its list."""

    declaration_id: str
    merchant_id: str
    cut_off_at: datetime | None


@dataclass(frozen=True, slots=True)
class LaneParcel:
    """A parcel in the queue of a lane."""

    declaration_id: str
    order_id: str
    shipment_id: str | None
    merchant_id: str
    house_waybill: str | None
    channel: Channel | None
    cut_off_at: datetime | None
    queued_at: datetime


def expected_wait(queue: LaneQueue, more: int = 0) -> timedelta:
    """Until a parcel that joins now is screened, itself included; `more` parcels joined before."""
    return timedelta(hours=(queue.waiting + more + 1) / queue.capacity_per_hour)


def assign_lanes(queues: Sequence[LaneQueue], parcels: Sequence[JoiningParcel]) -> dict[str, int]:
    """The lane of each parcel, by declaration. In the order of their cut-offs, each joins the lane
    with the least expected wait, and of equal ones that with the lower number.
    """
    assert queues or not parcels, "the park has no security lanes"
    joined = dict.fromkeys((queue.lane for queue in queues), 0)
    assigned: dict[str, int] = {}
    for parcel in sorted(parcels, key=lambda one: (one.cut_off_at or _LAST, one.declaration_id)):
        best = min(queues, key=lambda queue: (expected_wait(queue, joined[queue.lane]), queue.lane))
        joined[best.lane] += 1
        assigned[parcel.declaration_id] = best.lane
    return assigned


def in_queue_order(parcels: Sequence[LaneParcel]) -> list[LaneParcel]:
    """The earliest cut-off first, then the longest waiting."""
    return sorted(parcels, key=lambda one: (one.cut_off_at or _LAST, one.queued_at))
