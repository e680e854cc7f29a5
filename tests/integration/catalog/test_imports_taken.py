"""How workers take imports: merchants' files one after the other, and what operators see of it."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.catalog import jobs
from services.catalog.domain.imports.job import ATTEMPTS_MAX
from services.catalog.repository.imports.jobs import claim_import
from services.catalog.use_cases.imports.retention import delete_files
from services.catalog.use_cases.imports.starting import Starter
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from tests.kit.clock import ManualClock
from tests.support.worlds.importing import Importing, a_csv, a_row


@pytest.fixture
async def only(importing: Importing) -> Callable[[], Awaitable[set[str]]]:
    """Ids of the imports of other tests."""

    async def others() -> set[str]:
        async with importing.db.read(PARK) as reader:
            rows = await reader._connection.fetch(
                "SELECT id FROM catalog.imports WHERE tenant_id <> $1", importing.merchant.id
            )
        return {row["id"] for row in rows}

    return others


async def test_workers_that_claim_at_once_do_not_take_two_files_of_a_merchant(
    importing: Importing, only: Callable[[], Awaitable[set[str]]]
) -> None:
    first, second = [await importing.send(a_csv([a_row(f"A-{n}")])) for n in range(2)]
    skip, now = await only(), importing.clock.now()

    async with importing.db.transaction(PARK) as one:
        taken = await claim_import(one, skip=skip, now=now)
        async with importing.db.transaction(PARK) as other:
            also = await claim_import(other, skip=skip, now=now)
    async with importing.db.transaction(PARK) as later:
        then = await claim_import(later, skip=skip, now=now)

    assert taken is not None
    assert (taken.id, also, then) == (first["id"], None, None)
    assert (await importing.get(second["id"]))["status"] == "queued"


async def test_a_file_that_another_machine_has_is_no_failed_attempt(
    importing: Importing, only: Callable[[], Awaitable[set[str]]], catalog_clock: ManualClock
) -> None:
    sent = await importing.send(a_csv([a_row("A-1")]))
    async with importing.db.read(PARK) as reader:
        name = await reader._connection.fetchval(
            "SELECT file FROM catalog.imports WHERE id = $1", sent["id"]
        )
    file = importing.spool / name
    here = await asyncio.to_thread(file.rename, file.with_suffix(".away"))

    async def never(_: str) -> int:
        raise AssertionError

    for _ in range(ATTEMPTS_MAX + 3):
        starter = Starter(
            db=importing.db, clock=catalog_clock, spool=importing.spool, start=never, at_once=1
        )
        starter._elsewhere, starter._forget_at_s = await only(), float("inf")
        assert await starter.claim() is None
        catalog_clock.advance(minutes=1)
        assert (await importing.get(sent["id"]))["status"] == "queued"

    await asyncio.to_thread(here.rename, file)
    await importing.work(sent["id"])
    assert (await importing.get(sent["id"]))["status"] == "done"


def _sample(name: str, **labels: str) -> float:
    value = REGISTRY.get_sample_value(name, labels)
    assert value is not None, name
    return value


async def test_operators_see_how_long_imports_and_checks_wait(
    importing: Importing, catalog_clock: ManualClock
) -> None:
    context = JobContext(importing.db, catalog_clock, "measure")
    await jobs.measure(context)
    queued = _sample("airlane_catalog_imports", status="queued")
    done = _sample("airlane_catalog_imports_ended_day", status="done")
    await importing.done(a_csv([a_row("A-1")]))
    await importing.send(a_csv([a_row("A-2")]))
    media: list[dict[str, Any]] = [{"url": "https://media.example/1.jpg", "role": "main"}]
    await importing.merchant.stocked("A-9", 0, media=media)
    catalog_clock.advance(hours=2)

    await jobs.measure(context)

    assert _sample("airlane_catalog_imports", status="queued") == queued + 1
    assert _sample("airlane_catalog_imports_ended_day", status="done") == done + 1
    assert _sample("airlane_catalog_import_oldest_age_seconds") >= 7200
    assert _sample("airlane_catalog_media_oldest_due_seconds") >= 7200


async def test_a_process_that_breaks_off_is_counted(
    importing: Importing, only: Callable[[], Awaitable[set[str]]]
) -> None:
    sent = await importing.send(a_csv([a_row("A-1")]))
    stop, calls = asyncio.Event(), list[str]()

    async def killed(import_id: str) -> int:
        calls.append(import_id)
        if len(calls) > 1:
            stop.set()
            await asyncio.Event().wait()
        return -9

    starter = Starter(
        db=importing.db, clock=importing.clock, spool=importing.spool, start=killed, at_once=1
    )
    starter._elsewhere, starter._forget_at_s = await only(), float("inf")
    before = _sample("airlane_catalog_imports_broken_off_total")

    await starter.run(stop)

    assert calls == [sent["id"]] * 2
    # Not the one that ends with its worker.
    assert _sample("airlane_catalog_imports_broken_off_total") == before + 1
    assert (await importing.get(sent["id"]))["status"] == "queued"


def _make(folder: Path, names: list[str], *, is_old: bool) -> None:
    for name in names:
        (folder / name).touch()
        if is_old:
            os.utime(folder / name, (0, 0))


async def test_files_that_no_import_has_are_deleted_however_many_are_needed(
    importing: Importing, tmp_path: Path
) -> None:
    async with importing.db.transaction(PARK) as uow:
        await uow._connection.execute(
            """
            INSERT INTO catalog.imports (id, tenant_id, kind, policy, mode, empty, is_dry_run, file,
                media_type, bytes, sha256, state, stage, created_at)
            SELECT 'imp_' || md5(n::text || $1), $1, 'products', 'reject_failed_rows', 'upsert',
                'keep', false, $1 || n || '.file', 'text/csv', 1, 'x', 'done', 'writing', $2
            FROM generate_series(1, 300) n
            """,
            importing.merchant.id,
            importing.clock.now(),
        )
    needed = [f"{importing.merchant.id}{n}.file" for n in range(1, 301)]
    strays = [f"fil_{n}.{kind}" for n in range(5) for kind in ("part", "file")]
    _make(tmp_path, [*needed, *strays], is_old=True)
    _make(tmp_path, ["new.part"], is_old=False)

    await delete_files(importing.db, tmp_path, now=importing.clock.now())

    assert set(os.listdir(tmp_path)) == {*needed, "new.part"}
