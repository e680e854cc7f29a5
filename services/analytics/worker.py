"""Puts the worker of analytics together. Events that it does not count still say how far their
stream has come, so it consumes them, too.
"""

from typing import Final

from services.analytics.consumers import facts as consumers
from services.analytics.domain.facts import Counted
from services.analytics.settings import Settings
from services.analytics.use_cases.facts import count_events
from shared.contracts.catalog.imports import ImportFinished
from shared.contracts.catalog.media import MediaChecked
from shared.contracts.catalog.merchants import MerchantRegistered
from shared.contracts.catalog.orders import (
    OrderBackordered,
    OrderCancelled,
    OrderPlaced,
    OrderStatusChanged,
)
from shared.contracts.catalog.overlays import OverlayDeleted, OverlayUpdated
from shared.contracts.catalog.parents import ParentDeleted, ParentUpdated
from shared.contracts.catalog.prices import PricesChanged
from shared.contracts.catalog.products import ProductDeleted, ProductUpdated
from shared.contracts.catalog.stock import StockAdjusted
from shared.contracts.catalog.submissions import SubmissionRefused
from shared.contracts.customs.declarations import (
    DeclarationAccepted,
    DeclarationBlocked,
    DeclarationCancelDeclined,
    DeclarationCancelled,
    DeclarationCancelRequested,
    DeclarationClosed,
    DeclarationInspection,
    DeclarationReleased,
    DeclarationReturned,
    DeclarationScreened,
    DeclarationSubmitted,
    DeclarationWithdrawn,
)
from shared.contracts.routing.flights import FlightCancelled, FlightDeparted, FlightRescheduled
from shared.contracts.routing.promises import PromiseGraded
from shared.contracts.routing.shipments import (
    ShipmentBooked,
    ShipmentDelivered,
    ShipmentDeparted,
    ShipmentStatus,
    ShipmentUnroutable,
)
from shared.db import Database
from shared.kafka import Subscriptions, Undecoded, Worker
from shared.kernel.clock import Clock, clock_from_env
from shared.settings import load

SUBSCRIPTIONS: Final[Subscriptions[Counted]] = {
    MerchantRegistered: consumers.on_merchant_registered,
    OrderPlaced: consumers.on_order_placed,
    OrderBackordered: consumers.on_order_backordered,
    OrderCancelled: consumers.on_order_cancelled,
    OrderStatusChanged: consumers.on_order_status_changed,
    ProductUpdated: Undecoded(consumers.on_other_event),
    ProductDeleted: Undecoded(consumers.on_other_event),
    SubmissionRefused: Undecoded(consumers.on_other_event),
    OverlayUpdated: Undecoded(consumers.on_other_event),
    OverlayDeleted: Undecoded(consumers.on_other_event),
    ParentUpdated: Undecoded(consumers.on_other_event),
    ParentDeleted: Undecoded(consumers.on_other_event),
    PricesChanged: Undecoded(consumers.on_other_event),
    MediaChecked: Undecoded(consumers.on_other_event),
    ImportFinished: Undecoded(consumers.on_other_event),
    StockAdjusted: Undecoded(consumers.on_other_event),
    DeclarationSubmitted: consumers.on_declaration_submitted,
    DeclarationBlocked: consumers.on_declaration_blocked,
    DeclarationAccepted: consumers.on_declaration_accepted,
    DeclarationInspection: consumers.on_declaration_inspection,
    DeclarationReturned: consumers.on_declaration_returned,
    DeclarationScreened: consumers.on_declaration_screened,
    DeclarationReleased: consumers.on_declaration_released,
    DeclarationClosed: consumers.on_declaration_closed,
    DeclarationCancelRequested: Undecoded(consumers.on_other_event),
    DeclarationCancelled: Undecoded(consumers.on_other_event),
    DeclarationCancelDeclined: Undecoded(consumers.on_other_event),
    DeclarationWithdrawn: Undecoded(consumers.on_other_event),
    ShipmentBooked: consumers.on_shipment_booked,
    ShipmentUnroutable: consumers.on_shipment_unroutable,
    ShipmentDeparted: consumers.on_shipment_departed,
    ShipmentStatus: Undecoded(consumers.on_other_event),
    ShipmentDelivered: consumers.on_shipment_delivered,
    FlightDeparted: consumers.on_flight_departed,
    FlightCancelled: Undecoded(consumers.on_other_event),
    FlightRescheduled: Undecoded(consumers.on_other_event),
    PromiseGraded: Undecoded(consumers.on_other_event),
}


def create_worker(settings: Settings | None = None, *, clock: Clock | None = None) -> Worker:
    settings = settings or load(Settings)
    return Worker(
        service="analytics",
        settings=settings,
        db=Database.of(settings, schema="analytics"),
        clock=clock or clock_from_env(),
        subscriptions=SUBSCRIPTIONS,
        apply=count_events,
        slice_max=500,
    )
