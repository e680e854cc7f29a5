"""What REST clients of webhooks see."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.webhooks.domain.endpoint import MAX_DESCRIPTION_LENGTH
from services.webhooks.domain.event_types import MAX_PATTERNS
from services.webhooks.domain.url import MAX_URL_LENGTH
from shared.http.fields import Body

_Url = Annotated[str, Field(min_length=1, max_length=MAX_URL_LENGTH)]
_Pattern = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.*]{1,100}$")]
_Patterns = Annotated[list[_Pattern], Field(min_length=1, max_length=MAX_PATTERNS)]
_Description = Annotated[str, Field(max_length=MAX_DESCRIPTION_LENGTH)]

_EXAMPLE_ID = "end_019a5f0e9d8c7b6a8f4e3d2c1b0a9f8e"


class EndpointIn(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "https://partner.example/hooks/airlane",
                    "event_types": ["customs.declaration.*", "routing.shipment.delivered"],
                    "description": "Customs desk",
                }
            ]
        }
    )

    url: _Url = Field(description="Absolute http or https URL that leads to a public address.")
    event_types: _Patterns = Field(
        description="Exact types, `prefix.*`, or `*`. The list: GET /v1/event-types."
    )
    description: _Description | None = None


class EndpointPatch(Body):
    """Fields that are absent stay as they are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "disabled"}]})

    url: _Url | None = None
    event_types: _Patterns | None = None
    description: _Description | None = None
    status: Literal["enabled", "disabled"] | None = None


class TestIn(Body):
    event_type: Annotated[str, Field(max_length=100)] | None = Field(
        default=None,
        description="Which example to send; any known type.",
        examples=["customs.declaration.released"],
    )


class EndpointOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"id": _EXAMPLE_ID}]})

    id: str = Field(examples=[_EXAMPLE_ID])
    url: str
    event_types: list[str]
    description: str | None
    status: Literal["enabled", "disabled"]
    reason: str | None = Field(description="Why the status is what it is, once it changed.")
    failing_since: datetime | None = Field(description="First of the failures without a success.")
    paused_until: datetime | None = Field(
        description="Deliveries rest until then because the endpoint failed or asked for it."
    )
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "EndpointOut":
        return cls.model_validate(dict(row))


class EndpointWithSecretOut(EndpointOut):
    secret: str | None = Field(
        default=None,
        description="Shown this once: verify with it (Standard Webhooks 1.0.0). Absent when the "
        "answer is a repeat for an Idempotency-Key.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )


class DeliveryOut(BaseModel):
    id: str
    endpoint_id: str
    event_id: str = Field(description="Sent as `webhook-id`, the same in every attempt.")
    event_type: str
    order_id: str | None = Field(description="The order that the event is about, if it is.")
    status: Literal["pending", "delivered", "failed"]
    attempts: int = Field(description="Requests made so far.")
    next_attempt_at: datetime | None = Field(description="Not before then; null once it ended.")
    received_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "DeliveryOut":
        values = dict(row)
        values["next_attempt_at"] = row["due_at"] if row["status"] == "pending" else None
        return cls.model_validate(values)


class AttemptOut(BaseModel):
    number: int
    started_at: datetime
    duration_ms: int
    result: Literal[
        "delivered", "refused", "timeout", "unreachable", "forbidden_address", "internal_error"
    ]
    status_code: int | None
    error: str | None
    answer_excerpt: str | None = Field(description="The first 1 kB of the answer's body.")

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "AttemptOut":
        return cls.model_validate(dict(row))


class EventTypeOut(BaseModel):
    event_type: str
    description: str
    example: dict[str, Any] = Field(description="`data` of such a webhook, invented.")
    data_schema: dict[str, Any] = Field(description="JSON Schema of `data`.")


class EventTypesOut(BaseModel):
    items: list[EventTypeOut]
    next: str | None = None
