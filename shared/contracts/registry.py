"""Every event type that the services publish or take in, by name.

The JSON Schemas and the event types of webhooks are made from this one list.
"""

from types import ModuleType
from typing import Final

from shared.contracts.catalog import (
    imports,
    media,
    merchants,
    orders,
    overlays,
    parents,
    partners,
    prices,
    products,
    stock,
    submissions,
)
from shared.contracts.customs import declarations
from shared.contracts.envelope import EventPayload
from shared.contracts.erp import products as erp_products
from shared.contracts.routing import flights, promises, shipments
from shared.contracts.webhooks import endpoints

_NOUNS: Final = (
    merchants,
    partners,
    products,
    overlays,
    parents,
    prices,
    media,
    imports,
    submissions,
    stock,
    orders,
    erp_products,
    declarations,
    shipments,
    flights,
    promises,
    endpoints,
)


def payloads_of(module: ModuleType) -> list[type[EventPayload]]:
    """The event payloads that `module` defines, in its order."""
    return [
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and issubclass(member, EventPayload)
        and "event_type" in vars(member)
    ]


_PAYLOADS: Final = [payload for noun in _NOUNS for payload in payloads_of(noun)]

# Sorted by name, so that lists and generated files are stable.
EVENTS: Final = {p.event_type: p for p in sorted(_PAYLOADS, key=lambda p: p.event_type)}
assert len(EVENTS) == len(_PAYLOADS), "two events of one name"
