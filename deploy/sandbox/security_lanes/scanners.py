"""The scanners of the security lanes: each takes the next parcels of its lane, reports that they
have come into the site, screens them and reports the results. A few parcels fail at first and pass
after a second look.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deploy.sandbox.api_client import ServiceClient
from deploy.sandbox.chance import share
from deploy.sandbox.waits import pass_time
from shared.kernel.clock import Clock, monotonic_s

LANES: Final = (1, 2, 3)
_AT_ONCE: Final = 100
_BELT: Final = timedelta(minutes=6)  # one pass through the scanner, and the pause when idle
_BELT_S: Final = 0.2  # not more often, however fast business time passes
_SECOND_LOOK: Final = timedelta(minutes=45)
FAIL_AT_FIRST: Final = 0.005


@dataclass(frozen=True)
class LaneParcel:
    declaration_id: str
    house_waybill: str


@dataclass
class LaneScanner:
    """One lane's scanner; `run` until cancelled. `busy`: how many parcels it took last, which was
    at `looked_s`."""

    lane: int
    client: ServiceClient
    clock: Clock
    seed: int
    run_name: str
    busy: int = 0
    looked_s: float = 0.0
    arrived: int = 0
    screened: int = 0
    failed_at_first: int = 0
    refused: int = 0
    _second_looks: list[datetime] = field(default_factory=list)

    @property
    def next_due(self) -> datetime | None:
        return min(self._second_looks, default=None)

    async def run(self) -> None:
        """Raises RequestFailed when the customs service is down for too long."""
        turn = 0
        async with asyncio.TaskGroup() as later:
            while True:
                turn, looked_s = turn + 1, monotonic_s()
                key = f"{self.run_name}-lane{self.lane}-{turn}"
                path = f"/v1/lanes/{self.lane}:take"
                taken = await self._take(path, key)
                self.busy, self.looked_s = len(taken), looked_s
                await self._arrive(taken, f"{key}-came")
                await pass_time(self.clock, _BELT, least_s=_BELT_S)
                doubtful = [parcel for parcel in taken if self._is_doubtful(parcel)]
                await self._report(taken, failed=doubtful, key=f"{key}-seen")
                if doubtful:
                    self.failed_at_first += len(doubtful)
                    later.create_task(self._look_again(doubtful, key))

    async def _take(self, path: str, key: str) -> list[LaneParcel]:
        answer = (await self.client.post(path, {"limit": _AT_ONCE}, key=key)).must()
        return [LaneParcel(i["declaration_id"], i["house_waybill"]) for i in answer["items"]]

    async def _arrive(self, parcels: list[LaneParcel], key: str) -> None:
        """They were on one truck, with a transport document of its own."""
        if not parcels:
            return
        arrival = {
            "house_waybills": [parcel.house_waybill for parcel in parcels],
            "arrived_at": self.clock.now().isoformat(),
            "truck_plate": f"鄂G{self.lane:05}",
            "bill_number": key,
        }
        answer = (await self.client.post("/v1/arrivals", arrival, key=key)).must()
        self.arrived += sum(item["status"] < 300 for item in answer["items"])

    def _is_doubtful(self, parcel: LaneParcel) -> bool:
        return share(self.seed, "scan", parcel.house_waybill) < FAIL_AT_FIRST

    async def _look_again(self, parcels: list[LaneParcel], key: str) -> None:
        at = self.clock.now() + _SECOND_LOOK
        self._second_looks.append(at)
        await pass_time(self.clock, _SECOND_LOOK)
        await self._report(parcels, failed=[], key=f"{key}-again")
        self._second_looks.remove(at)

    async def _report(
        self, parcels: list[LaneParcel], *, failed: list[LaneParcel], key: str
    ) -> None:
        if not parcels:
            return
        screenings = [
            {
                "declaration_id": parcel.declaration_id,
                "lane": self.lane,
                "passed": parcel not in failed,
                "screened_at": self.clock.now().isoformat(),
            }
            for parcel in parcels
        ]
        answer = (await self.client.post("/v1/screenings", {"items": screenings}, key=key)).must()
        statuses = Counter(item["status"] < 300 for item in answer["items"])
        self.screened += statuses[True] - len(failed)
        self.refused += statuses[False]
