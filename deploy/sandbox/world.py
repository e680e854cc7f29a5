"""The world outside of the park's gates, as long as it is needed: customs office, lane scanners and
airlines, each at its public door.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.sandbox.airlines import Airlines
from deploy.sandbox.customs_office import CustomsOffice
from deploy.sandbox.lane_scanners import LANES, LaneScanner
from deploy.sandbox.seed import Park


class World:
    """Everything that acts on the park from outside but the marketplaces and the partner."""

    def __init__(self, park: Park, run: str) -> None:
        settings = park.settings
        clock, seed = settings.clock, settings.seed
        customs, routing = park.door("customs"), park.door("routing")
        self.office = CustomsOffice(settings.single_window, customs, clock, seed)
        self.scanners = [LaneScanner(lane, customs, clock, seed, run) for lane in LANES]
        self.airlines = Airlines(routing, clock, seed)

    @property
    def busy(self) -> str:
        """Who still has something to do, or nothing."""
        parts = {
            "receipts": self.office.pending,
            "scans": sum(scanner.busy for scanner in self.scanners),
            "flight reports": self.airlines.pending,
        }
        return ", ".join(f"{count} {name}" for name, count in parts.items() if count)

    async def run(self) -> None:
        """Until cancelled. Raises DoorClosed when a service stays away for too long."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.office.run())
            group.create_task(self.airlines.run())
            for scanner in self.scanners:
                group.create_task(scanner.run())


@asynccontextmanager
async def turning(world: World) -> AsyncIterator[World]:
    """Runs it beside the body; a failure of either ends both."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(world.run())
        yield world
        task.cancel()
