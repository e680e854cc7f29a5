"""Puts the API of analytics together."""

from fastapi import FastAPI

from services.analytics.api.deps import AnalyticsParts
from services.analytics.api.kpis import kpis_api
from services.analytics.settings import Settings
from shared import http
from shared.db import Database
from shared.kernel.clock import Clock, clock_from_env
from shared.settings import load


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> FastAPI:
    settings = settings or load(Settings)
    app = http.create_app(
        service="analytics",
        settings=settings,
        db=Database.of(settings, schema="analytics"),
        clock=clock or clock_from_env(),
        routers=[kpis_api],
        description="Counts what happens in the park, exactly: every figure is a query over facts.",
    )
    app.state.analytics = AnalyticsParts(park_airport=settings.park_airport)
    return app
