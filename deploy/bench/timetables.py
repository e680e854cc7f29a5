"""Timetables: files of 100,000 flights from their bytes to flights that can be booked.

Two shapes of the same timetable: a row for each flight number with a fortnight of days, and a row
for each single day. Meanwhile somebody takes the turn again and again, as bookings do. Then the
same file again, which changes nothing, and one whose process is killed half way (kill -9) and goes
on in another.
"""

import asyncio
import hashlib
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from deploy.bench.rig import ROOT, Figure, Spread, folder, make_service, percentile, postgres
from deploy.engines import PostgresServer
from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.network.geo import Place, great_circle_km
from services.routing.domain.network.records import Airport
from services.routing.domain.timetable.dated import instant
from services.routing.domain.timetable.imports import ImportMode
from services.routing.domain.timetable.rows import COLUMNS
from services.routing.use_cases.flights.manifests import close_manifest
from services.routing.use_cases.timetable.horizon import ensure_timetable
from services.routing.use_cases.timetable.imports import queue_import, run_next_import
from shared.db import Database, sql
from shared.kernel.clock import Clock, monotonic_s
from shared.kernel.identity import PARK

FLIGHTS: Final = 100_000
DAYS: Final = 14
_CARRIERS: Final = ("LH", "CV", "SQ", "KL")
# A booking a moment later: so often the turn is asked for.
_ASKED_EVERY_S: Final = 0.02
# Takes the turn, and finds nothing to close.
_NO_FLIGHT: Final = "flt_0"
_KILLED_AFTER: Final = 20_000
_START: Final = datetime(2026, 11, 28, 0, 30, tzinfo=UTC)
_FIRST_ON: Final = date(2026, 11, 29)
_COUNT: Final = sql(
    "SELECT count(*) FROM routing.flights f JOIN routing.schedules s ON s.id = f.schedule_id"
    " WHERE s.source = 'bench'",
    int,
)
_FORGET: Final = (
    sql("DELETE FROM routing.flights f USING routing.schedules s"
        " WHERE s.id = f.schedule_id AND s.source = 'bench'"),
    sql("DELETE FROM routing.schedules WHERE source = 'bench'"),
)  # fmt: skip


class _Standing(Clock):
    """Business time stands still: every round makes the same flights."""

    def now(self) -> datetime:
        return _START

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()


@dataclass(frozen=True)
class Run:
    """How long an import took, and how long others then waited for the turn."""

    seconds: float
    waits_s: list[float]


