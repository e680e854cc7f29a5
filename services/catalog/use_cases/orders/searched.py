"""Orders that are not found by what they are: written by a replica of an earlier release, while one
that knows of it was being rolled out.
"""

from services.catalog.repository.orders import changes, searched
from shared.db import UnitOfWork


async def mend_searched(uow: UnitOfWork, *, after_id: str, rows_max: int) -> str | None:
    """Mends the next `rows_max` orders by id, and locks only those that need it. The id to go on
    after; None at the end. For the whole park.
    """
    ids = await searched.list_orders_after(uow, after_id=after_id, rows_max=rows_max)
    if ids and (astray := await searched.list_astray(uow, ids)):
        await searched.write_searched(uow, await changes.lock_orders(uow, ids=astray))
    return ids[-1] if len(ids) == rows_max else None
