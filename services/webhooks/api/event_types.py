"""/v1/event-types: what an endpoint can subscribe to, with schema and example."""

from functools import cache
from inspect import getdoc

from fastapi import APIRouter
from starlette.responses import Response

from services.webhooks.api.deps import WebhooksRead
from services.webhooks.events.event_types import SUBSCRIBABLE, example_object, payload_schema
from services.webhooks.schemas.event_types import EventTypeOut, EventTypesOut
from shared.contracts.envelope import EventPayload
from shared.http import json_reply

event_types_api = APIRouter(tags=["event types"])


@event_types_api.get("/v1/event-types", response_model=EventTypesOut)
async def list_event_types(call: WebhooksRead) -> Response:  # noqa: ARG001 - the token check
    """List the event types that an endpoint can subscribe to.

    All of them on one page.
    """
    return json_reply(_all_event_types())


@cache
def _all_event_types() -> bytes:
    items = [
        EventTypeOut(
            event_type=name,
            description=_description(model),
            example=example_object(name),
            data_schema=payload_schema(name),
        )
        for name, model in SUBSCRIBABLE.items()
    ]
    return EventTypesOut(items=items).model_dump_json().encode()


def _description(model: type[EventPayload]) -> str:
    """The first paragraph of the class itself, not of one it inherits from."""
    return (getdoc(model) or "").split("\n\n")[0] if model.__doc__ else ""
