"""Events that webhooks publishes. Aggregate: endpoint (`end_…`)."""

from typing import ClassVar, Literal

from shared.contracts.envelope import EventPayload
from shared.contracts.topics import WEBHOOKS_ENDPOINTS


class EndpointStatusChanged(EventPayload):
    """An endpoint was created, or was disabled because it answers 410 or keeps failing."""

    event_type: ClassVar[str] = "webhooks.endpoint.status_changed"
    topic: ClassVar[str] = WEBHOOKS_ENDPOINTS

    endpoint_id: str
    status: Literal["enabled", "disabled", "deleted"]
    reason: str | None = None
