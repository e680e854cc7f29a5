"""What one park keeps between its starts, all below `.airlane/`: secrets, the clock, the lock.

Every park has secrets of its own, made at random the first time and readable by their owner only.
"""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.local.addresses import make_line, port_offset
from deploy.local.console import Stop
from deploy.private_files import write_private
from shared.contracts.topics import SERVICES
from shared.kernel.clock import (
    ClockFile,
    ClockFileBroken,
    SystemClock,
    real_now,
    write_clock_file,
)

ROOT = Path(__file__).resolve().parents[2]
DAY_IN_A_MINUTE = 1440.0


@dataclass(frozen=True)
class State:
    """The folder of one park, and the files in it that have a meaning."""

    home: Path

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def lock(self) -> Path:
        return self.home / "lock"

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def kafka(self) -> Path:
        return self.home / "kafka" / "data"

    @property
    def spool(self) -> Path:
        """Files of imports. Two parks must not share them: each deletes what it does not know."""
        return self.home / "spool"

    @property
    def single_window(self) -> Path:
        return self.home / "single-window"

    @property
    def signing_key(self) -> Path:
        return self.home / "keys" / "token-signing.pem"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets.json"

    @property
    def clock(self) -> Path:
        return self.home / "clock"

    @property
    def credentials(self) -> Path:
        return self.home / "credentials.json"

    def belongings(self) -> list[Path]:
        """What `make reset` forgets. The database may live elsewhere and is not in the list."""
        names = ("secrets.json", "credentials.json", "clock", "clock.json", "report.json")
        files = [self.home / name for name in names] + list(self.logs.glob("*.log*"))
        return [
            self.kafka,
            self.run,
            self.spool,
            self.single_window,
            self.signing_key.parent,
            *files,
        ]

    def make_home(self) -> None:
        """Raises Stop for a folder that cannot be used."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.home):
                pass
        except OSError as error:
            raise Stop(
                f"{self.home} cannot be used ({error.strerror}): set AIRLANE_STATE_DIR to a folder "
                "that can be written"
            ) from None

    def prepare(self) -> None:
        for folder in (self.logs, self.run, self.single_window):
            folder.mkdir(parents=True, exist_ok=True)
        self.forget_processes()
        # The database server may run as another user and has to get to its folder.
        self.home.chmod(0o755)
        # The last run's logs are kept once, so that a log never mixes two runs.
        for log in self.logs.glob("*.log"):
            if not log.name.startswith("setup"):
                log.replace(log.with_suffix(".log.old"))

    def forget_processes(self) -> None:
        """After a park that could not clean up: its process ids may be those of others by now."""
        for stale in (*self.run.glob("*.pid"), self.run / "status.json"):
            stale.unlink(missing_ok=True)


def park_state(env: Mapping[str, str] = os.environ) -> State:
    """A park with a port offset is another park: it keeps its data in a folder of its own."""
    if asked := env.get("AIRLANE_STATE_DIR"):
        return State(Path(asked).absolute())
    offset = port_offset(env)
    return State(ROOT / ".airlane" / (f"offset-{offset}" if offset else ""))


def load_secrets(state: State) -> dict[str, str]:
    """This park's secrets, made the first time."""
    path = state.secrets
    if not state.signing_key.exists():
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_private(state.signing_key, pem)
    if path.exists():
        known: dict[str, str] = json.loads(path.read_text())
        return known
    made = {
        "postgres": secrets.token_urlsafe(24),
        "operator_client_id": f"operator-{secrets.token_hex(4)}",
        "operator_client_secret": secrets.token_urlsafe(32),
        "webhooks_key": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    for service in SERVICES:
        made[f"{service}_owner"] = secrets.token_urlsafe(24)
        made[f"{service}_app"] = secrets.token_urlsafe(24)
    write_private(path, json.dumps(made, indent=1).encode())
    return made


def start_clock(state: State, rate: float) -> ClockFile:
    """The park's business time. It never goes back, not even by a restart after a fast day."""
    now = real_now()
    asked = os.environ.get("AIRLANE_CLOCK_EPOCH")
    try:
        epoch = datetime.fromisoformat(asked).astimezone(UTC) if asked else now
    except ValueError:
        raise Stop(
            f"AIRLANE_CLOCK_EPOCH={asked} is not an instant: write 2026-11-22T08:00:00Z"
        ) from None
    with contextlib.suppress(ClockFileBroken):
        epoch = max(epoch, ClockFile(state.clock).set_to.epoch or epoch)
    before = state.home / "clock.json"  # of version 0.1, which had no clock file
    if before.exists():
        epoch = max(epoch, datetime.fromisoformat(json.loads(before.read_text())["lived_until"]))
    write_clock_file(state.clock, SystemClock(rate, epoch=epoch, anchor=now))
    return ClockFile(state.clock)


def take_lock(state: State) -> IO[str]:
    """One park per checkout. The system drops the lock with its process, however that ends."""
    lock = state.lock.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        pid = lock.read().strip()
        lock.close()
        raise Stop(
            f"this park already runs (process {pid}): use it, or stop it with {make_line('stop')}; "
            "another AIRLANE_PORT_OFFSET opens a second one beside it"
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def running_park(state: State) -> int | None:
    """The process id of the running park's supervisor."""
    try:
        with state.lock.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(state.lock.read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    return None


@dataclass(frozen=True)
class ProcessStatus:
    """A line of `run/status.json`. `pid` is None until the first start, `where` an address."""

    state: str
    pid: int | None
    restarts: int
    where: str


def read_status(state: State) -> dict[str, ProcessStatus]:
    """By process name, as the supervisor wrote it last."""
    path = state.run / "status.json"
    rows = json.loads(path.read_text()) if path.exists() else {}
    return {name: ProcessStatus(**row) for name, row in rows.items()}


def nothing_runs(env: Mapping[str, str] = os.environ, root: Path = ROOT) -> str:
    """Says so, and names the park that was probably meant: another offset of this checkout."""
    text = "no park of this checkout runs"
    if env.get("AIRLANE_STATE_DIR"):
        return f"{text} in AIRLANE_STATE_DIR={env['AIRLANE_STATE_DIR']}"
    if offset := port_offset(env):
        text += f" with AIRLANE_PORT_OFFSET={offset}"
    homes = sorted((root / ".airlane").glob("offset-*"))
    others = [
        f"AIRLANE_PORT_OFFSET={home.name.removeprefix('offset-')}"
        for home in homes
        if running_park(State(home)) is not None
    ]
    if offset and running_park(State(root / ".airlane")) is not None:
        others.append("no AIRLANE_PORT_OFFSET")
    return f"{text}; one runs with {' and one with '.join(others)}" if others else text
