"""Periodic work of webhooks: the metrics of the backlog, and the end of what is kept."""

from services.webhooks.queries import deliveries, endpoints
from services.webhooks.use_cases import metrics
from services.webhooks.use_cases.deliveries.retention import delete_old
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK


async def measure_backlog(context: JobContext) -> None:
    async with context.db.read(PARK) as reader:
        backlog = await deliveries.measure_backlog(reader)
        counts = await endpoints.count_endpoints(reader)
    metrics.BACKLOG_AGE.set(backlog.age_s)
    metrics.BACKLOG_DELIVERIES.set(backlog.pending)
    metrics.ENDPOINTS.labels("disabled").set(counts.disabled)
    metrics.ENDPOINTS.labels("healthy").set(counts.healthy)
    metrics.ENDPOINTS.labels("failing").set(counts.failing)


async def forget_old(context: JobContext, *, days_kept: int) -> None:
    async with context.db.transaction(PARK) as uow:
        await delete_old(uow, real_now=real_now(), days_kept=days_kept)
