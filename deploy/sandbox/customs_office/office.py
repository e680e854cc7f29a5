"""The customs office behind the Single Window: takes lists and departures from the drop-folder,
decides, and posts its receipts to the customs service, each when it is due.

A file moves from `out/` to `done/` once every receipt it caused was accepted. An office that is
killed answers again from the start, which the service has to cope with anyway.
"""

import asyncio
import heapq
import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from deploy.sandbox.api_client import ServiceClient
from deploy.sandbox.customs_office.ceb import (
    RETURNS_PER_MESSAGE_MAX,
    DeclaredList,
    DepartureNotice,
    NotAMessage,
    Return,
    read_message,
    write_returns,
)
from deploy.sandbox.customs_office.decisions import CLOSED, closing, failure_of, receipts_for
from shared.kernel.clock import Clock, monotonic_s

_LOOK_EVERY_S: Final = 0.15
_SHUT_OUT_AFTER: Final = timedelta(minutes=3)  # 399 to a CEB509
_CLOSINGS_WAIT: Final = timedelta(hours=1)


@dataclass(order=True)
class _Due:
    at: datetime
    number: int
    answer: Return = field(compare=False)
    file: str = field(compare=False)


class CustomsOffice:
    """`run` until cancelled; `pending` is how many receipts are still to be sent, `busy` how many
    were sent when it looked last, which was at `looked_s`."""

    def __init__(self, root: Path, client: ServiceClient, clock: Clock, seed: int) -> None:
        self._out, self._done = root / "out", root / "done"
        for folder in (self._out, self._done):
            folder.mkdir(parents=True, exist_ok=True)
        self._client, self._clock, self._seed = client, clock, seed
        self._due: list[_Due] = []
        self._number = 0
        self._open: Counter[str] = Counter()  # receipts to come, by file
        self._lists: dict[str, DeclaredList] = {}  # by copNo: answered once
        self._by_waybill: dict[str, DeclaredList] = {}
        self._departed: set[str] = set()
        self.left_waybills: set[str] = set()  # named in a departure
        self.sent_back: set[str] = set()  # by copNo: lists that have to come again
        self.looked_s = 0.0
        self.busy = 0
        self.sent: Counter[str] = Counter()  # by return status
        self.unmatched = 0
        self.unreadable: list[str] = []

    @property
    def pending(self) -> int:
        return len(self._due) + sum(1 for _ in self._out.glob("*.xml"))

    @property
    def next_due(self) -> datetime | None:
        """When a receipt has to go. A closing may wait for others: nothing follows from it."""
        return min(
            (due.at + _CLOSINGS_WAIT * (due.answer.status == CLOSED) for due in self._due),
            default=None,
        )

    async def run(self) -> None:
        """Raises RequestFailed when the customs service is down for too long."""
        while True:
            looked_s = monotonic_s()
            await asyncio.to_thread(self._take_files)
            self.busy, self.looked_s = await self._send_due(), looked_s
            await asyncio.sleep(_LOOK_EVERY_S)

    # -- what comes in --------------------------------------------------------------------------

    def _take_files(self) -> None:
        for name in sorted(os.listdir(self._out)):
            if name.endswith(".xml") and not name.startswith(".") and name not in self._open:
                self._take(name, (self._out / name).read_bytes())
                if not self._open[name]:
                    self._settle(name)

    def _take(self, name: str, raw: bytes) -> None:
        now = self._clock.now()
        try:
            message = read_message(raw)
        except NotAMessage as error:
            self.unreadable.append(f"{name}: {error}")
            return
        for declared in message.lists:
            self._register(declared, name, now)
        for departure in message.departures:
            self._close(departure, name, now)

    def _register(self, declared: DeclaredList, name: str, now: datetime) -> None:
        if declared.cop_no in self._lists:
            return  # handed over twice, and already being answered
        self._by_waybill[declared.waybill_no] = declared
        failure = failure_of(declared, self._seed)
        if failure is not None and declared.cop_no not in self.sent_back:
            self.sent_back.add(declared.cop_no)
            steps = [failure]
        else:
            self.sent_back.discard(declared.cop_no)
            self._lists[declared.cop_no] = declared
            steps = receipts_for(declared, self._seed)
        for step in steps:
            answer = Return(declared, step.status, step.info, now + step.after)
            self._plan(now + step.sent_after, answer, name)

    def _close(self, departure: DepartureNotice, name: str, now: datetime) -> None:
        if departure.cop_no in self._departed:
            return
        self._departed.add(departure.cop_no)
        at = now + _SHUT_OUT_AFTER
        self._plan(at, Return(departure, "399", "[Code:2500;Desc:离境单审结]", at), name)
        self.left_waybills.update(departure.waybill_nos)
        left = []
        for waybill_no in departure.waybill_nos:
            declared = self._declared_by(waybill_no)
            if declared is None:
                self.unreadable.append(f"{name}: no list is known for waybill {waybill_no}")
            else:
                left.append(declared)
        # What left together is closed together.
        step = closing(self._seed, left)
        for declared in left:
            answer = Return(declared, step.status, step.info, now + step.after)
            self._plan(now + step.sent_after, answer, name)

    def _declared_by(self, waybill_no: str) -> DeclaredList | None:
        """From memory, or from the archive if an earlier run of this office received the list."""
        if waybill_no not in self._by_waybill:
            for path in self._done.glob("*.xml"):
                for declared in read_message(path.read_bytes()).lists:
                    self._by_waybill.setdefault(declared.waybill_no, declared)
        return self._by_waybill.get(waybill_no)

    def _plan(self, at: datetime, answer: Return, name: str) -> None:
        self._number += 1
        self._open[name] += 1
        heapq.heappush(self._due, _Due(at, self._number, answer, name))

    # -- what goes out --------------------------------------------------------------------------

    async def _send_due(self) -> int:
        """Returns how many it was."""
        now = self._clock.now()
        due: dict[str, list[_Due]] = defaultdict(list)
        while self._due and self._due[0].at <= now:
            one = heapq.heappop(self._due)
            due[one.answer.message_type].append(one)
        for message_type, ready in due.items():
            for at in range(0, len(ready), RETURNS_PER_MESSAGE_MAX):
                await self._send(message_type, ready[at : at + RETURNS_PER_MESSAGE_MAX])
        return sum(map(len, due.values()))

    async def _send(self, message_type: str, ready: list[_Due]) -> None:
        xml = write_returns(message_type, [one.answer for one in ready])
        taken = (await self._client.post_xml("/v1/receipts", xml)).must()["receipts"]
        self.unmatched += sum(one["status"] in ("unmatched", "refused") for one in taken)
        for one in ready:
            self.sent[one.answer.status] += 1
            self._open[one.file] -= 1
            if not self._open[one.file]:
                self._settle(one.file)

    def _settle(self, name: str) -> None:
        (self._out / name).replace(self._done / name)
        del self._open[name]
