"""A delivery: one event on its way to one endpoint. Claiming it, and sending it again."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.webhooks.domain.endpoints.endpoint import Endpoint
from shared.kernel.errors import Conflict, Text

ATTEMPTS_MAX: Final = 1_000


class DeliveryStatus(StrEnum):
    """`pending` covers waiting, being sent and waiting for a retry; `failed`: all attempts are used
    up.
    """

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class EndpointIsDeleted(Conflict):
    code = "webhooks.endpoint.deleted"
    text = Text("The endpoint of this delivery was deleted.", "该投递对应的端点已删除。")
    fix = Text(
        "Register a new endpoint; it receives every event that happens after that.",
        "请注册新端点；此后的事件都会通知它。",
    )


class TooManyAttempts(Conflict):
    code = "webhooks.delivery.too_many_attempts"
    text = Text(
        "The delivery was attempted {most} times and is not sent again.",
        "该投递已尝试 {most} 次，不再重发。",
    )
    fix = Text(
        "See in its attempts why the receiver does not accept it.",
        "请查看投递记录，确认接收方为何未能处理。",
    )


@dataclass(frozen=True, slots=True)
class Delivery:
    """`due_at`: when it may be sent or, while it is being sent, when the claim ends. `attempts`
    counts the requests made, `failures` is the place in the retry schedule.
    """

    id: str
    endpoint_id: str
    event_id: str
    event_type: str
    order_id: str | None
    status: DeliveryStatus
    due_at: datetime
    claim_id: str | None
    attempts: int
    failures: int
    received_at: datetime
    finished_at: datetime | None

    @property
    def next_attempt_at(self) -> datetime | None:
        """Not before then; None once it has ended."""
        return self.due_at if self.status is DeliveryStatus.PENDING else None

    def is_being_sent(self, *, now: datetime) -> bool:
        return (
            self.status is DeliveryStatus.PENDING
            and self.claim_id is not None
            and self.due_at > now
        )


def delivery_of_row(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002
    endpoint_id: str,
    event_id: str,
    event_type: str,
    order_id: str | None,
    status: str,
    due_at: datetime,
    claim_id: str | None,
    attempts: int,
    failures: int,
    received_at: datetime,
    finished_at: datetime | None,
) -> Delivery:
    return Delivery(
        id,
        endpoint_id,
        event_id,
        event_type,
        order_id,
        DeliveryStatus(status),
        due_at,
        claim_id,
        attempts,
        failures,
        received_at,
        finished_at,
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that one sender may send until its claim ends. `number`: of the attempt."""

    id: str
    claim_id: str
    endpoint_id: str
    tenant_id: str
    event_id: str
    number: int
    failures: int
    received_at: datetime
    body: bytes
    traceparent: str | None
    url: str
    endpoint_version: int
    is_endpoint_failing: bool


def replayed_delivery(delivery: Delivery, *, endpoint: Endpoint | None, now: datetime) -> Delivery:
    """Due at once, with a fresh retry schedule; while it is being sent, as it is.

    `endpoint` is None if it was deleted. Raises EndpointIsDeleted, EndpointDisabled,
    TooManyAttempts.
    """
    if endpoint is None:
        raise EndpointIsDeleted
    endpoint.check_enabled()
    if delivery.attempts >= ATTEMPTS_MAX:
        raise TooManyAttempts(most=ATTEMPTS_MAX)
    if delivery.is_being_sent(now=now):
        return delivery
    return replace(
        delivery,
        status=DeliveryStatus.PENDING,
        due_at=now,
        claim_id=None,
        failures=0,
        finished_at=None,
    )
