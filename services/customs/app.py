"""Puts the API of customs together."""

from datetime import timedelta

from fastapi import FastAPI

from services.customs.api.declarations import declarations_api
from services.customs.api.deps import CustomsParts
from services.customs.api.documents import documents_api
from services.customs.api.doors import doors_api
from services.customs.api.evidence import evidence_api
from services.customs.api.figures import figures_api
from services.customs.api.inbound import inbound_api
from services.customs.api.lanes import lanes_api
from services.customs.api.messages import messages_api
from services.customs.api.movements import movements_api
from services.customs.api.receipts import receipts_api
from services.customs.api.regimes import regimes_api
from services.customs.api.registrations import registrations_api
from services.customs.api.returns import returns_api
from services.customs.api.signing import signing_api
from services.customs.api.steps import steps_api
from services.customs.api.summaries import summaries_api
from services.customs.api.validation import validation_api
from services.customs.api.work import work_api
from services.customs.domain.registrations.resolution import Place
from services.customs.rulebooks import books_of
from services.customs.settings import Settings
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from shared import http
from shared.db import Database
from shared.kernel.clock import Clock, clock_from_env
from shared.settings import load


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> FastAPI:
    settings = settings or load(Settings)
    app = http.create_app(
        service="customs",
        settings=settings,
        db=Database.of(settings, schema="customs"),
        clock=clock or clock_from_env(),
        routers=[
            declarations_api,
            steps_api,
            validation_api,
            documents_api,
            receipts_api,
            inbound_api,
            doors_api,
            lanes_api,
            movements_api,
            messages_api,
            signing_api,
            registrations_api,
            regimes_api,
            returns_api,
            summaries_api,
            evidence_api,
            work_api,
            figures_api,
        ],
        description="One dossier per order: documents, declaration, receipts, lanes, departure.",
    )
    app.state.customs = CustomsParts(
        lane_lease=timedelta(seconds=settings.lane_lease_s),
        door=settings.door,
        place=Place(settings.customs_code, settings.port_code),
        rulebooks=Rulebooks(books_of(settings)),
    )
    return app
