"""Work that runs by itself, without a request or an event."""

from services.catalog.queries.orders import list_restocked_tenants
from services.catalog.use_cases.orders import back_orders
from shared.kafka import JobContext
from shared.kernel.identity import PARK


async def place_back_orders(context: JobContext) -> None:
    """Places orders that wait for what has arrived, in a transaction per merchant."""
    async with context.db.read(PARK) as reader:
        tenants = await list_restocked_tenants(reader)

    async def place(tenant: str) -> None:
        async with context.db.transaction(tenant) as uow:
            await back_orders.place_back_orders(uow, tenant=tenant, now=context.clock.now())

    await context.each_by_itself(tenants, place)
