"""The worker of catalog: publishes events, records what routing and customs report of orders, takes
in products that merchants' systems submit, places back orders when stock arrives, and reads the
files of imports in processes of their own.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from services.catalog import jobs
from services.catalog.clients.import_process import ImportProcess
from services.catalog.clients.media import MediaFetcher
from services.catalog.consumers import orders as consumers
from services.catalog.consumers.submissions import on_product_submitted
from services.catalog.domain.orders.timeline import Observation
from services.catalog.domain.reference import Reference
from services.catalog.domain.submissions import Submission
from services.catalog.queries.reference import read_reference
from services.catalog.settings import Settings
from services.catalog.use_cases.imports.starting import Starter
from services.catalog.use_cases.orders.changes import record_observations
from services.catalog.use_cases.submissions import take_submissions
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
from shared.contracts.erp.products import ProductSubmitted
from shared.contracts.routing.promises import PromiseGraded
from shared.contracts.routing.shipments import (
    ShipmentBooked,
    ShipmentDelivered,
    ShipmentDeparted,
    ShipmentStatus,
    ShipmentUnroutable,
)
from shared.db import Database, UnitOfWork
from shared.kafka import Job, Subscriptions, Undecoded, Worker
from shared.kernel.clock import Clock, clock_from_env
from shared.settings import load

Meaning = Observation | Submission

SUBSCRIPTIONS: Final[Subscriptions[Meaning]] = {
    ShipmentBooked: consumers.on_shipment_booked,
    ShipmentUnroutable: consumers.on_shipment_unroutable,
    PromiseGraded: consumers.on_promise_graded,
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
    DeclarationCancelRequested: consumers.on_cancellation,
    DeclarationCancelled: consumers.on_cancellation,
    DeclarationCancelDeclined: consumers.on_cancellation,
    DeclarationWithdrawn: consumers.on_cancellation,
    ProductSubmitted: Undecoded(on_product_submitted),
}


def jobs_of(settings: Settings) -> tuple[Job, ...]:
    delete = partial(jobs.delete_import_files, spool=settings.spool_dir)
    fetcher = partial(
        MediaFetcher,
        timeout_s=settings.media_timeout_s,
        allow_private_addresses=settings.allow_private_addresses,
    )
    check = partial(jobs.check_media, fetcher=fetcher)
    return (
        Job("place-back-orders", every_s=0.5, run=jobs.place_back_orders),
        Job("check-media", every_s=1.0, run=check, exclusive=True),
        Job("measure", every_s=15.0, run=jobs.measure),
        Job("delete-import-files", every_s=600.0, run=delete, exclusive=True),
        # A release that is rolled out leaves old processes that write no words, or older ones.
        Job("mend-order-search", every_s=3600.0, run=jobs.mend_order_search, exclusive=True),
        Job("make-search-words", every_s=600.0, run=jobs.make_search_words, exclusive=True),
    )


class Intake:
    """Applies a slice of events. Reference data is read once, by the first slice that needs it."""

    def __init__(self) -> None:
        self._reference: Reference | None = None

    async def __call__(
        self, uow: UnitOfWork, meanings: Sequence[Meaning], /, *, now: datetime
    ) -> None:
        observations = [one for one in meanings if isinstance(one, Observation)]
        submissions = [one for one in meanings if isinstance(one, Submission)]
        if observations:
            await record_observations(uow, observations, now=now)
        if submissions:
            self._reference = self._reference or await read_reference(uow)
            await take_submissions(uow, submissions, reference=self._reference, now=now)


def create_worker(settings: Settings | None = None, *, clock: Clock | None = None) -> Worker:
    settings = settings or load(Settings)
    db = Database.of(settings, schema="catalog")
    clock = clock or clock_from_env()
    process = ImportProcess(_environment(settings))
    starter = Starter(
        db=db,
        clock=clock,
        spool=settings.spool_dir,
        start=process.run,
        at_once=settings.imports_at_once,
    )
    return Worker(
        service="catalog",
        settings=settings,
        db=db,
        clock=clock,
        subscriptions=SUBSCRIPTIONS,
        apply=Intake(),
        jobs=jobs_of(settings),
        parts={"imports": starter.run}
        | ({"import process": process.keep_ready} if settings.imports_at_once else {}),
    )


def _environment(settings: Settings) -> dict[str, str]:
    """What the process of an import must have as this one has it, wherever that came from."""
    direct = settings.direct_database_url
    return {
        "CATALOG_DATABASE_URL": settings.database_url,
        "CATALOG_STATEMENT_CACHE_SIZE": str(settings.statement_cache_size),
        "CATALOG_SPOOL_DIR": str(settings.spool_dir),
        "CATALOG_IMPORT_BYTES_MAX": str(settings.import_bytes_max),
        "CATALOG_POOL_SIZE": "4",
    } | ({} if direct is None else {"CATALOG_DIRECT_DATABASE_URL": direct})
