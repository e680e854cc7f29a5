"""`python -m deploy.bench customs-storm`: declarations whose receipts are duplicated, reordered,
lost, late, unknown (5 %) and illegal (1 %); twice, the second time with the port shut for an hour
in between. Every state must be the oracle's, and nothing may be lost. `STORM_LISTS` and
`STORM_SEED` choose another size and other chances.
"""

import asyncio
import os
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Final

from deploy.bench.rig import Figure, Spread, folder, make_service, postgres
from deploy.bench.storm.comparing import Outcome, compare
from deploy.bench.storm.park import Park, StormClock
from deploy.bench.storm.port import StormyPort, Weather
from shared.db import Database
from shared.kernel.clock import monotonic_s

_TICK: Final = timedelta(minutes=4)
_TICKS_OF_TRADE: Final = 30  # two hours
_SHUT: Final = range(10, 25)  # an hour of them
_CANCELLED: Final = 0.02
_ROUNDS_MAX: Final = 400
_SHOWN: Final = 10


async def storm(
    db: Database, *, lists: int, seed: int, with_outage: bool, weather: Weather = Weather()
) -> Outcome:
    begun_s = monotonic_s()
    chance, clock = Random(seed), StormClock()
    park = Park(db, clock, StormyPort(chance, clock, weather))
    for tick in range(_TICKS_OF_TRADE):
        park.port.is_shut = with_outage and tick in _SHUT
        placed = lists * (tick + 1) // _TICKS_OF_TRADE - len(park.orders)
        await park.place(placed)
        regretted = [one for one in park.orders[-3 * placed :] if chance.random() < _CANCELLED / 3]
        await park.cancel([one for one in regretted if one.order_id not in park.asked])
        await _pass(park, _TICK)
    await _calm_down(park)
    outcome = await compare(park)
    outcome.seconds = monotonic_s() - begun_s
    return outcome


async def _pass(park: Park, by: timedelta) -> None:
    await park.pass_time(by)
    await park.work()
    await park.hear()


async def _calm_down(park: Park) -> None:
    """Until nothing is on its way and nothing waits for us. A list may need several uploads."""
    for _ in range(_ROUNDS_MAX):
        due = park.port.next_due
        if due is None and not await park.waiting():
            return
        ahead = due - park.clock.now() if due else _TICK
        await _pass(park, max(_TICK, min(ahead, timedelta(hours=1))))


def measure() -> list[Figure]:
    """Raises SystemExit if anything differs, after it has shown what."""
    lists = int(os.environ.get("STORM_LISTS", "10000"))
    seed = int(os.environ.get("STORM_SEED", "1"))
    figures, differing = [], 0
    for name, with_outage in (("storm", False), ("storm, port shut for an hour", True)):
        outcome = asyncio.run(_on_a_database(lists, seed, with_outage=with_outage))
        _show(name, outcome)
        differing += len(outcome.differing)
        figures.append(Figure(f"{name}: {lists:,} lists", Spread((outcome.seconds,)), "s"))
    if differing:
        raise SystemExit(f"{differing} things are not as they must be")
    return figures


async def _on_a_database(lists: int, seed: int, *, with_outage: bool) -> Outcome:
    with folder() as home, postgres(home) as server:
        db = Database(await make_service(server, "customs"), schema="customs", size=8)
        await db.open()
        try:
            return await storm(db, lists=lists, seed=seed, with_outage=with_outage)
        finally:
            await db.close()


def _show(name: str, outcome: Outcome) -> None:
    print(f"  {name}")
    print(f"    {outcome.documents:,} documents, {outcome.uploads:,} uploads,"
          f" {outcome.refusals:,} deliveries refused")  # fmt: skip
    print(f"    {outcome.handed:,} receipts in {outcome.messages:,} messages;"
          f" {outcome.receipts:,} stored: {_listed(outcome.marks)}")  # fmt: skip
    print(f"    lists: {_listed(outcome.lists)}")
    print(f"    still waiting: {_listed(outcome.waiting) or 'none'}")
    print(f"    {len(outcome.differing)} differ")
    for one in outcome.differing[:_SHOWN]:
        print(f"      {one}")


def _listed(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return " · ".join(f"{name} {count:,}" for name, count in ordered)
