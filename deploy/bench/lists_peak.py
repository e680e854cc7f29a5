"""Lists at the peak: two workers match orders, draw up CEB603, compose and sign messages, and
record all of it in PostgreSQL, on the same two cores. Orders and waybills are sent by others. Then
the same once more with the messages put into the port's folder, too.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Final

from deploy.bench.rig import Figure, Spread, folder, make_service, postgres
from deploy.bench.storm.park import PARK_SENDER, an_order, enterprises, rulebooks
from services.customs import jobs
from services.customs import worker as worker_module
from services.customs.clients.doors.folder import FolderDoor
from services.customs.clients.signers.holding import Place
from services.customs.clients.signers.key_ring import KeyRing
from services.customs.clients.signers.software import make_test_key
from services.customs.clients.single_window import DropFolder
from services.customs.domain.declarations.facts import DossierFacts
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.use_cases import messages, signing
from services.customs.use_cases.registrations import seed_park
from shared.db import TEXTS, Database, sql
from shared.kafka import JobContext
from shared.kernel.clock import SystemClock, monotonic_s, real_now
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id

SECONDS: Final = 60
# 85,000 a minute.
GOAL: Final = 1_417
_WORKERS: Final = 2
_SLICE: Final = 500
_MESSAGES_PER_SLICE: Final = _SLICE // 100
_MERCHANTS: Final = 258
# Most parcels hold one thing, some a few.
_LINES: Final = (1, 1, 1, 2, 1, 3)
_SUSTAINED: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class _Message:
    composed_at: datetime
    documents: int


_MESSAGES: Final = sql(
    """
    SELECT composed_at, documents FROM customs.outgoing_messages
    WHERE status = ANY(:statuses) ORDER BY composed_at
    """,
    _Message,
    statuses=TEXTS,
)


async def _work(dsn: str, outbox: Path | None) -> int:
    """One worker, once it is told for how long. Returns how many lists it took in. `outbox`: it
    delivers them, too.
    """
    db, clock = Database(dsn, schema="customs", size=4), SystemClock()
    apply = worker_module.applying(rulebooks(sends=()))
    signer = KeyRing([Place(make_test_key(PARK_SENDER.party, now=real_now()))])
    signs = jobs.signs_of(signer)
    door = FolderDoor(DropFolder(outbox)) if outbox else None
    merchants, lines = cycle(new_id("mer") for _ in range(_MERCHANTS)), cycle(_LINES)

    def order() -> DossierFacts:
        return an_order(clock.now(), merchant_id=next(merchants), lines=next(lines))

    print("ready", flush=True)
    ends_at, done = float(sys.stdin.readline()) + monotonic_s(), 0
    while monotonic_s() < ends_at:
        facts = sorted((order() for _ in range(_SLICE)), key=lambda one: one.order_id)
        async with db.transaction(PARK) as uow:
            await apply(uow, facts, now=clock.now())
        for _ in range(_MESSAGES_PER_SLICE):
            async with db.transaction(PARK) as uow:
                await messages.compose_due(
                    uow,
                    kind=DocumentKind.LIST,
                    park=PARK_SENDER,
                    signs=signs,
                    now=clock.now(),
                    real_now=real_now(),
                )
        await signing.sign_messages(db, signer, clock=clock)
        if door:
            await jobs.deliver(JobContext(db, clock), door=door)
        done += _SLICE
    await db.close()
    return done


async def _seed(dsn: str) -> None:
    db, now = Database(dsn, schema="customs", size=1), real_now()
    async with db.transaction(PARK) as uow:
        await seed_park(uow, enterprises=enterprises(now.date()), now=now)
    await db.close()


async def _recorded(dsn: str, statuses: Sequence[str]) -> Sequence[_Message]:
    db = Database(dsn, schema="customs", size=1)
    async with db.read(PARK) as reader:
        found = await reader.fetch_all(_MESSAGES, statuses=list(statuses))
    await db.close()
    return found


def _slowest(found: Sequence[_Message]) -> float:
    """Lists a second in the slowest ten seconds."""
    first, whole = found[0].composed_at, found[-1].composed_at - found[0].composed_at
    counts = [0] * (whole // _SUSTAINED)
    for one in found:
        window = (one.composed_at - first) // _SUSTAINED
        if window < len(counts):
            counts[window] += one.documents
    return min(counts, default=0) / _SUSTAINED.total_seconds()


def _run(seconds: float, *, delivers: bool) -> tuple[float, float, int]:
    """Lists a second over the whole run and in its slowest ten seconds, and orders taken in."""
    with folder() as home, postgres(home) as server:
        dsn = asyncio.run(make_service(server, "customs"))
        asyncio.run(_seed(dsn))
        command = [sys.executable, "-m", "deploy.bench.lists_peak", dsn]
        workers = [
            subprocess.Popen(
                [*command, str(home / "port")] if delivers else command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(_WORKERS)
        ]
        for one in workers:
            assert one.stdout is not None
            while one.stdout.readline() != "ready\n":
                pass
        began = monotonic_s()
        for one in workers:
            assert one.stdin is not None
            one.stdin.write(f"{seconds}\n")
            one.stdin.flush()
        taken = sum(json.loads(one.communicate()[0].splitlines()[-1]) for one in workers)
        took_s = monotonic_s() - began
        found = asyncio.run(_recorded(dsn, ["delivered"] if delivers else ["signed"]))
    return sum(one.documents for one in found) / took_s, _slowest(found), taken


def measure(seconds: float = SECONDS) -> list[Figure]:
    figures = []
    for name, delivers in (("recorded", False), ("recorded, delivered", True)):
        rate, slowest, taken = _run(seconds, delivers=delivers)
        figures.append(
            Figure(
                f"CEB603 matched, built, signed, {name}",
                Spread((rate,)),
                "lists/s",
                goal=None if delivers else GOAL,
                note=f"{_WORKERS} workers, {seconds:g} s, {taken:,} orders taken in, "
                f"slowest 10 s {slowest:,.0f} lists/s",
            )
        )
    return figures


if __name__ == "__main__":
    _outbox = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    print(json.dumps(asyncio.run(_work(sys.argv[1], _outbox))))
