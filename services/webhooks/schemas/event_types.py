"""Event types as REST clients see them."""

from pydantic import BaseModel, Field

from shared.kernel.json import JsonObject


class EventTypeOut(BaseModel):
    event_type: str
    description: str
    example: JsonObject = Field(description="`data` of such a webhook, invented.")
    data_schema: JsonObject = Field(description="JSON Schema of `data`.")


class EventTypesOut(BaseModel):
    items: list[EventTypeOut]
    next: str | None = None
