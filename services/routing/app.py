"""Puts the API of routing together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fastapi import FastAPI

from services.routing.api.acceptance import acceptance_api
from services.routing.api.emissions import emissions_api
from services.routing.api.flights import flights_api
from services.routing.api.itineraries import itineraries_api
from services.routing.api.network import network_api
from services.routing.api.promises import promises_api
from services.routing.api.rates.contracts import rate_contracts_api
from services.routing.api.rates.dated import dated_rates_api
from services.routing.api.rates.quotes import quotes_api
from services.routing.api.shipments import shipments_api
from services.routing.api.status_updates import status_updates_api
from services.routing.api.timetable import timetable_api
from services.routing.domain.itineraries.warming import warm
from services.routing.domain.timetable.rows import BYTES_MAX
from services.routing.settings import Settings
from services.routing.use_cases.itineraries.copy import COPY
from shared import http
from shared.db import Database, PartnerRights
from shared.http.uploads import Spool
from shared.kernel.clock import Clock, clock_from_env
from shared.kernel.errors import Unavailable
from shared.kernel.identity import PARK
from shared.settings import load
from shared.telemetry import get_logger

log = get_logger(__name__)


_FOLLOWED_EVERY_S: Final = 0.25


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> FastAPI:
    settings = settings or load(Settings)
    db, clock = Database.of(settings, schema="routing"), clock or clock_from_env()
    return http.create_app(
        service="routing",
        settings=settings,
        db=db,
        clock=clock,
        lifespan_parts=[partial(_searching, db, clock)],
        rights=PartnerRights("routing"),
        routers=[
            shipments_api,
            flights_api,
            status_updates_api,
            itineraries_api,
            network_api,
            emissions_api,
            acceptance_api,
            promises_api,
            rate_contracts_api,
            dated_rates_api,
            timetable_api,
            quotes_api,
        ],
        description=(
            "Itineraries, capacity, waybills, manifests and the progress of every shipment. "
            "Flights come from timetables of carriers. Those that are generated from routes say "
            "`synthetic`: no public cargo timetable of the airport exists."
        ),
        spool=Spool(settings.spool_dir, BYTES_MAX),
    )


@asynccontextmanager
async def _searching(db: Database, clock: Clock) -> AsyncIterator[None]:
    """The search is compiled before the first request, and its copy of the timetable follows the
    database, so that no request has to wait for either.
    """
    await asyncio.to_thread(warm)
    following = asyncio.create_task(_follow(db, clock))
    try:
        yield
    finally:
        following.cancel()
        await asyncio.wait([following])


async def _follow(db: Database, clock: Clock) -> None:
    while True:
        await asyncio.sleep(_FOLLOWED_EVERY_S)
        # Without searches it may grow old: the first one renews it.
        if not COPY.is_asked:
            continue
        try:
            async with db.read(PARK) as reader:
                await COPY.follow(reader, now=clock.now())
        except Unavailable:
            log.warning("the timetable in memory cannot be followed")
