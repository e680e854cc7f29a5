"""A park of dummies, run by the supervisor's tests: `python small_park.py FOLDER SCENARIO`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import psutil

from deploy.engines.process import Launch
from deploy.local import supervisor as supervisor_of_tests
from deploy.local.console import Stop, fix, say
from deploy.local.supervisor import Process, Supervisor, Task

FOLDER = Path(sys.argv[1])

# Writes when it started and when it was asked to stop, as the order is what is tested.
WELL_BEHAVED = """
import pathlib, signal, sys, time
name, events = sys.argv[1], pathlib.Path(sys.argv[2])
def note(what):
    with events.open("a") as out:
        out.write(f"{what} {name}\\n")
def leave(*_):
    note("stop")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
note("start")
events.with_name(f"{name}.ready").touch()
while True:
    time.sleep(0.05)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
BROKEN = "print('the reason of the fault'); raise SystemExit(3)"


def launch(code: str, *arguments: str) -> Launch:
    return Launch(argv=(sys.executable, "-c", code, *arguments), env={})


def ready_file(name: str) -> Callable[[int], Awaitable[bool]]:
    async def ready(_pid: int) -> bool:
        return (FOLDER / f"{name}.ready").exists()

    return ready


async def at_once(_pid: int) -> bool:
    return True


async def not_frozen(pid: int) -> bool:
    return psutil.Process(pid).status() != psutil.STATUS_STOPPED


async def never(_pid: int) -> bool:
    return False


def good(name: str, *after: str) -> Process:
    arguments = (name, str(FOLDER / "events"))
    return Process(name, launch(WELL_BEHAVED, *arguments), ready_file(name), after, step=name)


async def migrate() -> str:
    with (FOLDER / "events").open("a") as out:
        out.write("task\n")
    return "3 schemas"


def nodes(scenario: str) -> list[Process | Task]:
    match scenario:
        case "broken":
            return [Process("bad", launch(BROKEN), ready=never)]
        case "stubborn":
            return [Process("mule", launch(STUBBORN), ready=at_once)]
        case "silent":  # looked at more often, so that the test need not wait
            supervisor_of_tests.ALIVE_EVERY_S = 0.05
            engine = replace(good("engine"), alive=not_frozen, killed_when_silent=False)
            return [engine]
        case _:
            return [
                good("engine"),
                Task("migrate", migrate, ("engine",), "migrate"),
                good("app", "migrate"),
            ]


async def main(scenario: str) -> int:
    supervisor = Supervisor(
        nodes(scenario),
        logs=FOLDER / "logs",
        run=FOLDER / "run",
        on_step=lambda title, _seconds, detail: say(f"step {title} {detail}".rstrip()),
    )

    async def when_open() -> int | None:
        say("open")
        if scenario == "program":
            return await supervisor.foreground(launch("print('at work'); raise SystemExit(7)"))
        return None

    try:
        return await supervisor.run(when_open)
    except Stop as stop:
        fix(stop.fix)
        return 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[2])))
