"""The worker of catalog: publishes events, records what routing and customs report of orders, and
places back orders when stock arrives.
"""

from typing import Final

from services.catalog import jobs
from services.catalog.consumers import orders as consumers
from services.catalog.domain.orders.timeline import Observation
from services.catalog.settings import Settings
from services.catalog.use_cases.orders.changes import record_observations
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
from shared.kafka import Job, Subscriptions, Worker
from shared.kernel.clock import Clock, clock_from_env
from shared.settings import load

SUBSCRIPTIONS: Final[Subscriptions[Observation]] = {
    ShipmentBooked: consumers.on_shipment_booked,
    ShipmentUnroutable: consumers.on_shipment_unroutable,
    ShipmentDeparted: consumers.on_shipment_departed,
    ShipmentStatus: consumers.on_shipment_status,
    ShipmentDelivered: consumers.on_shipment_delivered,
    DeclarationSubmitted: consumers.on_declaration_decided,
    DeclarationAccepted: consumers.on_declaration_decided,
    DeclarationInspection: consumers.on_declaration_decided,
    DeclarationBlocked: consumers.on_declaration_decided,
    DeclarationReleased: consumers.on_declaration_decided,
    DeclarationReturned: consumers.on_declaration_decided,
    DeclarationClosed: consumers.on_declaration_decided,
    DeclarationScreened: consumers.on_declaration_screened,
}

JOBS: Final = (
    Job("place-back-orders", every_s=0.5, run=jobs.place_back_orders),
    # A release that is rolled out leaves old processes that write no words, or older ones.
    Job("make-search-words", every_s=600.0, run=jobs.make_search_words, exclusive=True),
)


def create_worker(settings: Settings | None = None, *, clock: Clock | None = None) -> Worker:
    settings = settings or load(Settings)
    return Worker(
        service="catalog",
        settings=settings,
        db=Database.of(settings, schema="catalog"),
        clock=clock or clock_from_env(),
        subscriptions=SUBSCRIPTIONS,
        apply=record_observations,
        jobs=JOBS,
    )
