"""Deliveries and attempts as REST clients see them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from services.webhooks.domain.deliveries.answers import Result
from services.webhooks.domain.deliveries.delivery import Delivery, DeliveryStatus
from services.webhooks.queries.deliveries import AttemptView


class DeliveryOut(BaseModel):
    id: str
    endpoint_id: str
    event_id: str = Field(description="Sent as `webhook-id`, the same in every attempt.")
    event_type: str
    order_id: str | None = Field(description="The order that the event is about, if it is.")
    status: DeliveryStatus
    attempts: int = Field(description="Requests made so far.")
    next_attempt_at: datetime | None = Field(description="Not before then; null once it ended.")
    received_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        return cls(
            id=delivery.id,
            endpoint_id=delivery.endpoint_id,
            event_id=delivery.event_id,
            event_type=delivery.event_type,
            order_id=delivery.order_id,
            status=delivery.status,
            attempts=delivery.attempts,
            next_attempt_at=delivery.next_attempt_at,
            received_at=delivery.received_at,
            finished_at=delivery.finished_at,
        )


class AttemptOut(BaseModel):
    number: int
    started_at: datetime
    duration_ms: int
    result: Result
    status_code: int | None
    error: str | None
    answer_excerpt: str | None = Field(description="The first 1 kB of the answer's body.")

    @classmethod
    def of(cls, attempt: AttemptView) -> Self:
        return cls(
            number=attempt.number,
            started_at=attempt.started_at,
            duration_ms=attempt.duration_ms,
            result=attempt.result,
            status_code=attempt.status_code,
            error=attempt.error,
            answer_excerpt=attempt.answer_excerpt,
        )
