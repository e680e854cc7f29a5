"""Every topic of the platform, with its settings. Dead-letter topics belong to a consumer group:
`<topic>.<group>.dlq`, so that a fault of one consumer never affects another.
"""

from dataclasses import dataclass
from typing import Final

SERVICES: Final = ("catalog", "customs", "routing", "analytics", "webhooks")

CATALOG_MERCHANTS: Final = "airlane.catalog.merchants.v1"
CATALOG_PARTNERS: Final = "airlane.catalog.partners.v1"
CATALOG_PRODUCTS: Final = "airlane.catalog.products.v1"
CATALOG_STOCK: Final = "airlane.catalog.stock.v1"
CATALOG_ORDERS: Final = "airlane.catalog.orders.v1"
CUSTOMS_DECLARATIONS: Final = "airlane.customs.declarations.v1"
ROUTING_SHIPMENTS: Final = "airlane.routing.shipments.v1"
ROUTING_FLIGHTS: Final = "airlane.routing.flights.v1"
WEBHOOKS_ENDPOINTS: Final = "airlane.webhooks.endpoints.v1"
# Written by the systems of merchants, not by a service.
ERP_PRODUCTS: Final = "airlane.erp.products.v1"

_DAY_MS: Final = 86_400_000
PARTITIONS: Final = 4


@dataclass(frozen=True)
class TopicSpec:
    name: str
    partitions: int = PARTITIONS
    retention_ms: int | None = 7 * _DAY_MS
    compacted: bool = False


# What each service consumes. `SUBSCRIPTIONS` of each worker must agree with it, which is tested.
CONSUMED_BY: Final[dict[str, tuple[str, ...]]] = {
    "catalog": (CUSTOMS_DECLARATIONS, ROUTING_SHIPMENTS, ERP_PRODUCTS),
    "customs": (CATALOG_ORDERS, ROUTING_SHIPMENTS, ROUTING_FLIGHTS),
    "routing": (CATALOG_PARTNERS, CATALOG_ORDERS, CUSTOMS_DECLARATIONS),
    "analytics": (
        CATALOG_MERCHANTS,
        CATALOG_PRODUCTS,
        CATALOG_STOCK,
        CATALOG_ORDERS,
        CUSTOMS_DECLARATIONS,
        ROUTING_SHIPMENTS,
        ROUTING_FLIGHTS,
    ),
    "webhooks": (
        CATALOG_MERCHANTS,
        CATALOG_PARTNERS,
        CATALOG_PRODUCTS,
        CATALOG_STOCK,
        CATALOG_ORDERS,
        CUSTOMS_DECLARATIONS,
        ROUTING_SHIPMENTS,
        ROUTING_FLIGHTS,
    ),
}


def dead_letter_topic(topic: str, group: str) -> str:
    return f"{topic}.{group}.dlq"


# The topics whose events endpoints can receive. The rights of a partner concern nobody else.
PUBLIC_TOPICS: Final = tuple(t for t in CONSUMED_BY["webhooks"] if t != CATALOG_PARTNERS)

_TOPICS: Final = (
    CATALOG_MERCHANTS,
    CATALOG_PARTNERS,
    CATALOG_PRODUCTS,
    CATALOG_STOCK,
    CATALOG_ORDERS,
    CUSTOMS_DECLARATIONS,
    ROUTING_SHIPMENTS,
    ROUTING_FLIGHTS,
    WEBHOOKS_ENDPOINTS,
    ERP_PRODUCTS,
)

TOPICS: Final[dict[str, TopicSpec]] = {name: TopicSpec(name) for name in _TOPICS} | {
    dead_letter_topic(topic, group): TopicSpec(
        dead_letter_topic(topic, group), partitions=1, retention_ms=30 * _DAY_MS
    )
    for group, topics in CONSUMED_BY.items()
    for topic in topics
}
