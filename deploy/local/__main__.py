"""The park on one machine: `python -m deploy.local COMMAND`, see `make help`."""

import argparse
import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta

from deploy.engines import postgres
from deploy.engines.process import EngineError
from deploy.local import checks, own_engine
from deploy.local.addresses import chosen_services, make_line, needed_ports
from deploy.local.console import Stop, fix, say
from deploy.local.opening import WORLD, Program, open_park
from deploy.local.park_processes import ParkProcesses
from deploy.local.services import DATABASE
from deploy.local.state import (
    DAY_IN_A_MINUTE,
    nothing_runs,
    park_state,
    read_status,
    running_park,
)
from shared.kernel.clock import ClockFile

_STOP_PATIENCE_S = 60.0
_NOT_RUNNING = 3  # as the Linux Standard Base has it
_SKIP_MOST = timedelta(days=7)  # the timetable reaches two weeks ahead


def up() -> int:
    """Real time; the sandbox loads the park, leaves the credentials, and plays the world."""
    seed = Program(("-m", "deploy.sandbox", "seed"), then_world=os.environ.get("WORLD") != "0")
    return asyncio.run(open_park(seed, rate=1.0))


def demo() -> int:
    """One day of orders, a business day in a real minute."""
    day = Program(
        ("-m", "deploy.sandbox", "day"),
        then_stop=os.environ.get("EXIT") == "1",
        then_world=True,
    )
    return asyncio.run(open_park(day, rate=DAY_IN_A_MINUTE))


def bench() -> int:
    chain = Program(("-m", "deploy.bench.chain"), then_stop=True)
    return asyncio.run(open_park(chain, rate=1.0))


def world() -> int:
    """The outside world in the foreground, for the running park."""
    state = park_state()
    if running_park(state) is None:
        raise Stop(f"{nothing_runs()}: {make_line('run WORLD=0')} starts one")
    launch = ParkProcesses(state).launch_of(WORLD)
    return subprocess.run(launch.argv, env=launch.env, cwd=launch.cwd, check=False).returncode


def skip() -> int:
    """Moves the business time of the running park forward."""
    state, asked = park_state(), os.environ.get("HOURS") or "1"
    try:
        hours = timedelta(hours=float(asked))
    except (ValueError, OverflowError):
        hours = timedelta(0)
    if not timedelta(0) < hours <= _SKIP_MOST:
        raise Stop(f"HOURS={asked} is not a number of hours up to {_SKIP_MOST.days * 24}")
    if running_park(state) is None:
        raise Stop(f"{nothing_runs()}: {make_line('run')} starts one")
    clock = ClockFile(state.clock)
    clock.move_on_to(clock.now() + hours)
    say(f"  business time is {clock.now():%Y-%m-%d %H:%M} UTC")
    return 0


def stop() -> int:
    state = park_state()
    pid = running_park(state)
    if pid is None:
        state.forget_processes()
        say(f"  {nothing_runs()}")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_PATIENCE_S
    while running_park(state) == pid:
        if time.monotonic() > deadline:
            raise Stop(f"the park (process {pid}) does not stop: kill -9 {pid} ends it at once")
        time.sleep(0.05)
    say("  stopped")
    return 0


def status() -> int:
    state = park_state()
    pid = running_park(state)
    if pid is None:
        state.forget_processes()
        say(f"  {nothing_runs()} ({make_line('run')} starts one)")
        return _NOT_RUNNING
    say(f"  {'supervisor':<18} {'running':<10} process {pid}")
    for name, row in read_status(state).items():
        say(
            f"  {name:<18} {row.state:<10} process {row.pid!s:<8} "
            f"restarts {row.restarts:<4} {row.where}".rstrip()
        )
    say(f"\n  business time {ClockFile(state.clock).now():%Y-%m-%d %H:%M} UTC   logs {state.logs}/")
    return 0


def doctor() -> int:
    state = park_state()
    if pid := running_park(state):
        say(f"  the park runs (process {pid}); its ports are its own")
        ports = []
    else:
        state.make_home()
        ports = [*checks.shared_ports(needed_ports()), *checks.taken_ports(needed_ports())]
    findings = [*ports, *checks.resources(state.home), *checks.own_servers(), *checks.broker()]
    for finding in findings:
        say(f"  {'bad ' if finding.fatal else 'note'}  {finding.text}")
    say("  " + ("nothing stands in the park's way" if not findings else f"{len(findings)} found"))
    return int(any(finding.fatal for finding in findings))


def sql() -> int:
    """Prints the SQL that prepares your own PostgreSQL."""
    say(own_engine.preparing_sql(DATABASE, chosen_services()))
    return 0


def reset() -> int:
    state = park_state()
    if pid := running_park(state):
        raise Stop(f"the park runs (process {pid}): {make_line('stop')} first")
    stand_in = postgres.reachable(state.postgres)
    for path in (stand_in, *state.belongings()):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    say("  the park's data is gone; what make setup fetched is kept")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    commands = {
        "up": up,
        "demo": demo,
        "bench": bench,
        "world": world,
        "skip": skip,
        "stop": stop,
        "status": status,
        "doctor": doctor,
        "sql": sql,
        "reset": reset,
    }
    parser.add_argument("command", choices=commands)
    try:
        return commands[parser.parse_args().command]()
    except KeyboardInterrupt:
        return 130
    except Stop as stopped:
        fix(stopped.fix)
    except EngineError as error:
        fix(f"{error}; make doctor looks for the usual reasons")
    except PermissionError as error:
        fix(f"{error.filename} belongs to somebody else: run as its owner, or make reset as root")
    return 1


if __name__ == "__main__":
    sys.exit(main())
