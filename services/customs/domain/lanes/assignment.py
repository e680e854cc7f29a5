"""Which security lane a parcel waits at, and for how long. The queue itself is rows in the
database; its order (flight cut-off, then age) is in the statement that takes from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Lane:
    lane: int
    capacity_per_hour: int


def expected_wait(lane: Lane, queue_length: int) -> timedelta:
    """Until a parcel that joins now is screened, itself included."""
    return timedelta(hours=(queue_length + 1) / lane.capacity_per_hour)


def assign_lanes(
    lanes: Sequence[Lane], queue_lengths: Mapping[int, int], *, parcels: int
) -> tuple[int, ...]:
    """A lane for each of `parcels` new parcels: least expected wait, ties to the lower number.

    `queue_lengths` are the parcels already waiting by lane; each assignment counts for the next.
    """
    assert lanes, "the park has no security lanes"
    lengths = {lane.lane: queue_lengths.get(lane.lane, 0) for lane in lanes}
    assigned = []
    for _ in range(parcels):
        best = min(lanes, key=lambda lane: (expected_wait(lane, lengths[lane.lane]), lane.lane))
        lengths[best.lane] += 1
        assigned.append(best.lane)
    return tuple(assigned)
