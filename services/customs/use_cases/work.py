"""Declarations of an earlier release, whose work and clocks have to be filled in."""

from services.customs.repository import work
from shared.db import UnitOfWork


async def list_to_fill(uow: UnitOfWork, *, limit: int) -> list[str]:
    """Declarations of an earlier release, the oldest first."""
    return await work.list_to_fill(uow, rows_max=limit)


async def give_up(uow: UnitOfWork, declaration_id: str) -> None:
    """One that cannot be worked out stays as it is, until its next fact or receipt."""
    await work.give_up(uow, declaration_id)
