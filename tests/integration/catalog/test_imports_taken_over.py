"""An import whose process is silent is taken over soon, and never written by two."""

import asyncio
from typing import Any

import pytest

from services.catalog.domain.imports.job import Counts, State
from services.catalog.repository.imports import jobs
from services.catalog.use_cases.imports import products, running
from services.catalog.use_cases.imports.products import ProductRows
from services.catalog.use_cases.imports.running import run_import
from shared.kernel.identity import PARK
from tests.kit.waiting import until
from tests.support.worlds.importing import Importing, a_csv, a_row

_ROWS = 30
_CHUNK = 10


class Silent:
    """The process of an import, in the middle of its second chunk."""

    def __init__(self, importing: Importing, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
        self.is_there = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self._act = getattr(ProductRows, step)
        self._calls = 0
        monkeypatch.setattr(products, "CHUNK_ROWS", _CHUNK)
        held = self._held

        async def act(*given: Any, **named: Any) -> Any:
            return await held(*given, **named)

        monkeypatch.setattr(ProductRows, step, act)

    async def _held(self, *given: Any, **named: Any) -> Any:
        self._calls += 1
        if self._calls == 2:
            self.is_there.set()
            await self.may_go_on.wait()
        return await self._act(*given, **named)


async def _expire(importing: Importing, import_id: str) -> None:
    async with importing.db.transaction(PARK) as uow:
        await uow._connection.execute(
            "UPDATE catalog.imports SET lease_until = now() - interval '1 s' WHERE id = $1",
            import_id,
        )


async def _lease_s(importing: Importing, import_id: str) -> float:
    async with importing.db.read(PARK) as reader:
        left = await reader._connection.fetchval(
            "SELECT extract(epoch FROM lease_until - now()) FROM catalog.imports WHERE id = $1",
            import_id,
        )
    return float(left)


@pytest.mark.parametrize("step", ["write", "prepare"])
async def test_of_two_processes_only_the_later_writes(
    importing: Importing, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    silent = Silent(importing, monkeypatch, step)
    sent = await importing.send(a_csv(a_row(f"T-{n}") for n in range(_ROWS)))
    await importing.claim(sent["id"])
    # It does not ask by itself whether the import is still its own.
    monkeypatch.setattr(running, "_HEARTBEAT_S", 1000.0)
    first = asyncio.create_task(run_import(await importing.tools(), sent["id"]))
    await asyncio.wait_for(silent.is_there.wait(), 30)
    if step == "prepare":
        await until(lambda: _has_read(importing, sent["id"], _CHUNK))

    await _expire(importing, sent["id"])
    assert step == "write" or await importing.work(sent["id"]) is State.DONE
    if step == "write":
        await importing.claim(sent["id"])
    silent.may_go_on.set()
    assert await first is None
    if step == "write":
        assert await run_import(await importing.tools(), sent["id"]) is State.DONE

    rows = (await importing.get(sent["id"]))["progress"]["rows"]
    assert (rows["read"], rows["new"], rows["unchanged"]) == (_ROWS, _ROWS, 0)
    product = (await importing.client.get("/v1/products/T-29")).json()
    assert len(await importing.merchant.events(product["id"])) == 1


async def _has_read(importing: Importing, import_id: str, rows: int) -> bool:
    body = await importing.get(import_id)
    return bool(body["progress"]["rows"]["read"] >= rows)


async def test_a_process_notices_that_it_has_lost_its_import_while_it_waits(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_HEARTBEAT_S", 0.02)
    silent = Silent(importing, monkeypatch, "prepare")
    sent = await importing.send(a_csv(a_row(f"T-{n}") for n in range(_ROWS)))
    await importing.claim(sent["id"])
    first = asyncio.create_task(run_import(await importing.tools(), sent["id"]))
    await asyncio.wait_for(silent.is_there.wait(), 30)
    await until(lambda: _has_read(importing, sent["id"], _CHUNK))

    async with importing.db.transaction(PARK) as uow:
        await uow._connection.execute(
            "UPDATE catalog.imports SET attempt = attempt + 1 WHERE id = $1", sent["id"]
        )

    assert await asyncio.wait_for(first, 30) is None


async def test_a_lease_is_short_and_kept_by_heartbeats(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert running._HEARTBEAT_S * 4 < jobs.LEASE_S <= 12
    monkeypatch.setattr(running, "_HEARTBEAT_S", 0.02)
    silent = Silent(importing, monkeypatch, "prepare")
    sent = await importing.send(a_csv(a_row(f"T-{n}") for n in range(_ROWS)))
    await importing.claim(sent["id"])
    assert 0 < await _lease_s(importing, sent["id"]) <= jobs.LEASE_S
    first = asyncio.create_task(run_import(await importing.tools(), sent["id"]))
    await asyncio.wait_for(silent.is_there.wait(), 30)
    await until(lambda: _has_read(importing, sent["id"], _CHUNK))

    await _expire(importing, sent["id"])

    await until(lambda: _is_kept(importing, sent["id"]))
    silent.may_go_on.set()
    assert await first is State.DONE


async def _is_kept(importing: Importing, import_id: str) -> bool:
    return await _lease_s(importing, import_id) > 0


async def test_a_chunk_is_recorded_once(importing: Importing) -> None:
    """Where the answer to a commit was lost, the chunk is tried again."""
    sent = await importing.send(a_csv([a_row("T-1")]))
    await importing.claim(sent["id"])
    async with importing.db.read(PARK) as reader:
        one = await jobs.read_import(reader, import_id=sent["id"])
    recorded: list[int | None] = []
    for _ in range(2):
        async with importing.db.transaction(importing.merchant.id) as uow:
            after = await jobs.advance(uow, one, Counts(read=1, new=1), line=2, worked_ms=7)
        recorded.append(None if after is None else after.progress.counts.read)
    assert recorded == [1, None]


async def test_an_import_that_is_cancelled_ends_after_the_chunk_at_work(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Silent(importing, monkeypatch, "write")
    sent = await importing.send(a_csv(a_row(f"T-{n}") for n in range(_ROWS)))
    await importing.claim(sent["id"])
    work = asyncio.create_task(run_import(await importing.tools(), sent["id"]))
    await asyncio.wait_for(silent.is_there.wait(), 30)

    answer = await importing.client.post(f"/v1/imports/{sent['id']}:cancel")
    silent.may_go_on.set()

    assert answer.json()["status"] == "cancelling"
    assert await work is State.CANCELLED
    rows = (await importing.get(sent["id"]))["progress"]["rows"]
    assert (rows["read"], rows["new"]) == (2 * _CHUNK, 2 * _CHUNK)
