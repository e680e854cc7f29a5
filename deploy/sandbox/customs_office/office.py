"""The customs office behind the Single Window: takes messages from its in-tray, has them decided at
the desk, and sends each answer when it is due.

A file moves to `done/` once every receipt it caused has left. An office that is killed answers
again from the start, which the service has to cope with anyway; what lies in `done/` it knows.
"""

import asyncio
import heapq
import threading
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from deploy.sandbox.api_client import ServiceClient
from deploy.sandbox.customs_office.answers.decisions import CLOSED
from deploy.sandbox.customs_office.answers.writing import wrap, write_message
from deploy.sandbox.customs_office.clerks.case import Rules
from deploy.sandbox.customs_office.desk import Desk, Planned
from deploy.sandbox.customs_office.doors import DroppedAnswers, HttpDoor, InTray, PostedAnswers
from deploy.sandbox.customs_office.inbound.papers import Key
from deploy.sandbox.customs_office.outages import How, Outage, Outages
from shared.kernel.clock import Clock, monotonic_s

_LOOK_EVERY_S: Final = 0.15
_CLOSINGS_WAIT: Final = timedelta(hours=1)


@dataclass(order=True)
class _Due:
    at: datetime
    number: int
    planned: Planned = field(compare=False)
    file: Path = field(compare=False)


class CustomsOffice:
    """`run` until cancelled; `pending` is how many receipts are still to be sent, `busy` how many
    were sent when it looked last, which was at `looked_s`.

    `http_port`: of its HTTP door; None: it has none. `drops_answers`: they go to `in/` of the
    folder instead of POST /v1/receipts.
    """

    def __init__(
        self,
        root: Path,
        client: ServiceClient,
        clock: Clock,
        seed: int,
        *,
        rules: Rules | None = None,
        http_port: int | None = None,
        drops_answers: bool = False,
    ) -> None:
        self._tray, self._clock = InTray(root), clock
        self.desk = Desk(seed, rules)
        self.outages = Outages(root)
        self.door = HttpDoor(self._tray, self.outages, clock, self.ledger_counts)
        self._http_port = http_port
        self._way_out = DroppedAnswers(root) if drops_answers else PostedAnswers(client)
        self._has_recalled = False
        self._lock = threading.Lock()  # files are taken in a thread
        self._due: list[_Due] = []
        self._number = 0
        self._open: Counter[Path] = Counter()  # receipts to come, by file
        self.looked_s = 0.0
        self.busy = 0
        self.sent: Counter[str] = Counter()  # by return status
        self.unmatched = 0

    @property
    def pending(self) -> int:
        return len(self._due) + len(self._tray.waiting())

    @property
    def untaken(self) -> frozenset[str]:
        """Names of the messages that lie before its door."""
        return frozenset(path.name for path in self._tray.waiting() if path not in self._open)

    @property
    def held_back(self) -> int:
        """Answers that are due and have not left."""
        now = self._clock.now()
        return sum(due.at <= now for due in self._due)

    @property
    def next_due(self) -> datetime | None:
        """When a receipt has to go. A closing may wait for others: nothing follows from it. What
        waits for the end of an outage goes then."""
        now = self._clock.now()
        outage = self.outages.at(now)
        if outage is not None and outage.how is How.SHUT:
            return outage.until if self.pending else None
        return min(
            (due.at + _CLOSINGS_WAIT * (due.planned.answer.status == CLOSED) for due in self._due),
            default=None,
        )

    @property
    def left_waybills(self) -> set[str]:
        """Named in a departure."""
        return self.desk.left_waybills

    @property
    def sent_back(self) -> set[str]:
        """By copNo: lists that have to come again."""
        return {key.number for key in self.desk.ledger.failed if key.message == "CEB603"}

    @property
    def unreadable(self) -> list[str]:
        return self.desk.unreadable

    def break_down(self, until: datetime | None, how: How = How.SHUT) -> None:
        """From now on. `until` None: until `mend`."""
        self.outages.add(Outage(self._clock.now(), until, how))

    def mend(self) -> None:
        self.outages.mend(self._clock.now())

    def decided(self) -> dict[Key, str]:
        """Every document that came, with what it amounts to by now (see Ledger.decided)."""
        with self._lock:
            return self.desk.ledger.decided(self._clock.now())

    def ledger_counts(self) -> dict[str, dict[str, int]]:
        with self._lock:
            return self.desk.ledger.counts(self._clock.now())

    async def run(self) -> None:
        """Raises RequestFailed when the customs service is down for too long."""
        async with self._doors_open():
            while True:
                looked_s = monotonic_s()
                await asyncio.to_thread(self._take_files)
                self.busy, self.looked_s = await self._send_due(), looked_s
                await asyncio.sleep(_LOOK_EVERY_S)

    @asynccontextmanager
    async def _doors_open(self) -> AsyncIterator[None]:
        if self._http_port is None:
            yield
        else:
            async with self.door.open(self._http_port):
                yield

    # -- what comes in --------------------------------------------------------------------------

    def _take_files(self) -> None:
        outage = self.outages.at(self._clock.now())
        if outage is not None and outage.how is How.SHUT:
            return
        for path in self._tray.waiting():
            if path not in self._open:
                self._take(path, is_failing=outage is not None)
                if not self._open[path]:
                    self._settle(path)

    def _take(self, path: Path, *, is_failing: bool) -> None:
        with self._lock:
            if not self._has_recalled:
                self._has_recalled = True
                self.desk.recall(self._tray.archive())
            now, raw = self._clock.now(), path.read_bytes()
            for planned in self.desk.take(raw, path.name, now, is_failing=is_failing):
                self._number += 1
                self._open[path] += 1
                heapq.heappush(self._due, _Due(planned.send_at, self._number, planned, path))

    # -- what goes out --------------------------------------------------------------------------

    async def _send_due(self) -> int:
        """Returns how many it was."""
        now = self._clock.now()
        if self.outages.is_shut(now):
            return 0
        due: dict[tuple[str, str], list[_Due]] = defaultdict(list)
        while self._due and self._due[0].at <= now:
            one = heapq.heappop(self._due)
            if one.planned.is_due_still:
                due[one.planned.answer.kind.message, one.planned.receiver].append(one)
            else:
                self._has_left(one)
        for ready in due.values():
            most = ready[0].planned.answer.kind.most
            for at in range(0, len(ready), most):
                await self._send(ready[at : at + most], now)
        return sum(map(len, due.values()))

    async def _send(self, ready: list[_Due], now: datetime) -> None:
        """Of one type, to one receiver."""
        first = ready[0].planned
        kind = first.answer.kind.message
        message = write_message([one.planned.answer for one in ready])
        if first.receiver:
            message = wrap(message, kind, at=now, receiver=first.receiver)
        self.unmatched += await self._way_out.send(message, len(ready))
        for one in ready:
            self.sent[one.planned.answer.status or kind] += 1
            self._has_left(one)

    def _has_left(self, one: _Due) -> None:
        self._open[one.file] -= 1
        if not self._open[one.file]:
            self._settle(one.file)

    def _settle(self, path: Path) -> None:
        self._tray.settle(path)
        del self._open[path]
