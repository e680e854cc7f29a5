"""Puts the API of webhooks together."""

from datetime import timedelta

from fastapi import FastAPI

from services.webhooks.api.deliveries import deliveries_api
from services.webhooks.api.deps import WebhookParts
from services.webhooks.api.endpoints import endpoints_api
from services.webhooks.api.event_types import event_types_api
from services.webhooks.clients.key_ring import key_ring_from
from services.webhooks.settings import Settings
from shared import http
from shared.db import Database
from shared.kernel.clock import Clock, clock_from_env
from shared.settings import load


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> FastAPI:
    settings = settings or load(Settings)
    app = http.create_app(
        service="webhooks",
        settings=settings,
        db=Database.of(settings, schema="webhooks"),
        clock=clock or clock_from_env(),
        routers=[endpoints_api, deliveries_api, event_types_api],
        description="Sends every step to partners: endpoints, deliveries, attempts, replay.",
    )
    app.state.webhooks = WebhookParts(
        key_ring_or_none=key_ring_from(settings.secret_key),
        allow_private_addresses=settings.allow_private_addresses,
        rotation_overlap=timedelta(hours=settings.rotation_overlap_hours),
    )
    return app
