"""Puts the worker of routing together: relay, consumer and jobs."""

import asyncio
from typing import Final

from services.routing import jobs
from services.routing.consumers import shipments as consumers
from services.routing.consumers.partners import on_partner_registered
from services.routing.domain.itineraries.warming import warm
from services.routing.domain.shipments.commands import Command
from services.routing.settings import Settings
from services.routing.use_cases.shipments.commands import carry_out
from shared.contracts.catalog.orders import OrderCancelled, OrderPlaced
from shared.contracts.catalog.partners import PartnerRegistered
from shared.contracts.customs.declarations import (
    DeclarationBlocked,
    DeclarationCancelDeclined,
    DeclarationCancelled,
    DeclarationCancelRequested,
    DeclarationReleased,
    DeclarationReturned,
    DeclarationScreened,
    DeclarationWithdrawn,
)
from shared.db import Database
from shared.kafka import Job, Subscriptions, Worker
from shared.kernel.clock import Clock, clock_from_env
from shared.settings import load

SUBSCRIPTIONS: Final[Subscriptions[Command]] = {
    PartnerRegistered: on_partner_registered,
    OrderPlaced: consumers.on_order_placed,
    OrderCancelled: consumers.on_order_cancelled,
    DeclarationReleased: consumers.on_declaration_released,
    DeclarationBlocked: consumers.on_declaration_blocked,
    DeclarationReturned: consumers.on_declaration_returned,
    DeclarationWithdrawn: consumers.on_declaration_withdrawn,
    DeclarationCancelRequested: consumers.on_cancel_requested,
    DeclarationCancelDeclined: consumers.on_cancel_declined,
    DeclarationCancelled: consumers.on_declaration_cancelled,
    DeclarationScreened: consumers.on_declaration_screened,
}

JOBS: Final = [
    Job("load-network", every_s=3600.0, run=jobs.load_network),
    Job("extend-timetable", every_s=5.0, run=jobs.extend_timetable),
    # Twice as often as others: in a park whose clock runs fast, flights leave soon after.
    Job("close-manifests", every_s=0.25, run=jobs.close_manifests),
    Job("rebook-shipments", every_s=0.5, run=jobs.rebook_shipments),
    Job("grade-promises", every_s=2.0, run=jobs.grade_promises),
    Job("look-again", every_s=5.0, run=jobs.look_again, exclusive=True),
    Job("import-timetables", every_s=1.0, run=jobs.import_timetables, exclusive=True),
    Job("forget-early-facts", every_s=3600.0, run=jobs.forget_early_facts),
]


def create_worker(settings: Settings | None = None, *, clock: Clock | None = None) -> Worker:
    settings = settings or load(Settings)
    return Worker(
        service="routing",
        settings=settings,
        db=Database.of(settings, schema="routing"),
        clock=clock or clock_from_env(),
        subscriptions=SUBSCRIPTIONS,
        apply=carry_out,
        jobs=JOBS,
        prepare=_prepare,
    )


async def _prepare() -> None:
    """The search is compiled before the first order comes."""
    await asyncio.to_thread(warm)
