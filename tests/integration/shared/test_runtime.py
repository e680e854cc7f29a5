"""The processes of a service, really started: what they load, print and leave behind."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from httpx2 import AsyncClient, ConnectError

from deploy.engines import free_port

ROOT = Path(__file__).resolve().parents[3]
APP = """
import asyncio
from contextlib import asynccontextmanager
from fastapi import APIRouter
from shared.db import Database
from shared.http import GivenKeys, create_app, json_reply
from shared.kernel.clock import SystemClock
from shared.kernel.tasks import keep_running
from shared.settings import ServiceSettings
from pydantic_settings import SettingsConfigDict
from starlette.responses import Response

class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SAMPLE_")

api = APIRouter()

@api.get("/slow")
async def slow() -> Response:
    await asyncio.sleep(2.5)
    return json_reply({"done": True})

break_part = asyncio.Event()

@api.get("/break")
async def break_it() -> Response:
    break_part.set()
    return json_reply({})

@asynccontextmanager
async def background():
    async def work():
        await break_part.wait()
        raise RuntimeError("broken part")
    task = keep_running(work(), name="background part")
    yield
    task.cancel()

def app(settings):
    return create_app(service="sample", settings=settings, clock=SystemClock(), routers=[api],
        db=Database(settings.database_url, schema="sample"), keys=GivenKeys({"keys": []}),
        lifespan_parts=[background])
"""
WORKER = """
import asyncio, sys
from sample_settings import Settings
from shared.kernel.tasks import keep_running

class Work:
    async def run(self):
        heavy = {"fastapi", "starlette", "uvicorn", "alembic", "rich"} & set(sys.modules)
        print("loaded", sorted(heavy), flush=True)
        if self.falls:
            raise RuntimeError("broken part")

def steady(settings):
    work = Work(); work.falls = False
    return work

class Losing:
    async def run(self):
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(15, stop.set)
        async def cancelled_inside():
            await asyncio.sleep(0)
            inner = asyncio.create_task(asyncio.sleep(60))
            inner.cancel()
            await inner
        task = keep_running(cancelled_inside(), name="lost part")
        await stop.wait()

def losing(settings):
    return Losing()

def falling(settings):
    work = Work(); work.falls = True
    return work
"""
MAIN = """
import sys
from shared.runtime import main
main("sample", app="sample_app:app", worker=f"sample_worker:{sys.argv.pop(1)}",
     settings="sample_settings:Settings")
"""
SETTINGS = """
from pydantic_settings import SettingsConfigDict
from shared.settings import ServiceSettings
class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SAMPLE_")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, code in (
        ("sample_app", APP),
        ("sample_worker", WORKER),
        ("sample_settings", SETTINGS),
        ("run_sample", MAIN),
    ):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(code))
    return tmp_path


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}:{folder}",
        "SAMPLE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        **more,
    }


def run(folder: Path, *argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "run_sample.py"), *argv],
        env=environment(folder, **env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def started(folder: Path, *argv: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(folder / "run_sample.py"), *argv],
        env=environment(folder, **env),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    async with AsyncClient() as client:
        yield client


async def until_alive(client: AsyncClient, base: str) -> None:
    for _ in range(600):
        try:
            if (await client.get(f"{base}/livez")).status_code == 200:
                return
        except ConnectError:
            await asyncio.sleep(0.05)
    raise AssertionError("did not start")


async def test_sigterm_finishes_requests_in_progress_and_exits_with_0(
    folder: Path, client: AsyncClient
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    env = {"SAMPLE_API_PORT": str(port), "AIRLANE_DRAIN_S": "1.5"}
    with started(folder, "steady", "api", **env) as process:
        await until_alive(client, base)
        slow = asyncio.create_task(client.get(f"{base}/slow"))
        await asyncio.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        # Not ready first, the port closes later, the running request is answered.
        said: list[str] = []
        while not said or said[-1] != "stopping\n":
            said.append((await client.get(f"{base}/readyz")).text)
        assert not slow.done()
        assert (await slow).json() == {"done": True}
        assert await asyncio.to_thread(process.wait, 10) == 0
        assert process.stderr is not None
        lines = [json.loads(line) for line in process.stderr.read().splitlines()]
    assert all(line["service"] == "sample" for line in lines)
    assert not any("exception" in line for line in lines)


async def test_a_taken_port_is_one_line(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = await asyncio.to_thread(run, folder, "steady", "api", SAMPLE_API_PORT=port)
    assert ended.returncode == 3
    assert "address already in use" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_broken_environment_is_reported_line_by_line(folder: Path) -> None:
    env = {"SAMPLE_POOL_SIZE": "many", "SAMPLE_API_PORT": "70000"}
    for command in ("api", "worker"):
        ended = run(folder, "steady", command, **env)
        assert ended.returncode == 2
        first, *rest = ended.stderr.splitlines()
        assert first == "sample: the settings are wrong:"
        assert [line.split()[0] for line in rest] == ["SAMPLE_POOL_SIZE", "SAMPLE_API_PORT"]


def test_migrate_needs_the_owner(folder: Path) -> None:
    ended = run(folder, "steady", "migrate")
    assert ended.returncode == 2
    assert "SAMPLE_OWNER_DATABASE_URL is not set" in ended.stderr


def test_a_worker_loads_no_web_framework(folder: Path) -> None:
    ended = run(folder, "steady", "worker")
    assert (ended.returncode, ended.stdout) == (0, "loaded []\n"), ended.stderr


def test_a_fallen_worker_says_why_and_fails(folder: Path) -> None:
    ended = run(folder, "falling", "worker")
    assert ended.returncode == 1
    line = json.loads(ended.stderr.splitlines()[-1])
    assert line["event"] == "the worker failed"
    assert "broken part" in line["exception"]


async def test_an_api_whose_part_has_ended_stops_and_fails(
    folder: Path, client: AsyncClient
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with started(folder, "steady", "api", SAMPLE_API_PORT=str(port)) as process:
        await until_alive(client, base)
        await client.get(f"{base}/break")
        assert await asyncio.to_thread(process.wait, 10) == 1
        assert process.stderr is not None
        lines = [json.loads(line) for line in process.stderr.read().splitlines()]
    (line,) = [line for line in lines if line["level"] == "error"]
    assert line["event"] == "a long-lived task ended by itself"
    assert line["task"] == "background part"
    assert "broken part" in line["exception"]


def test_a_worker_whose_part_was_cancelled_from_inside_fails(folder: Path) -> None:
    ended = run(folder, "losing", "worker")
    assert ended.returncode == 1
    line = json.loads(ended.stderr.splitlines()[-1])
    assert (line["event"], line["task"]) == ("a long-lived task ended by itself", "lost part")


def test_openapi_needs_no_environment(folder: Path) -> None:
    ended = run(folder, "steady", "openapi", "--stdout", SAMPLE_DATABASE_URL="")
    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert document["paths"]["/slow"]["get"]["operationId"] == "slow"
    canonical = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert ended.stdout == canonical
