"""Puts the worker of webhooks together: relay, consumer and jobs of the kit, and the sender as
a part of its own.
"""

import asyncio
from datetime import timedelta
from typing import Final

from services.webhooks import queries
from services.webhooks.clients.http_sender import HttpSender
from services.webhooks.clients.key_ring import key_ring_from
from services.webhooks.consumers import Fact, on_partner_registered, on_public_event
from services.webhooks.domain.retry import SCHEDULE_S
from services.webhooks.events import SUBSCRIBABLE
from services.webhooks.settings import Settings
from services.webhooks.use_cases import metrics
from services.webhooks.use_cases.deliveries import forget_old
from services.webhooks.use_cases.fan_out import fanning_out
from services.webhooks.use_cases.sending import Sender, SendingPolicy
from shared.contracts.catalog.partners import PartnerRegistered
from shared.db import Database
from shared.kafka import Job, JobContext, Subscriptions, Undecoded, Worker
from shared.kernel.clock import clock_from_env, real_now
from shared.kernel.identity import PARK
from shared.settings import SettingsError, load

# Whatever endpoints may subscribe to, a new event type too, without a change here.
SUBSCRIPTIONS: Final[Subscriptions[Fact]] = {
    PartnerRegistered: on_partner_registered,
    **dict.fromkeys(SUBSCRIBABLE.values(), Undecoded(on_public_event)),
}


def create_worker(settings: Settings | None = None) -> Worker:
    settings = settings or load(Settings)
    key_ring = key_ring_from(settings.secret_key)
    if key_ring is None:
        raise SettingsError(["WEBHOOKS_SECRET_KEY is not set: nothing can be signed without it."])
    clock = clock_from_env()
    db = Database.of(settings, schema="webhooks")
    post = HttpSender(
        timeout_s=settings.timeout_s,
        allow_private_addresses=settings.allow_private_addresses,
    )
    sender = Sender(db=db, post=post, key_ring=key_ring, clock=clock, policy=_policy(settings))

    async def forget(ctx: JobContext) -> None:
        async with ctx.db.transaction(PARK) as uow:
            await forget_old(uow, now=real_now(), days_kept=settings.days_kept)

    async def send(stop: asyncio.Event) -> None:
        async with post:
            await sender.run(stop)

    return Worker(
        service="webhooks",
        settings=settings,
        db=db,
        clock=clock,
        subscriptions=SUBSCRIPTIONS,
        apply=fanning_out(sender.wake),
        jobs=[
            Job("measure-backlog", every_s=5.0, run=measure_backlog),
            Job("forget-old", every_s=30.0, run=forget, exclusive=True),
        ],
        parts={"sender": send},
    )


async def measure_backlog(ctx: JobContext) -> None:
    async with ctx.db.read(PARK) as reader:
        backlog = await queries.measure_backlog(reader)
    metrics.BACKLOG_AGE.set(backlog.age_s)
    metrics.BACKLOG_DELIVERIES.set(backlog.pending)
    for state, count in backlog.states.items():
        metrics.ENDPOINTS.labels(state).set(count)


def _policy(settings: Settings) -> SendingPolicy:
    try:
        return SendingPolicy(
            timeout_s=settings.timeout_s,
            lease_s=settings.lease_s,
            in_flight_most=settings.in_flight_deliveries_max,
            per_endpoint_most=settings.in_flight_per_endpoint_max,
            schedule_s=settings.retry_schedule_s or SCHEDULE_S,
            disable_after=timedelta(days=settings.disable_after_days),
        )
    except ValueError as error:
        raise SettingsError([f"WEBHOOKS_LEASE_S: {error}."]) from error
