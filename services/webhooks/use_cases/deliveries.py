"""What owners do with deliveries: send one again. Sending itself is in `sending`."""

from datetime import datetime, timedelta
from typing import Final

from asyncpg import Record

from services.webhooks.domain.delivery import DeliveryStatus
from services.webhooks.domain.endpoint import EndpointDisabled, EndpointStatus
from services.webhooks.repository import deliveries as repository
from services.webhooks.repository.endpoints import lock_endpoint
from shared.db import UnitOfWork
from shared.kernel.errors import Conflict, NotFound, Text
from shared.kernel.ids import floor_id

ATTEMPTS_MOST: Final = 1_000


class EndpointIsDeleted(Conflict):
    code = "webhooks.endpoint.deleted"
    text = Text("The endpoint of this delivery was deleted.", "该投递对应的端点已删除。")
    fix = Text(
        "Register a new endpoint; it is told of everything from then on.",
        "请注册新端点；此后的事件都会通知它。",
    )


class TooManyAttempts(Conflict):
    code = "webhooks.delivery.too_many_attempts"
    text = Text(
        "The delivery was attempted {most} times and is not sent again.",
        "该投递已尝试 {most} 次，不再重发。",
    )
    fix = Text(
        "Find out from its attempts why the receiver does not keep it.",
        "请查看投递记录，确认接收方为何未能处理。",
    )


async def replay_delivery(
    uow: UnitOfWork, *, delivery_id: str, tenant: str, now: datetime
) -> Record:
    """Sends again what was sent before: same webhook-id, same bytes, a fresh retry schedule.

    A delivery that is being sent at this moment is left alone. `now` is real time.
    Raises NotFound, EndpointDisabled, EndpointIsDeleted, TooManyAttempts.
    """
    row = await repository.lock_delivery(uow, delivery_id=delivery_id, tenant=tenant)
    if row is None:
        raise NotFound
    endpoint = await lock_endpoint(uow, endpoint_id=row["endpoint_id"], tenant=tenant)
    if endpoint is None:
        raise EndpointIsDeleted
    if endpoint["status"] != EndpointStatus.ENABLED:
        raise EndpointDisabled(reason=endpoint["status_reason"] or "")
    if row["attempts"] >= ATTEMPTS_MOST:
        raise TooManyAttempts(most=ATTEMPTS_MOST)
    is_being_sent = row["status"] == DeliveryStatus.PENDING and row["claim_id"] is not None
    if is_being_sent and row["due_at"] > now:
        return row
    return await repository.replay(uow, delivery_id=delivery_id, now=now)


async def forget_old(uow: UnitOfWork, *, now: datetime, days_kept: int, most: int = 2000) -> int:
    """Deletes what is older than `days_kept` days of real time, a bounded piece at a time."""
    floor_ms = int((now - timedelta(days=days_kept)).timestamp() * 1000)
    return await repository.forget_before(
        uow,
        delivery_floor=floor_id("dlv", floor_ms),
        event_floor=floor_id("evt", floor_ms),
        most=most,
    )
