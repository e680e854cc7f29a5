"""Lists at the peak: two workers match orders, draw up CEB603, compose and sign messages, and
record all of it in PostgreSQL, on the same two cores. Orders and waybills are sent by others.
"""

import asyncio
import json
import subprocess
import sys
from typing import Final

from deploy.bench.rig import Figure, Spread, folder, make_service, postgres
from deploy.bench.storm.park import PARK_SENDER, an_order, enterprises, rulebooks
from services.customs import jobs
from services.customs import worker as worker_module
from services.customs.clients.signers.holding import Place
from services.customs.clients.signers.key_ring import KeyRing
from services.customs.clients.signers.software import make_test_key
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.use_cases import messages, signing
from services.customs.use_cases.registrations import seed_park
from shared.db import Database, sql
from shared.kernel.clock import SystemClock, monotonic_s, real_now
from shared.kernel.identity import PARK

SECONDS: Final = 60
GOAL: Final = 1_417
_WORKERS: Final = 2
_SLICE: Final = 500
_RECORDED: Final = sql(
    "SELECT coalesce(sum(documents), 0) FROM customs.outgoing_messages WHERE status = 'signed'",
    int,
)


async def _work(dsn: str, seconds: float) -> int:
    """One worker. Returns how many lists it took in."""
    db = Database(dsn, schema="customs", size=4)
    clock, books = SystemClock(), rulebooks()
    apply = worker_module.applying(books)
    signer = KeyRing([Place(make_test_key(PARK_SENDER.party, now=real_now()))])
    signs = jobs.signs_of(signer)
    ends_at, done = monotonic_s() + seconds, 0
    while monotonic_s() < ends_at:
        facts = sorted((an_order(clock.now()) for _ in range(_SLICE)), key=lambda o: o.order_id)
        async with db.transaction(PARK) as uow:
            await apply(uow, facts, now=clock.now())
        for _ in range(_SLICE // 100):
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
        done += _SLICE
    await db.close()
    return done


async def _seed(dsn: str) -> None:
    db, now = Database(dsn, schema="customs", size=1), real_now()
    async with db.transaction(PARK) as uow:
        await seed_park(uow, enterprises=enterprises(now.date()), now=now)
    await db.close()


async def _recorded(dsn: str) -> int:
    db = Database(dsn, schema="customs", size=1)
    async with db.read(PARK) as reader:
        found = int(await reader.fetch_value(_RECORDED) or 0)
    await db.close()
    return found


def measure(seconds: float = SECONDS) -> list[Figure]:
    with folder() as home, postgres(home) as server:
        dsn = asyncio.run(make_service(server, "customs"))
        asyncio.run(_seed(dsn))
        began = monotonic_s()
        command = [sys.executable, "-m", "deploy.bench.lists_peak", dsn, str(seconds)]
        workers = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(_WORKERS)
        ]
        taken = [json.loads(one.communicate()[0].splitlines()[-1]) for one in workers]
        took_s = monotonic_s() - began
        recorded = asyncio.run(_recorded(dsn))
    return [
        Figure(
            "CEB603 matched, built, signed and recorded",
            Spread((recorded / took_s,)),
            "lists/s",
            goal=GOAL,
            note=f"{_WORKERS} workers, {took_s:.0f} s, {sum(taken):,} orders taken in",
        )
    ]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_work(sys.argv[1], float(sys.argv[2])))))
