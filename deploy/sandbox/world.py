"""Customs office, lane scanners and airlines together: everything outside the park that acts on it,
except the marketplaces and the partner.
"""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from deploy.sandbox.airlines.reporting import Airlines
from deploy.sandbox.customs_office.clerks.case import Rules
from deploy.sandbox.customs_office.office import CustomsOffice
from deploy.sandbox.park import SeededPark
from deploy.sandbox.security_lanes.scanners import LANES, LaneScanner


class WorldTaken(Exception):
    """Another process plays this park's world. The message is one line that says what to do."""


@contextmanager
def only_world(state: Path) -> Iterator[None]:
    """One world per park: two would take the same files and report the same flights. The system
    releases the lock when the process ends. Raises WorldTaken."""
    with (state / "world.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorldTaken(
                "another process plays this park's world: make run WORLD=0 starts a park without it"
            ) from None
        yield


class _Party(Protocol):
    """Acts of its own accord. `busy`: how much there was to do when it looked last, at `looked_s`
    (monotonic)."""

    busy: int
    looked_s: float

    @property
    def next_due(self) -> datetime | None: ...

    async def run(self) -> None: ...


class OutsideWorld:
    """The parties and what they have in common. `run` until cancelled."""

    def __init__(self, park: SeededPark, run: str) -> None:
        settings = park.settings
        clock, seed = settings.clock, settings.seed
        customs, routing = park.client("customs"), park.client("routing")
        self.office = CustomsOffice(
            settings.single_window,
            customs,
            clock,
            seed,
            rules=Rules(strict_departures=True),
            http_port=settings.office_port,
            drops_answers=settings.drops_answers,
        )
        self.scanners = [LaneScanner(lane, customs, clock, seed, run) for lane in LANES]
        self.airlines = Airlines(routing, clock, seed)
        self._parties: tuple[_Party, ...] = (self.office, self.airlines, *self.scanners)

    @property
    def busy(self) -> str:
        """Who still has something to do, or nothing."""
        parts = {
            "receipts": self.office.pending,
            "scans": sum(scanner.busy for scanner in self.scanners),
            "flight reports": self.airlines.pending,
        }
        return ", ".join(f"{count} {name}" for name, count in parts.items() if count)

    @property
    def next_due(self) -> datetime | None:
        """The next instant at which anything happens of the world's own accord."""
        dues = (party.next_due for party in self._parties)
        return min((due for due in dues if due is not None), default=None)

    def is_idle_since(self, real_s: float) -> bool:
        """All have looked since then and found nothing to do."""
        return all(party.looked_s > real_s and not party.busy for party in self._parties)

    async def run(self) -> None:
        """Until cancelled. Raises RequestFailed when a service is down for too long."""
        async with asyncio.TaskGroup() as group:
            for party in self._parties:
                group.create_task(party.run())


@asynccontextmanager
async def turning(world: OutsideWorld) -> AsyncIterator[OutsideWorld]:
    """Runs it beside the body; a failure of either ends both."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(world.run())
        yield world
        task.cancel()
