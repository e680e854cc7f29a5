"""Opens the park while a person watches, runs what was asked for, and closes it again."""

import asyncio
import os
import time
from dataclasses import dataclass
from typing import Final

from deploy.engines.process import port_taken
from deploy.local import checks, screen
from deploy.local.addresses import needed_ports
from deploy.local.console import Steps, Stop, note, say
from deploy.local.park_processes import ParkProcesses
from deploy.local.state import park_state, start_clock, take_lock
from deploy.local.supervisor import Process, Supervisor
from shared.kernel.clock import ClockFile

_PORTS_PATIENCE_S: Final = 3.0


@dataclass(frozen=True)
class Program:
    """What runs in the foreground once the park is open: seeding, the demo day, the benchmark. It
    is a process of its own; addresses and the operator's credential are in its environment."""

    argv: tuple[str, ...]
    then_stop: bool = False  # the park ends with the program's exit status
    then_world: bool = False  # after it the simulated outside world goes on, out of sight


WORLD: Final = ("-m", "deploy.sandbox", "world")


def asked_rate(default: float) -> float:
    asked = os.environ.get("RATE") or os.environ.get("AIRLANE_CLOCK_RATE")
    try:
        rate = float(asked) if asked else default
    except ValueError:
        rate = 0.0
    if rate <= 0:
        raise Stop(f"RATE={asked} is not a positive number; 1440 lets a day pass in a minute")
    return rate


def _refuse_taken_ports() -> None:
    """A park that was killed a moment ago may still be releasing its ports."""
    checks.refuse(checks.shared_ports(needed_ports()))
    deadline = time.monotonic() + _PORTS_PATIENCE_S
    while any(map(port_taken, needed_ports().values())) and time.monotonic() < deadline:
        time.sleep(0.1)
    checks.refuse(checks.taken_ports(needed_ports()))


async def _remember(clock: ClockFile) -> None:
    while True:
        clock.remember()
        await asyncio.sleep(2.0)


def _world(park: ParkProcesses) -> Process:
    async def at_once(_pid: int) -> bool:
        return True

    return Process(
        "world", park.launch_of(WORLD), ready=at_once, where="customs office, airlines …"
    )


async def open_park(program: Program, *, rate: float) -> int:
    """Opens the park and keeps it open: returns the exit status of the command."""
    state = park_state()
    state.make_home()
    with take_lock(state):
        park = ParkProcesses(state)
        clock = start_clock(state, asked_rate(rate))
        state.prepare()
        steps = Steps(3 + park.own_postgres + park.own_kafka)
        with steps.step("checks"):
            checks.refuse(checks.resources(state.home))
            checks.refuse(await asyncio.to_thread(checks.own_servers))
            await asyncio.to_thread(_refuse_taken_ports)
        screen.say_what_is_different(park)
        supervisor = Supervisor(park.nodes(), logs=state.logs, run=state.run, on_step=steps.done)

        async def when_open() -> int | None:
            screen.say_where(park, steps.elapsed)
            status = await supervisor.foreground(park.launch_of(program.argv))
            if program.then_stop:
                return status
            if status:
                note(f"{' '.join(program.argv)} ended with status {status}")
            if program.then_world:
                supervisor.beside(_world(park))
            screen.say_how_to_use(park, clock, has_world=program.then_world)
            return None

        memory = asyncio.create_task(_remember(clock))
        try:
            return await supervisor.run(when_open)
        finally:
            memory.cancel()
            clock.remember()
            say(f"  stopped; data is kept in {state.home}")
