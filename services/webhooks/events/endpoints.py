"""What webhooks publishes about endpoints."""

from services.webhooks.domain.endpoints.endpoint import EndpointStatusChange
from shared.contracts.webhooks.endpoints import EndpointStatusChanged


def endpoint_status_changed(change: EndpointStatusChange) -> EndpointStatusChanged:
    return EndpointStatusChanged(
        endpoint_id=change.endpoint_id, status=change.status.value, reason=change.reason
    )
