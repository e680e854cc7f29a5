"""Child processes that never outlive their parent, and ports that never collide with the system's.

A `Launch` says how a program is started; the park's supervisor starts the same launches as the
tests do. On Linux the kernel ends the child when the parent dies, even by `kill -9`.
"""

import fcntl
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_TETHER = str(Path(__file__).with_name("tether.py"))
_PORT_LOCKS = Path(tempfile.gettempdir()) / f"airlane-ports-{os.getuid()}"


class EngineError(Exception):
    """An engine did not start. The text is one line and says why."""


@dataclass(frozen=True)
class Launch:
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path = Path("/")
    uid: int | None = None  # another user's, when we are root and the program refuses root
    gid: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL  # sent by the kernel when the parent dies


def spawn(launch: Launch, output: IO[bytes] | None) -> subprocess.Popen[bytes]:
    """Starts it in a session of its own: Ctrl-C reaches the parent only, which stops in order.

    Call it from the main thread: the kernel's "parent" is the thread that started the child.
    """
    user = (-1, -1) if launch.uid is None or launch.gid is None else (launch.uid, launch.gid)
    wishes = [str(int(number)) for number in (launch.death_signal, os.getpid(), *user)]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", _TETHER, *wishes, *launch.argv],
        env=dict(launch.env),
        cwd=launch.cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[bytes], with_signal: signal.Signals, patience_s: float) -> None:
    """Asks it to stop, waits, and kills it if it does not."""
    if process.poll() is None:
        process.send_signal(with_signal)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], what: str, log: Path
) -> None:
    """Waits up to 60 s; reports a program that ended, or never got ready, with its last line."""
    deadline = time.monotonic() + 60
    while not ready():
        if process.poll() is not None:
            raise EngineError(f"{what} ended at once: {last_line(log)} ({log})")
        if time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise EngineError(f"{what} was not ready after 60 s: {last_line(log)} ({log})")
        time.sleep(0.02)


def last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no output"


def free_port() -> int:
    """A free loopback port below 32768, never handed out twice while this process lives.

    From there upwards the system itself hands out ports: a client that polls such a port while
    nobody listens can connect to itself, and then the server cannot bind it any more. A port that
    is free now may be asked for by two test processes before either listens on it: each port has a
    lock file, and the system releases it when its holder ends, however that happens.
    """
    _PORT_LOCKS.mkdir(parents=True, exist_ok=True)
    for _ in range(200):
        port = random.randint(20_000, 32_000)
        lock = os.open(_PORT_LOCKS / str(port), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        if port_taken(port):
            os.close(lock)
            continue
        return port  # the lock stays open for as long as this process lives
    raise EngineError("no free port between 20000 and 32000")


def port_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False
