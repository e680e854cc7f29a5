"""Nothing that happened is missing from the chain, and nothing is in it twice."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from services.customs import jobs
from services.customs.domain.evidence.chain import ENTRIES_PER_BLOCK_MAX, first_block
from services.customs.domain.evidence.entries import ActKind
from services.customs.use_cases import metrics
from services.customs.use_cases.evidence import record_act, seal_entries
from shared.kafka import JobContext
from shared.kernel.clock import SystemClock, real_now
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld
from tests.support.worlds.evidence import a_shared_message, act, seal


async def test_every_message_that_left_or_came_has_one_entry(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    await a_shared_message(customs, office, merchant_id)

    missing = await customs.sql(
        """
        SELECT guid FROM customs.outgoing_messages m WHERE status = 'delivered' AND NOT EXISTS (
            SELECT FROM customs.evidence_entries e WHERE e.kind = 'delivered' AND subject = guid)
        UNION ALL
        SELECT digest FROM customs.inbound_messages m WHERE NOT EXISTS (
            SELECT FROM customs.evidence_entries e WHERE e.kind = 'received' AND subject = digest)
        """
    )
    assert missing == []


async def test_a_transaction_that_commits_late_is_in_a_later_block(customs: CustomsWorld) -> None:
    late, early = new_id("dec"), new_id("dec")
    async with AsyncExitStack() as stack:
        uow = await stack.enter_async_context(customs.db.transaction(PARK))
        await record_act(
            uow,
            tenant_id="mer_1",
            declaration_id=late,
            act=ActKind.NOTE,
            actor="test",
            now=customs.clock.now(),
        )
        await act(customs, early)
        await seal(customs)
        first = await block_of(customs, early)
    await seal(customs)

    assert await block_of(customs, late) == first + 1


async def block_of(customs: CustomsWorld, subject: str) -> int:
    rows = await customs.sql(
        "SELECT block_number FROM customs.evidence_entries WHERE subject = $1", subject
    )
    (row,) = rows
    return int(row["block_number"])


async def test_writers_and_sealers_at_once_lose_and_double_nothing(customs: CustomsWorld) -> None:
    subjects = [[new_id("dec") for _ in range(20)] for _ in range(4)]

    async def write(own: list[str]) -> None:
        for one in own:
            await act(customs, one)

    async def seal_often() -> None:
        for _ in range(25):
            async with customs.db.transaction(PARK) as uow:
                await seal_entries(uow, now=customs.clock.now())

    await asyncio.gather(*(write(own) for own in subjects), seal_often(), seal_often())
    await seal(customs)

    written = [one for own in subjects for one in own]
    rows = await customs.sql(
        "SELECT subject, block_number, place FROM customs.evidence_entries WHERE subject = ANY($1)",
        written,
    )
    assert sorted(row["subject"] for row in rows) == sorted(written)
    assert len({(row["block_number"], row["place"]) for row in rows}) == len(written)
    assert all(row["block_number"] is not None for row in rows)
    holes = await customs.sql(
        """
        SELECT b.number FROM customs.evidence_blocks b
        LEFT JOIN customs.evidence_entries e ON e.block_number = b.number
        GROUP BY b.number, b.entries
        HAVING count(e.id) <> b.entries OR (b.entries > 0 AND max(e.place) <> b.entries - 1)
        """
    )
    assert holes == []
    numbers = await customs.sql("SELECT count(*), max(number) FROM customs.evidence_blocks")
    assert numbers[0]["count"] == numbers[0]["max"] + 1


async def test_a_backlog_is_sealed_in_bounded_blocks(customs: CustomsWorld) -> None:
    await seal(customs)
    await customs.sql(
        "INSERT INTO customs.evidence_entries (id, tenant_id, kind, subject, content, recorded_at)"
        " SELECT 'evd_' || md5(n::text || $1), 'mer_1', 'act', $1, 'x', now()"
        " FROM generate_series(1, $2) n",
        new_id("dec"),
        ENTRIES_PER_BLOCK_MAX + 1,
    )

    await seal(customs)

    sizes = await customs.sql(
        "SELECT entries FROM customs.evidence_blocks ORDER BY number DESC LIMIT 2"
    )
    assert [row["entries"] for row in sizes] == [1, ENTRIES_PER_BLOCK_MAX]
    await jobs.measure_evidence(JobContext(customs.db, customs.clock))
    assert metrics.EVIDENCE_UNSEALED._value.get() == 0
    assert metrics.EVIDENCE_UNSEALED_SECONDS._value.get() == 0


async def test_how_long_the_oldest_entry_waits_is_measured_in_real_seconds(
    customs: CustomsWorld,
) -> None:
    """A clock at twice the speed says that ten minutes have passed since the oldest."""
    await seal(customs)
    began = customs.clock.now()
    await act(customs, new_id("dec"))
    customs.clock.advance(minutes=9)
    await act(customs, new_id("dec"))
    clock = SystemClock(rate=2.0, epoch=began + timedelta(minutes=10), anchor=real_now())

    await jobs.measure_evidence(JobContext(customs.db, clock))

    assert metrics.EVIDENCE_UNSEALED._value.get() == 2
    assert 300 <= metrics.EVIDENCE_UNSEALED_SECONDS._value.get() < 360


async def test_what_was_rolled_back_has_not_happened(customs: CustomsWorld) -> None:
    subject = new_id("dec")

    async def fail() -> None:
        async with customs.db.transaction(PARK) as uow:
            await record_act(
                uow,
                tenant_id="mer_1",
                declaration_id=subject,
                act=ActKind.NOTE,
                actor="test",
                now=customs.clock.now(),
            )
            raise RuntimeError("rolled back")

    with pytest.raises(RuntimeError):
        await fail()

    rows = await customs.sql("SELECT FROM customs.evidence_entries WHERE subject = $1", subject)
    assert rows == []


async def test_blocks_are_listed_and_begin_with_the_first(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    await act(customs, new_id("dec"))
    await seal(customs)

    head = await office.get("/v1/evidence/head")
    listed = await office.get("/v1/evidence/blocks", limit=2)
    (beginning,) = await customs.sql("SELECT * FROM customs.evidence_blocks WHERE number = 0")

    assert listed["items"][0] == head
    assert head["previous"] == listed["items"][1]["hash"]
    assert first_block(beginning["sealed_at"]).hash == beginning["hash"]
