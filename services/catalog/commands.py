"""Commands that only catalog has: `python -m services.catalog rotate-key | import`."""

import asyncio
import gc
import importlib
import os
import sys
import threading
from typing import Final

import uvloop

from services.catalog.clients.sheets import SheetLimits
from services.catalog.domain.imports.job import State
from services.catalog.queries.reference import read_reference
from services.catalog.schemas.imports.rows import (
    read_new_products,
    read_order,
    read_parent,
    read_price,
    read_product,
    read_stock,
)
from services.catalog.settings import Settings
from services.catalog.use_cases.credentials.signing_keys import TooEarly, rotate
from services.catalog.use_cases.imports.running import Readers, Tools, make_words
from services.catalog.use_cases.imports.running import run_import as run
from shared.db import Database
from shared.kafka.jobs import JobLocks
from shared.kernel.clock import clock_from_env, real_now
from shared.kernel.identity import PARK
from shared.kernel.ids import is_id
from shared.settings import SettingsError

# Requests come first where processors are scarce.
_NICE: Final = 5
_TRIES: Final = 12
_PAUSE_S: Final = 0.5


def rotate_key(settings: Settings) -> str:
    """Takes one step of the rotation of the key that signs tokens, and says what it did.

    Running processes notice by themselves; `use_cases.credentials.signing_keys` says how. Raises
    SettingsError.
    """
    if settings.signing_key_file is None:
        raise SettingsError(["CATALOG_SIGNING_KEY_FILE is not set: there is no key to rotate."])
    try:
        return rotate(settings.signing_key_file, now=real_now())
    except (TooEarly, OSError, ValueError) as error:
        raise SettingsError([str(error)]) from error


def run_import(settings: Settings, import_id: str) -> str:
    """Works on one import until it has ended; its progress is in the database. `-`: the import
    whose id comes as a line of standard input, which may take its time.

    It ends with the process that started it, when standard input is closed. Raises SettingsError.
    """
    os.nice(_NICE)
    if import_id == "-":
        # Is needed at the end, and there is time for it now.
        importlib.import_module("services.catalog.clients.pinyin")
    # Rows leave no cycles, and looking for some takes longer than to check a row.
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
    if import_id == "-":
        import_id = _line_of_input()
    if not is_id(import_id, "imp"):
        raise SettingsError([f"{import_id} is not the id of an import."])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # The threads that read rows share the interpreter with the loop that writes them.
    sys.setswitchinterval(0.001)
    return uvloop.run(_run_import(settings, import_id))


def _line_of_input() -> str:
    """Without reading on: another thread watches for the end of standard input."""
    line = b""
    while piece := os.read(0, 1):
        if piece == b"\n":
            return line.decode()
        line += piece
    os._exit(1)


def _end_with_parent() -> None:
    # Not sys.stdin: Python aborts at its end while a thread waits in that.
    while os.read(0, 1):
        pass
    os._exit(1)


async def _run_import(settings: Settings, import_id: str) -> str:
    db = Database.of(settings, schema="catalog")
    locks = JobLocks(db)
    try:
        if not await _held(locks, f"import {import_id}"):
            return f"{import_id} is worked on by another process"
        async with db.read(PARK) as reader:
            reference = await read_reference(reader)
        limits = SheetLimits(bytes_max=settings.import_bytes_max)
        readers = Readers(
            read_product, read_new_products, read_parent, read_stock, read_price, read_order
        )
        tools = Tools(db, clock_from_env(), settings.spool_dir, reference, readers, limits)
        state = await run(tools, import_id)
        if state is State.DONE:
            await make_words(db)
    finally:
        await asyncio.gather(locks.close(), db.close())
    return f"{import_id} was taken over" if state is None else f"{import_id} is {state.value}"


async def _held(locks: JobLocks, name: str) -> bool:
    """A process that has lost the import to this one needs a moment to notice."""
    for _ in range(_TRIES):
        if await locks.hold(name):
            return True
        await asyncio.sleep(_PAUSE_S)
    return False