def rows(numbers: int, *, days: int | None) -> Iterator[str]:
    """`days` None: a fortnight in one row; else so many rows of one day for each flight number."""
    network = read_network(DATA)
    airports = [one for one in network.airports if one.iata != "EHU"]
    chance = random.Random(1)
    yield ",".join(COLUMNS)
    for n in range(numbers):
        cells = _leg(chance, airports)
        cells |= {"carrier": _CARRIERS[n // 9_000], "flight_number": str(1_000 + n % 9_000)}
        last = _FIRST_ON + timedelta(days=DAYS - 1)
        periods = [(_FIRST_ON, last)]
        if days is not None:
            periods = [(_FIRST_ON + timedelta(days=d),) * 2 for d in range(days)]
        for first_on, last_on in periods:
            period = {"valid_from": first_on.isoformat(), "valid_to": last_on.isoformat()}
            yield ",".join((cells | period).get(name, "") for name in COLUMNS)


def _leg(chance: random.Random, airports: list[Airport]) -> dict[str, str]:
    while True:
        start, end = chance.sample(airports, 2)
        km = great_circle_km(_place(start), _place(end))
        if 300 < km < 8_000:
            break
    minute = chance.randrange(0, 1_440, 5)
    departs_at = instant(_FIRST_ON, minute, ZoneInfo(start.time_zone))
    arrives = (departs_at + timedelta(minutes=int(km / 14) + 45)).astimezone(
        ZoneInfo(end.time_zone)
    )
    later = (arrives.date() - _FIRST_ON).days
    return {
        "weekdays": "1234567",
        "leg": "1",
        "origin": start.iata,
        "destination": end.iata,
        "departs_local": f"{minute // 60:02}:{minute % 60:02}",
        # Over the date line goods arrive on the day before.
        "departs_day": "1" if later < 0 else "0",
        "arrives_local": f"{arrives:%H:%M}",
        "arrives_day": str(later + 1 if later < 0 else later),
        "vehicle": "B744F",
        "basis": "synthetic",
        "source": "bench",
        "as_of": "2026-11-28",
    }


def _place(airport: Airport) -> Place:
    return Place(airport.latitude_deg, airport.longitude_deg)


class Site:
    def __init__(self, db: Database, dsn: str) -> None:
        self.db = db
        self.dsn = dsn
        self.clock = _Standing()

    async def queue(self, content: bytes) -> None:
        async with self.db.transaction(PARK) as uow:
            await queue_import(
                uow,
                mode=ImportMode.MERGE,
                sha256=hashlib.sha256(content).hexdigest(),
                content=content,
                now=_START,
            )

    async def run(self, content: bytes) -> Run:
        await self.queue(content)
        waits_s: list[float] = []
        asking = asyncio.create_task(self._ask(waits_s))
        begun_s = monotonic_s()
        while await run_next_import(self.db, self.clock):
            pass
        seconds = monotonic_s() - begun_s
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        return Run(seconds, waits_s)

    async def _ask(self, waits_s: list[float]) -> None:
        while True:
            begun_s = monotonic_s()
            async with self.db.transaction(PARK) as uow:
                await close_manifest(uow, flight_id=_NO_FLIGHT, now=_START)
            waits_s.append(monotonic_s() - begun_s)
            await asyncio.sleep(_ASKED_EVERY_S)

    async def count(self) -> int:
        async with self.db.read(PARK) as reader:
            return await reader.fetch_value(_COUNT) or 0

    async def forget(self) -> None:
        async with self.db.transaction(PARK) as uow:
            for statement in _FORGET:
                await uow.execute(statement)

    async def killed_and_resumed(self, content: bytes) -> float:
        """Seconds of work in both processes."""
        await self.queue(content)
        begun_s = monotonic_s()
        child = await asyncio.to_thread(_started, self.dsn)
        while await self.count() < _KILLED_AFTER:
            await asyncio.sleep(0.1)
        child.send_signal(signal.SIGKILL)
        await asyncio.to_thread(child.wait)
        while await run_next_import(self.db, self.clock):
            pass
        return monotonic_s() - begun_s


def _started(dsn: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "deploy.bench.timetables", dsn], cwd=ROOT)


async def _work(dsn: str) -> None:
    db = Database(dsn, schema="routing", size=3)
    await db.open()
    await run_next_import(db, _Standing())


def measure() -> list[Figure]:
    with folder() as home, postgres(home) as server:
        return asyncio.run(_measure(server))


async def _measure(server: PostgresServer) -> list[Figure]:
    dsn = await make_service(server, "routing")
    db = Database(dsn, schema="routing", size=4)
    await db.open()
    try:
        async with db.transaction(PARK) as uow:
            await ensure_timetable(uow, now=_START)
        return await _figures(Site(db, dsn))
    finally:
        await db.close()


async def _figures(site: Site) -> list[Figure]:
    numbers = -(-FLIGHTS // DAYS)
    periods = "\n".join(rows(numbers, days=None)).encode()
    single = "\n".join([*rows(numbers, days=DAYS)][: FLIGHTS + 1]).encode()
    figures: list[Figure] = []
    for name, content in ((f"{numbers:,} rows", periods), (f"{FLIGHTS:,} one-day rows", single)):
        first = await site.run(content)
        assert await site.count() >= FLIGHTS, await site.count()
        figures += [
            Figure(
                f"timetable of {FLIGHTS:,} flights, {name}",
                Spread((first.seconds,)),
                "s",
                goal=20,
                higher_is_better=False,
            ),
            Figure(
                "  wait for the turn meanwhile, longest",
                Spread((max(first.waits_s) * 1_000,)),
                "ms",
                goal=200,
                higher_is_better=False,
                note=f"p99 {percentile(first.waits_s, 0.99) * 1_000:.0f} ms",
            ),
        ]
        await site.run(b"\n".join([content, b""]))  # other bytes, the same flights
        again = await site.run(content)
        figures.append(Figure("  the same flights again", Spread((again.seconds,)), "s"))
        await site.forget()
    resumed_s = await site.killed_and_resumed(periods)
    assert await site.count() >= FLIGHTS, await site.count()
    figures.append(Figure("  killed (kill -9) and resumed", Spread((resumed_s,)), "s"))
    return figures


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1]))
