"""Work beside other work: its result is there for whoever awaits it, and it never outlives the
block.
"""

import asyncio

import pytest

from deploy.sandbox.concurrency import beside


async def test_it_begins_at_once_and_gives_its_result() -> None:
    begun = asyncio.Event()

    async def work() -> int:
        begun.set()
        return 7

    async with beside(work()) as task:
        await asyncio.wait_for(begun.wait(), 5)
        assert await task == 7


async def test_it_ends_with_the_block_whatever_ends_that() -> None:
    async def work() -> None:
        await asyncio.Event().wait()

    with pytest.raises(KeyError):
        async with beside(work()) as task:
            await asyncio.sleep(0)
            raise KeyError

    assert task.cancelled()


async def test_its_failure_is_told_to_whoever_awaits_it() -> None:
    async def work() -> None:
        raise ValueError("sheet")

    async with beside(work()) as task:
        with pytest.raises(ValueError, match="sheet"):
            await task
