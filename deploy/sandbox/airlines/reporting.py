"""The airlines and handlers: they follow the flights with goods aboard and report on them."""

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deploy.sandbox.airlines.flights import ListedFlight, StatusUpdate, planned_reports
from deploy.sandbox.api_client import ServiceClient
from deploy.sandbox.waits import pass_time
from shared.kernel.clock import Clock, monotonic_s

_LOOK_EVERY: Final = timedelta(minutes=10)
_LOOK_EVERY_S: Final = 0.3  # not more often, however fast business time passes
_OVERLAP: Final = timedelta(hours=2)
_LOOK_AHEAD: Final = timedelta(days=14)
_BATCH: Final = 200
# A flight of an earlier day may still be under way when the airlines' program is started.
_LOOK_BACK: Final = timedelta(days=3)


@dataclass(order=True)
class _Due:
    at: datetime
    number: int
    update: StatusUpdate = field(compare=False)


class Airlines:
    """`run` until cancelled; `pending` is how many reports are still to come, `busy` how much was
    still to do when they looked last, which was at `looked_s`."""

    def __init__(self, client: ServiceClient, clock: Clock, seed: int) -> None:
        self._client, self._clock, self._seed = client, clock, seed
        self._due: list[_Due] = []
        self._number = 0
        self._followed: set[str] = set()  # flight ids
        self._since = clock.now() - _LOOK_BACK
        self._coming: list[datetime] = []  # cut-offs and departures of flights with goods aboard
        self.looked_s = 0.0
        self.busy = 0
        self.reported: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    @property
    def pending(self) -> int:
        return len(self._due)

    @property
    def next_due(self) -> datetime | None:
        """When something happens next without anybody's doing: a report, a cut-off, a departure."""
        reports = [self._due[0].at] if self._due else []
        return min(reports + self._coming, default=None)

    async def run(self) -> None:
        """Raises RequestFailed when routing is down for too long."""
        while True:
            looked_s, now = monotonic_s(), self._clock.now()
            self.busy = await self._look(now) + await self._report(now)
            self.looked_s = looked_s
            await pass_time(self._clock, _LOOK_EVERY, least_s=_LOOK_EVERY_S)

    async def _look(self, now: datetime) -> int:
        """Follows the flights that left since the last look with goods aboard. Returns how many
        manifests should be closed by now and are not."""
        coming, late = [], 0
        listed = self._client.pages(
            "/v1/flights",
            booked="true",
            departing_from=self._since.isoformat(),
            departing_to=(now + _LOOK_AHEAD).isoformat(),
        )
        async for shown in listed:
            flight = ListedFlight.of(shown)
            if flight.status == "cancelled":
                continue
            if flight.departs_at > now:
                coming.append(flight.departs_at)
            elif flight.id not in self._followed:
                self._follow(flight)
            if flight.status == "scheduled" and flight.cut_off_at is not None:
                late += flight.cut_off_at <= now
                coming += [flight.cut_off_at] if flight.cut_off_at > now else []
        self._coming = coming
        self._since = max(self._since, now - _OVERLAP)
        return late

    def _follow(self, flight: ListedFlight) -> None:
        self._followed.add(flight.id)
        for report in planned_reports(flight, self._seed):
            self._push(report.due_at, report.update)

    def _push(self, at: datetime, update: StatusUpdate) -> None:
        self._number += 1
        heapq.heappush(self._due, _Due(at, self._number, update))

    async def _report(self, now: datetime) -> int:
        """Sends what is due. Returns how many reports it was."""
        ready = []
        while self._due and self._due[0].at <= now:
            ready.append(heapq.heappop(self._due))
        for at in range(0, len(ready), _BATCH):
            await self._send(ready[at : at + _BATCH])
        return len(ready)

    async def _send(self, ready: Sequence[_Due]) -> None:
        items = [due.update.body() for due in ready]
        answer = (await self._client.post("/v1/status-updates", {"items": items})).must()
        for due, item in zip(ready, answer["items"], strict=True):
            if item["status"] < 300:
                self.reported[due.update.code] += 1
            elif item["error"]["code"] == "routing.flight.manifest_open":
                self._push(due.at + _LOOK_EVERY, due.update)
            else:
                self.refused[item["error"]["code"]] += 1
