"""`python -m deploy.local up|demo|bench|stop|status|doctor|reset`: the park on one machine."""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import time

from deploy.local import checks
from deploy.local.console import Stop, fix, say
from deploy.local.park import Program, open_park
from deploy.local.services import needed_ports
from deploy.local.state import DAY_IN_A_MINUTE, park_state, read_status, running_park
from shared.testing.engines import postgres
from shared.testing.engines.process import EngineError

_STOP_PATIENCE_S = 60.0


def up() -> int:
    """Real time; the sandbox only loads the park and leaves the credentials."""
    seed = Program(("-m", "deploy.sandbox", "seed"))
    return asyncio.run(open_park(seed, rate=1.0))


def demo() -> int:
    """One day of orders, a business day in a real minute."""
    day = Program(
        ("-m", "deploy.sandbox", "day"),
        then_stop=os.environ.get("EXIT") == "1",
        then_keep=("-m", "deploy.sandbox", "world"),
    )
    return asyncio.run(open_park(day, rate=DAY_IN_A_MINUTE))


def bench() -> int:
    chain = Program(("-m", "deploy.bench.chain"), then_stop=True)
    return asyncio.run(open_park(chain, rate=1.0))


def stop() -> int:
    state = park_state()
    pid = running_park(state)
    if pid is None:
        say("  no park of this checkout runs")
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
        say("  no park of this checkout runs (make run starts it)")
        return 1
    say(f"  supervisor         process {pid}")
    for name, row in read_status(state).items():
        say(f"  {name:<18} process {row['pid']!s:<8} {row['state']:<10} restarts {row['restarts']}")
    return 0


def doctor() -> int:
    state = park_state()
    if pid := running_park(state):
        say(f"  the park runs (process {pid}); its ports are its own")
        ports = []
    else:
        state.home.mkdir(parents=True, exist_ok=True)
        ports = checks.taken_ports(needed_ports())
    findings = [*ports, *checks.resources(state.home), *checks.broker()]
    for finding in findings:
        say(f"  {'bad ' if finding.fatal else 'note'}  {finding.text}")
    say("  " + ("nothing stands in the park's way" if not findings else f"{len(findings)} found"))
    return int(any(finding.fatal for finding in findings))


def reset() -> int:
    state = park_state()
    if pid := running_park(state):
        raise Stop(f"the park runs (process {pid}): make stop first")
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
        "stop": stop,
        "status": status,
        "doctor": doctor,
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
