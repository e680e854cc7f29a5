"""Events about endpoints."""

from typing import Any

from shared.contracts.webhooks.endpoints import EndpointStatusChanged
from shared.kernel.ids import new_id
from tests.support.events.building import built


def an_endpoint_status_changed(**changes: Any) -> EndpointStatusChanged:
    facts = {"endpoint_id": new_id("end"), "status": "enabled"}
    return built(EndpointStatusChanged, facts, changes)
