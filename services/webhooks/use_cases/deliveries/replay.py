"""Sending a delivery again, as its owner wishes."""

from datetime import datetime

from services.webhooks.domain.deliveries.delivery import Delivery, replayed_delivery
from services.webhooks.repository import deliveries as repository
from services.webhooks.repository.endpoints import lock_endpoint
from shared.db import UnitOfWork
from shared.kernel.errors import NotFound


async def replay_delivery(
    uow: UnitOfWork, *, delivery_id: str, tenant: str, real_now: datetime
) -> Delivery:
    """The same webhook-id and bytes once more, with a fresh retry schedule.

    Raises NotFound, EndpointDisabled, EndpointIsDeleted, TooManyAttempts.
    """
    delivery = await repository.lock_delivery(uow, delivery_id=delivery_id, tenant=tenant)
    if delivery is None:
        raise NotFound
    endpoint = await lock_endpoint(uow, endpoint_id=delivery.endpoint_id, tenant=tenant)
    replayed = replayed_delivery(delivery, endpoint=endpoint, now=real_now)
    if replayed is not delivery:
        await repository.update_delivery(uow, replayed)
    return replayed
