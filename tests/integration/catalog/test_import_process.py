"""The process of an import, ready before there is one."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from services.catalog.clients import import_process
from services.catalog.clients.import_process import ImportProcess
from services.catalog.settings import Settings
from services.catalog.worker import _environment
from tests.kit.waiting import until
from tests.support.worlds.importing import Importing, a_csv, a_row


@pytest.fixture
async def process(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ImportProcess]:
    monkeypatch.setattr(import_process, "_READY_AFTER_S", 0.02)
    stop = asyncio.Event()
    process = ImportProcess(_environment(settings))
    keeping = asyncio.create_task(process.keep_ready(stop))
    await until(lambda: process._ready is not None)
    yield process
    stop.set()
    await keeping
    assert process._ready is None or process._ready.returncode is not None


async def test_the_process_that_is_ready_takes_the_next_import(
    importing: Importing, process: ImportProcess
) -> None:
    assert process._ready is not None
    ready = process._ready.pid
    sent = await importing.send(a_csv([a_row("A-1")]))
    await importing.claim(sent["id"])

    assert await process.run(sent["id"]) == 0

    assert process.pid == ready
    assert (await importing.get(sent["id"]))["status"] == "done"
    # Then there is another one.
    await until(lambda: process._ready is not None and process._ready.pid != ready)


async def test_a_ready_process_that_has_died_is_replaced(
    importing: Importing, process: ImportProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not by the next look, but when it is needed.
    monkeypatch.setattr(import_process, "_READY_AFTER_S", 1000.0)
    await asyncio.sleep(0.2)
    assert process._ready is not None
    dead = process._ready
    os.kill(dead.pid, signal.SIGKILL)
    await dead.wait()
    sent = await importing.send(a_csv([a_row("A-1")]))
    await importing.claim(sent["id"])

    assert await process.run(sent["id"]) == 0

    assert process.pid != dead.pid
    assert (await importing.get(sent["id"]))["status"] == "done"
