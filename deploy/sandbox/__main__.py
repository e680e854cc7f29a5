"""`python -m deploy.sandbox seed|day|world`: the simulated world outside a park, started by
deploy/local (`make run`, `make demo`). The environment says where the park is.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from deploy.sandbox.api_client import HttpPool, RequestFailed
from deploy.sandbox.day.conductor import Day
from deploy.sandbox.marketplaces.slices import SliceNotReadable
from deploy.sandbox.marketplaces.stock import StockRefused
from deploy.sandbox.park import SeededPark
from deploy.sandbox.partner.receiver import Partner
from deploy.sandbox.report import hints
from deploy.sandbox.report.page import page
from deploy.sandbox.report.reconciliation import reconcile
from deploy.sandbox.seed import seed
from deploy.sandbox.settings import SandboxSettings, settings_from_env
from deploy.sandbox.world import OutsideWorld, WorldTaken, only_world
from shared.settings import SettingsError

_EXPECTED = (SettingsError, SliceNotReadable, RequestFailed, StockRefused, WorldTaken)


async def _seed(settings: SandboxSettings) -> int:
    pool = HttpPool()
    try:
        park = await seed(settings, pool)
    finally:
        await pool.close()
    print(hints.first_steps(settings.url, park.credentials["merchant"]), flush=True)
    return 0


async def _day(settings: SandboxSettings) -> int:
    pool = HttpPool()
    try:
        with only_world(settings.state):
            async with Partner(settings.seed) as partner:
                played = await Day(settings, pool).play(partner)
                report = await reconcile(played)
                park = played.park
                await partner.unsubscribe(park.client("webhooks", "partner"))
    finally:
        await pool.close()
    settings.report.write_text(report.as_json())
    print(page(report), flush=True)
    print(f"\n  All of it: {settings.report}", flush=True)
    if not settings.exits:
        example = report.examples.get("delivered")
        operator = park.credentials["operator"]
        print(hints.after_the_day(example, settings.url, operator), flush=True)
    return 0 if report.ok else 1


async def _world(settings: SandboxSettings) -> int:
    """Customs office, scanners and airlines for a park that people work with, until stopped."""
    pool = HttpPool(patience_s=3600)
    try:
        with only_world(settings.state):
            print("  customs office, lane scanners and airlines are at work; Ctrl-C ends them")
            park = SeededPark(settings, pool)
            await OutsideWorld(park, f"world-{settings.clock.now():%y%m%d%H%M%S}").run()
    finally:
        await pool.close()
    return 0


_COMMANDS = {"seed": _seed, "day": _day, "world": _world}


async def _until_stopped(work: Coroutine[Any, Any, int]) -> int:
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 130


def _first_expected(error: BaseException) -> BaseException | None:
    """The failure whose message helps a person, out of a group of failures."""
    if isinstance(error, BaseExceptionGroup):
        found = (_first_expected(inner) for inner in error.exceptions)
        return next((one for one in found if one is not None), None)
    return error if isinstance(error, _EXPECTED) else None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.sandbox", description=__doc__)
    parser.add_argument("command", choices=_COMMANDS)
    command = parser.parse_args().command
    try:
        return asyncio.run(_until_stopped(_COMMANDS[command](settings_from_env())))
    except (*_EXPECTED, BaseExceptionGroup) as error:
        known = _first_expected(error)
        if known is None:
            raise
        print(f"Fix: {known}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
