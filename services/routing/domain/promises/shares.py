"""For which share of ready times goods are there by the next day, or within 48 hours.

Every whole minute of a stretch is a ready time, and each counts the same. Goods that are ready at
the park on one local day keep "next day" if they arrive by the end of the calendar day after it, as
the calendar shows it where they arrive: ready on Monday in Ezhou, there on Tuesday in Germany.
Midnight belongs to the day that it begins.

Both are computed at the gateway, where goods are available at the airport, and at the buyer's door.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

_MINUTE_S: Final = 60
_WITHIN_S: Final = 48 * 3_600


@dataclass(frozen=True, slots=True)
class Gateway:
    """`steps`: (ready, arrival), by ready time: goods that are ready by then, and after the step
    before, arrive at that instant. `door_s`: from there to the buyer's door.
    """

    airport: str
    zone: ZoneInfo
    door_s: int
    steps: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Share:
    """Of all ready times, from 0 to 1."""

    next_day: float
    within_48h: float


@dataclass(frozen=True, slots=True)
class RegionShares:
    """`gateways` are those that any ready time reaches; none: the region is not reached."""

    region: str
    gateways: tuple[str, ...]
    gateway: Share
    door: Share


@dataclass(frozen=True, slots=True)
class ReadyTimes:
    """The whole minutes from `from_s` on and before `to_s`; `zone` is the park's."""

    from_s: int
    to_s: int
    zone: ZoneInfo

    def __len__(self) -> int:
        return max(0, -((self.from_s - self.to_s) // _MINUTE_S))

    def count(self, first_s: int, last_s: int) -> int:
        """How many of them lie from `first_s` to `last_s`, both included."""
        first = max(0, -((self.from_s - first_s) // _MINUTE_S))
        last = min(len(self) - 1, (last_s - self.from_s) // _MINUTE_S)
        return max(0, last - first + 1)

    def start_of_day_s(self, ordinal: int) -> int:
        """Of a local day at the park."""
        day = date.fromordinal(ordinal)
        start = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return int(start.astimezone(UTC).timestamp())


def region_shares(
    region: str, gateways: Sequence[Gateway], ready_times: ReadyTimes
) -> RegionShares:
    """By whichever of the gateways is first. `gateways` of a region without service: none."""
    return RegionShares(
        region=region,
        gateways=tuple(gateway.airport for gateway in gateways if gateway.steps),
        gateway=_share(gateways, ready_times, to_door=False),
        door=_share(gateways, ready_times, to_door=True),
    )


def _share(gateways: Sequence[Gateway], ready_times: ReadyTimes, *, to_door: bool) -> Share:
    arrivals = [
        (ready_s, arrives_s + (gateway.door_s if to_door else 0), gateway.zone)
        for gateway in gateways
        for ready_s, arrives_s in gateway.steps
    ]
    soonest = _best((ready_s, arrives_s) for ready_s, arrives_s, _ in arrivals)
    # Time zones differ between gateways: the first by the calendar may not be the first by time.
    soonest_day = _best(
        (ready_s, datetime.fromtimestamp(arrives_s, zone).toordinal())
        for ready_s, arrives_s, zone in arrivals
    )
    within = sum(
        ready_times.count(max(after_s + 1, arrives_s - _WITHIN_S), ready_s)
        for after_s, ready_s, arrives_s in soonest
    )
    next_day = sum(
        ready_times.count(max(after_s + 1, ready_times.start_of_day_s(day - 1)), ready_s)
        for after_s, ready_s, day in soonest_day
    )
    total = len(ready_times)
    return Share(next_day=next_day / total, within_48h=within / total)


def _best(steps: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """(after, ready, value): what is ready after the one instant and by the other gets that value,
    the least of all steps that it is in time for. Latest first.
    """
    latest_first = sorted(steps, key=lambda step: (-step[0], step[1]))
    best: list[tuple[int, int, int]] = []
    least: int | None = None
    for n, (ready_s, value) in enumerate(latest_first):
        least = value if least is None else min(least, value)
        after_s = latest_first[n + 1][0] if n + 1 < len(latest_first) else _BEGINNING_S
        if after_s < ready_s:
            best.append((after_s, ready_s, least))
    return best


_BEGINNING_S: Final = 0
