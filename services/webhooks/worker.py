"""Puts the worker of webhooks together: consumer, relay and jobs of the kit, and the sender as a
part of its own.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from services.webhooks import jobs
from services.webhooks.clients.http_sender import HttpSender
from services.webhooks.clients.key_ring import key_ring_from
from services.webhooks.consumers.messages import on_partner_registered, on_public_event
from services.webhooks.domain.deliveries.retry import SCHEDULE_S
from services.webhooks.domain.messages import Fact
from services.webhooks.events.event_types import SUBSCRIBABLE
from services.webhooks.settings import Settings
from services.webhooks.use_cases.deliveries.sending import Sender, SendingPolicy
from services.webhooks.use_cases.messages import fan_out
from shared.contracts.catalog.partners import PartnerRegistered
from shared.db import Database, UnitOfWork
from shared.kafka import Apply, Job, Subscriptions, Undecoded, Worker
from shared.kernel.clock import Clock, clock_from_env, real_now
from shared.settings import SettingsError, load

# All that endpoints can subscribe to, so that a new event type needs no change here.
SUBSCRIPTIONS: Final[Subscriptions[Fact]] = {
    **dict.fromkeys(SUBSCRIBABLE.values(), Undecoded(on_public_event)),
    # Last: it means this even if endpoints could subscribe to it.
    PartnerRegistered: on_partner_registered,
}


def jobs_of(settings: Settings) -> list[Job]:
    forget = partial(jobs.forget_old, days_kept=settings.days_kept)
    return [
        Job("measure-backlog", every_s=5.0, run=jobs.measure_backlog),
        Job("forget-old", every_s=30.0, run=forget, exclusive=True),
    ]


def fanning_out(wake_sender: Callable[[], None]) -> Apply[Fact]:
    """Fans slices out by real time, in which deliveries are due. The sender of this process starts
    as soon as one is committed.
    """

    async def apply(uow: UnitOfWork, facts: Sequence[Fact], /, *, now: datetime) -> None:
        del now
        await fan_out(uow, facts, real_now=real_now(), wake_sender=wake_sender)

    return apply


def create_worker(settings: Settings | None = None, *, clock: Clock | None = None) -> Worker:
    settings = settings or load(Settings)
    key_ring = key_ring_from(settings.secret_key)
    if key_ring is None:
        raise SettingsError(["WEBHOOKS_SECRET_KEY is not set: nothing can be signed without it."])
    clock = clock or clock_from_env()
    db = Database.of(settings, schema="webhooks")
    post = HttpSender(
        timeout_s=settings.timeout_s,
        allow_private_addresses=settings.allow_private_addresses,
    )
    sender = Sender(db=db, post=post, key_ring=key_ring, clock=clock, policy=_policy(settings))

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
        jobs=jobs_of(settings),
        parts={"sender": send},
    )


def _policy(settings: Settings) -> SendingPolicy:
    try:
        return SendingPolicy(
            timeout_s=settings.timeout_s,
            lease_s=settings.lease_s,
            in_flight_max=settings.in_flight_deliveries_max,
            per_endpoint_max=settings.in_flight_per_endpoint_max,
            schedule_s=settings.retry_schedule_s or SCHEDULE_S,
            disable_after=timedelta(days=settings.disable_after_days),
        )
    except ValueError as error:
        raise SettingsError([f"WEBHOOKS_LEASE_S: {error}."]) from error
