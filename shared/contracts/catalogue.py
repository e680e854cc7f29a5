"""The published language as one import: every event type, known once this module is loaded."""

from typing import Final

from shared.contracts import catalog, customs, routing, webhooks
from shared.contracts.envelope import EVENT_TYPES, EventPayload

_MODULES: Final = (catalog, customs, routing, webhooks)

# Sorted by name, so that lists and generated files are stable.
CATALOGUE: Final[dict[str, type[EventPayload]]] = dict(sorted(EVENT_TYPES.items()))
