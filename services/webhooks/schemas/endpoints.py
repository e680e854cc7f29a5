"""Endpoints as REST clients see them."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.webhooks.domain.endpoints.endpoint import DESCRIPTION_CHARS_MAX
from services.webhooks.domain.endpoints.url import URL_CHARS_MAX
from services.webhooks.domain.event_types import PATTERNS_MAX
from services.webhooks.queries.endpoints import EndpointView
from shared.documents.fields import Body

_Url = Annotated[str, Field(min_length=1, max_length=URL_CHARS_MAX)]
_Pattern = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.*]{1,100}$")]
_Patterns = Annotated[list[_Pattern], Field(min_length=1, max_length=PATTERNS_MAX)]
_Description = Annotated[str, Field(max_length=DESCRIPTION_CHARS_MAX)]

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
    def of(cls, endpoint: EndpointView) -> Self:
        return cls.model_validate(endpoint, from_attributes=True)


class EndpointWithSecretOut(EndpointOut):
    secret: str | None = Field(
        default=None,
        description="Shown this once: verify with it (Standard Webhooks 1.0.0). Absent when the "
        "answer is a repeat for an Idempotency-Key.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
