"""What earlier releases did not store is worked out, some at a time."""

from typing import Final

from services.customs.use_cases import work
from services.customs.use_cases.declarations.standing import work_out
from shared.kafka import JobContext
from shared.kernel.identity import PARK

# Locked together, so that answers to them do not wait for long.
_AT_ONCE: Final = 100
_ROUNDS_MAX: Final = 20


async def fill_work(
    context: JobContext, *, at_once: int = _AT_ONCE, rounds: int = _ROUNDS_MAX
) -> None:
    """Each batch in a transaction of its own: interrupted, the next run goes on."""
    for _ in range(rounds):
        if await _fill_some(context, at_once) < at_once:
            return


async def _fill_some(context: JobContext, at_once: int) -> int:
    """Returns how many were filled."""

    async def due() -> list[str]:
        async with context.db.transaction(PARK) as uow:
            return await work.list_to_fill(uow, limit=at_once)

    async def together() -> int:
        async with context.db.transaction(PARK) as uow:
            ids = await work.list_to_fill(uow, limit=at_once)
            await work_out(uow, ids, now=context.clock.now())
        return len(ids)

    async def act(declaration_id: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await work_out(uow, [declaration_id], now=context.clock.now())

    async def put_off(declaration_id: str) -> None:
        async with context.db.transaction(PARK) as uow:
            await work.give_up(uow, declaration_id)

    return await context.together_or_each(together, due, act, put_off=put_off)
