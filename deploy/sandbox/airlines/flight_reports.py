"""The airlines and handlers: they report what their flights do, in FSU codes, at the times of the
timetable. Now and then a report comes twice, or late.
"""

import heapq
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from deploy.sandbox.api_client import ServiceClient
from deploy.sandbox.chance import share
from deploy.sandbox.waits import pass_time
from shared.kernel.clock import Clock, monotonic_s

_LOOK_EVERY: Final = timedelta(minutes=10)
_LOOK_EVERY_S: Final = 0.3  # not oftener, however fast business time passes
_OVERLAP: Final = timedelta(hours=2)
_LOOK_AHEAD: Final = timedelta(days=14)
_BATCH: Final = 200
# A flight of an earlier day may still be under way when the airlines' program is started.
_LOOK_BACK: Final = timedelta(days=3)
_MANIFESTED: Final = timedelta(minutes=15)  # after the cut-off
_DELIVERED_FROM: Final = timedelta(hours=5)  # after the arrival
_DELIVERED_WITHIN: Final = timedelta(hours=14)
_TWICE: Final = 0.05
_LATE: Final = 0.05
_LATE_BY: Final = timedelta(hours=2)


@dataclass(order=True)
class _Due:
    at: datetime
    number: int
    update: dict[str, Any] = field(compare=False)


class Airlines:
    """`run` until cancelled; `pending` is how many reports are still to come, `busy` how much was
    still to do when they looked last, which was at `looked_s`."""

    def __init__(self, client: ServiceClient, clock: Clock, seed: int) -> None:
        self._client, self._clock, self._seed = client, clock, seed
        self._due: list[_Due] = []
        self._number = 0
        self._known: dict[str, str] = {}  # flights that are followed, by id
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
        """Raises RequestFailed when routing stays away for too long."""
        while True:
            looked_s, now = monotonic_s(), self._clock.now()
            self.busy = await self._look(now) + await self._report(now)
            self.looked_s = looked_s
            await pass_time(self._clock, _LOOK_EVERY, least_s=_LOOK_EVERY_S)

    async def _look(self, now: datetime) -> int:
        """Follows the flights that left since the last look with goods aboard. Returns how many
        manifests should be closed by now and are not."""
        coming, late = [], 0
        flights = self._client.pages(
            "/v1/flights",
            booked="true",
            departing_from=self._since.isoformat(),
            departing_to=(now + _LOOK_AHEAD).isoformat(),
        )
        async for flight in flights:
            departs_at = datetime.fromisoformat(flight["departs_at"])
            if flight["status"] == "cancelled":
                continue
            if departs_at > now:
                coming.append(departs_at)
            elif flight["id"] not in self._known:
                self._known[flight["id"]] = flight["flight_number"]
                self._follow(flight)
            if flight["status"] == "scheduled" and flight["cut_off_at"] is not None:
                cut_off_at = datetime.fromisoformat(flight["cut_off_at"])
                late += cut_off_at <= now
                coming += [cut_off_at] if cut_off_at > now else []
        self._coming = coming
        self._since = max(self._since, now - _OVERLAP)
        return late

    def _follow(self, flight: dict[str, Any]) -> None:
        departs_at = datetime.fromisoformat(flight["departs_at"])
        arrives_at = datetime.fromisoformat(flight["arrives_at"])
        about = flight["id"]
        haulage = _DELIVERED_WITHIN * share(self._seed, "delivery", flight["flight_number"])
        if flight["cut_off_at"] is not None:
            at = datetime.fromisoformat(flight["cut_off_at"]) + _MANIFESTED
            self._plan(at, "MAN", flight["origin"], about, at=departs_at)
        self._plan(departs_at, "DEP", flight["origin"], about)
        self._plan(arrives_at, "ARR", flight["destination"], about)
        self._plan(arrives_at + _DELIVERED_FROM + haulage, "DLV", flight["destination"], about)

    def _plan(
        self,
        occurred_at: datetime,
        code: str,
        airport: str,
        flight_id: str,
        at: datetime | None = None,
    ) -> None:
        update = {
            "code": code,
            "airport": airport,
            "occurred_at": occurred_at.isoformat(),
            "flight_id": flight_id,
        }
        due_at = at or occurred_at
        if share(self._seed, "late", code, flight_id) < _LATE and code != "DEP":
            due_at += _LATE_BY
        self._push(due_at, update)
        if share(self._seed, "twice", code, flight_id) < _TWICE:
            self._push(due_at + _LATE_BY, update)

    def _push(self, at: datetime, update: dict[str, Any]) -> None:
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

    async def _send(self, ready: list[_Due]) -> None:
        updates = [one.update for one in ready]
        answer = (await self._client.post("/v1/status-updates", {"items": updates})).must()
        for one, item in zip(ready, answer["items"], strict=True):
            if item["status"] < 300:
                self.reported[one.update["code"]] += 1
            elif item["error"]["code"] == "routing.flight.manifest_open":
                self._push(one.at + _LOOK_EVERY, one.update)
            else:
                self.refused[item["error"]["code"]] += 1
