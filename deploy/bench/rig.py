"""What every measurement needs: real engines with production durability, processes, statistics."""

import asyncio
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import asyncpg

from deploy.bench.http_client import LoadResult
from deploy.engines import PostgresServer, free_port, start_postgres
from shared.db import roles
from shared.db.migrate import upgrade

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Spread:
    """Median with the extremes: the only way a figure is reported here."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        if len(self.values) == 1:
            return _short(self.values[0])
        return f"{_short(self.median)} ({_short(min(self.values))}–{_short(max(self.values))})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


@dataclass(frozen=True)
class Figure:
    """One line of the report. `goal` is compared with the median; None means information only."""

    name: str
    value: Spread
    unit: str
    goal: float | None = None
    higher_is_better: bool = True
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        median = self.value.median
        return median >= self.goal if self.higher_is_better else median <= self.goal

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "median": self.value.median,
            "values": list(self.value.values),
            "unit": self.unit,
            "goal": self.goal,
            "higher_is_better": self.higher_is_better,
            "met": self.met,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """What `as_json` made of a figure that another process measured."""
        return cls(
            fields["name"],
            Spread(tuple(fields["values"])),
            fields["unit"],
            fields["goal"],
            higher_is_better=fields["higher_is_better"],
            note=fields["note"],
        )


def machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


@contextmanager
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="airlane-bench-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def postgres(home: Path) -> Iterator[PostgresServer]:
    """A durable server: fsync and synchronous_commit as in production."""
    server = start_postgres(home / "postgres", free_port(), durable=True)
    try:
        yield server
    finally:
        server.stop()


async def make_service(server: PostgresServer, service: str) -> str:
    """Database `airlane` with the service's schema; returns the app role's address."""
    connection = await asyncpg.connect(server.dsn())
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = 'airlane'"):
            await connection.execute("CREATE DATABASE airlane")
    finally:
        await connection.close()
    connection = await asyncpg.connect(server.dsn(database="airlane"))
    try:
        for statement in roles.bootstrap_sql(service):
            await connection.execute(statement)
    finally:
        await connection.close()
    await upgrade(service, server.dsn(user=roles.owner_role(service), database="airlane"))
    return server.dsn(user=roles.app_role(service), database="airlane")


@contextmanager
def process(*arguments: str, env: Mapping[str, str], log: Path) -> Iterator[None]:
    with log.open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **env},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield
    except Exception:
        # The folder goes away with the log in it.
        sys.stderr.write(f"\n{log.name}:\n{log.read_text()[-3000:]}\n")
        raise
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


def wait_for(url: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (OSError, urllib.error.URLError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def http_load(
    url: str, requests: Sequence[bytes], *, seconds: float, connections: int, home: Path
) -> LoadResult:
    """One round of the load generator, in a process of its own."""
    file = home / "requests"
    file.write_bytes(b"\n%%\n".join(requests))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "deploy.bench.http_client",
            url,
            str(seconds),
            str(connections),
            str(file),
        ],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=seconds + 30,
    )
    return LoadResult(**json.loads(done.stdout))


async def sleep_until(at: float) -> None:
    delay = at - time.perf_counter()
    if delay > 0:
        await asyncio.sleep(delay)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
