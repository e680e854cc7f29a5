"""Timetable files sent to routing, and applied as its worker does."""

import csv
import io
from typing import Final

from httpx2 import AsyncClient

from services.routing.use_cases.itineraries.copy import COPY
from services.routing.use_cases.shipments.booking import rebook_due
from services.routing.use_cases.timetable.imports import run_next_import
from shared.kernel.identity import PARK
from shared.kernel.json import JsonObject
from tests.support.timetables import a_timetable
from tests.support.worlds.routing import RoutingWorld

# The clock of these tests stands at 2026-11-22 08:00 UTC, a Sunday, 16:00 at the park's airport.
CELLS: Final = {
    "carrier": "SQ", "flight_number": "7001", "valid_from": "2026-11-22", "valid_to": "2026-12-31",
    "weekdays": "1234567", "departs_local": "20:00", "arrives_day": 0, "vehicle": "B763F",
    "payload_kg": 50_000, "volume_dm3": 300_000,
}  # fmt: skip


async def is_searched(world: RoutingWorld, flight_id: str) -> bool:
    """A search sees a new flight after half a second at most."""
    async with world.db.read(PARK) as reader:
        basis = await COPY.current(reader, now=world.clock.now())
    return flight_id in basis.timetable.copy.ids


class Timetable:
    """Sends files, and works on them as the worker does."""

    def __init__(self, world: RoutingWorld, client: AsyncClient, operator: dict[str, str]) -> None:
        self.world = world
        self._client = client
        self._headers = operator

    async def airport(self) -> tuple[str, str]:
        """Some 960 km from the park's; its clocks show UTC."""
        return await self.world.airport(at=(30, 105))

    async def send(self, *rows: str, mode: str = "merge") -> JsonObject:
        answer = await self._client.post(
            "/v1/timetable-imports",
            params={"mode": mode},
            content=a_timetable(*rows),
            headers={**self._headers, "Content-Type": "text/csv"},
        )
        assert answer.status_code == 202, answer.text
        body: JsonObject = answer.json()
        assert answer.headers["location"] == f"/v1/timetable-imports/{body['id']}"
        return body

    async def read(self, import_id: str) -> JsonObject:
        answer = await self._client.get(f"/v1/timetable-imports/{import_id}", headers=self._headers)
        body: JsonObject = answer.json()
        return body

    async def errors(self, import_id: str) -> list[dict[str, str]]:
        answer = await self._client.get(
            f"/v1/timetable-imports/{import_id}/errors", headers=self._headers
        )
        assert answer.headers["content-type"].startswith("text/csv")
        return list(csv.DictReader(io.StringIO(answer.text, newline="")))

    async def work(self) -> None:
        while await run_next_import(self.world.db, self.world.clock):
            pass

    async def take(self, *rows: str, mode: str = "merge") -> JsonObject:
        """Sends a file and has it applied."""
        sent = await self.send(*rows, mode=mode)
        await self.work()
        done = await self.read(str(sent["id"]))
        assert done["status"] == "done", done
        return done

    async def flights(self, number: str) -> list[JsonObject]:
        answer = await self._client.get(
            "/v1/flights", params={"flight_number": number, "limit": 200}, headers=self._headers
        )
        items: list[JsonObject] = answer.json()["items"]
        for flight in items:
            if flight["id"] not in self.world.flights:
                self.world.flights.append(str(flight["id"]))
        return items

    async def rebook(self) -> None:
        async with self.world.db.transaction(PARK) as uow:
            await rebook_due(uow, now=self.world.clock.now(), shipments_max=100)
