"""Deliveries and attempts as REST clients see them."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, Field

from services.webhooks.domain.deliveries.delivery import Delivery
from services.webhooks.queries.deliveries import AttemptView

# Written out, as the OpenAPI document has them where they are used.
DeliveryStatusName = Literal["pending", "delivered", "failed"]
ResultName = Literal[
    "delivered", "refused", "timeout", "unreachable", "forbidden_address", "internal_error"
]


class DeliveryOut(BaseModel):
    id: str
    endpoint_id: str
    event_id: str = Field(description="Sent as `webhook-id`, the same in every attempt.")
    event_type: str
    order_id: str | None = Field(description="The order that the event is about, if it is.")
    status: DeliveryStatusName
    attempts: int = Field(description="Requests made so far.")
    next_attempt_at: datetime | None = Field(description="Not before then; null once it ended.")
    received_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        return cls.model_validate(delivery, from_attributes=True)


class AttemptOut(BaseModel):
    number: int
    started_at: datetime
    duration_ms: int
    result: ResultName
    status_code: int | None
    error: str | None
    answer_excerpt: str | None = Field(description="The first 1 kB of the answer's body.")

    @classmethod
    def of(cls, attempt: AttemptView) -> Self:
        return cls.model_validate(attempt, from_attributes=True)
