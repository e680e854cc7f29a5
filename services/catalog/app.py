"""Puts the API of catalog together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.catalog.api.changes import changes_api
from services.catalog.api.classifications import classifications_api
from services.catalog.api.credentials.credentials import credentials_api
from services.catalog.api.credentials.identity import Identity
from services.catalog.api.credentials.tokens import tokens_api
from services.catalog.api.imports.imports import imports_api
from services.catalog.api.imports.results import results_api
from services.catalog.api.imports.templates import templates_api
from services.catalog.api.media import media_api
from services.catalog.api.merchants import merchants_api
from services.catalog.api.orders import orders_api
from services.catalog.api.overlays import overlays_api
from services.catalog.api.parents import parents_api
from services.catalog.api.prices import prices_api
from services.catalog.api.products import products_api
from services.catalog.api.reference import reference_api
from services.catalog.api.stock import stock_api
from services.catalog.api.types import types_api
from services.catalog.domain.classifications.suggestion import Classifier
from services.catalog.domain.credentials.credential import hash_secret
from services.catalog.domain.credentials.token import BootstrapOperator
from services.catalog.queries.classifications import read_classification_tables
from services.catalog.queries.reference import read_reference
from services.catalog.settings import Settings
from services.catalog.use_cases.credentials.signing_keys import SigningKeyFiles, SigningKeys
from shared import http
from shared.db import Database
from shared.http import KeySource
from shared.http.uploads import Spool
from shared.kernel.clock import Clock, clock_from_env
from shared.kernel.identity import PARK
from shared.settings import load
from shared.telemetry import get_logger

_log = get_logger(__name__)

_DESCRIPTION = (
    "Merchants and what they sell: products with their variants and markets, files of them, search,"
    " a feed of changes, stock and orders; credentials and access tokens."
)


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    keys: KeySource | None = None,
) -> FastAPI:
    """`keys` are for tests; by default tokens are checked with the key that signs them."""
    settings = settings or load(Settings)
    db = Database.of(settings, schema="catalog")
    identity = _identity(settings)

    @asynccontextmanager
    async def reference() -> AsyncIterator[None]:
        async with db.read(PARK) as reader:
            app.state.reference = await read_reference(reader)
            app.state.classifier = Classifier(await read_classification_tables(reader))
        yield

    spool = Spool(settings.spool_dir, settings.import_bytes_max)
    app = http.create_app(
        service="catalog",
        settings=settings,
        db=db,
        clock=clock or clock_from_env(),
        # The busiest first: routes are matched one after the other.
        routers=[
            products_api,
            orders_api,
            stock_api,
            changes_api,
            overlays_api,
            parents_api,
            types_api,
            prices_api,
            imports_api,
            results_api,
            templates_api,
            media_api,
            merchants_api,
            reference_api,
            classifications_api,
            credentials_api,
            tokens_api,
        ],
        lifespan_parts=[reference],
        # Catalog has the keys at hand and need not fetch them from itself over HTTP.
        keys=keys or identity.keys,
        description=_DESCRIPTION,
        spool=spool,
    )
    app.state.identity = identity
    app.state.spool = spool
    return app


def _identity(settings: Settings) -> Identity:
    if settings.signing_key_file is None:
        _log.warning(
            "CATALOG_SIGNING_KEY_FILE is not set: tokens end with this process,"
            " and no other process accepts them"
        )
        keys = SigningKeys.ephemeral()
    else:
        keys = SigningKeyFiles(settings.signing_key_file)
    operator = None
    if settings.operator_client_id and settings.operator_client_secret:
        secret = settings.operator_client_secret.get_secret_value()
        operator = BootstrapOperator(settings.operator_client_id, hash_secret(secret))
    return Identity(keys, settings.issuer, settings.audience, operator, settings.environment)
