"""Puts the API of routing together."""

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
from services.routing.domain.timetable.rows import BYTES_MAX
from services.routing.settings import Settings
from shared import http
from shared.db import Database, PartnerRights
from shared.http.uploads import Spool
from shared.kernel.clock import Clock, clock_from_env
from shared.settings import load


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> FastAPI:
    settings = settings or load(Settings)
    return http.create_app(
        service="routing",
        settings=settings,
        db=Database.of(settings, schema="routing"),
        clock=clock or clock_from_env(),
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
