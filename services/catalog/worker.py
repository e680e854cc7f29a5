"""The worker of catalog: publishes its events, follows orders through routing and customs, and
places back orders when stock arrives.
"""

from typing import Final

from services.catalog.consumers import (
    Observers,
    declaration_decided,
    declaration_screened,
    observing,
    shipment_booked,
    shipment_delivered,
    shipment_departed,
    shipment_status,
    shipment_unroutable,
)
from services.catalog.jobs import place_back_orders
from services.catalog.settings import Settings
from shared.contracts.customs.declarations import (
    DeclarationAccepted,
    DeclarationBlocked,
    DeclarationClosed,
    DeclarationInspection,
    DeclarationReleased,
    DeclarationReturned,
    DeclarationScreened,
    DeclarationSubmitted,
)
from shared.contracts.routing.shipments import (
    ShipmentBooked,
    ShipmentDelivered,
    ShipmentDeparted,
    ShipmentStatus,
    ShipmentUnroutable,
)
from shared.db import Database
from shared.kafka import Job, Worker
from shared.kernel.clock import clock_from_env
from shared.settings import load

# What is heard, and what it is taken for. Slices of these are applied at once (see consumers).
SUBSCRIPTIONS: Final[Observers] = {
    ShipmentBooked: shipment_booked,
    ShipmentUnroutable: shipment_unroutable,
    ShipmentDeparted: shipment_departed,
    ShipmentStatus: shipment_status,
    ShipmentDelivered: shipment_delivered,
    DeclarationSubmitted: declaration_decided,
    DeclarationAccepted: declaration_decided,
    DeclarationInspection: declaration_decided,
    DeclarationBlocked: declaration_decided,
    DeclarationReleased: declaration_decided,
    DeclarationReturned: declaration_decided,
    DeclarationClosed: declaration_decided,
    DeclarationScreened: declaration_screened,
}

JOBS: Final = [Job("place-back-orders", every_s=0.5, run=place_back_orders)]


def create_worker(settings: Settings | None = None) -> Worker:
    settings = settings or load(Settings)
    clock = clock_from_env()
    return Worker(
        service="catalog",
        settings=settings,
        db=Database.of(settings, schema="catalog"),
        clock=clock,
        batch=observing(SUBSCRIPTIONS, clock),
        jobs=JOBS,
    )
