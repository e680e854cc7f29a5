"""Assembles an API: the guard around FastAPI, problem documents for every refusal, offline docs,
and the parts that each route needs, found without a chain of dependencies.
"""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline

from shared.db import Database, PartnerRights
from shared.http import openapi
from shared.http.admission import Admission, Limits
from shared.http.auth import Verifier
from shared.http.guard import Guard
from shared.http.home import home_of
from shared.http.incoming import Parts
from shared.http.keys import KeySource, UrlKeys
from shared.http.methods import Methods
from shared.http.problem_types import problem_types_api
from shared.http.query import QueryRule
from shared.http.uploads import Spool
from shared.kernel.clock import Clock
from shared.kernel.errors import Unavailable
from shared.kernel.tasks import keep_running
from shared.settings import ServiceSettings, SettingsError
from shared.telemetry import get_logger, metrics
from shared.telemetry.exposition import Exposition
from shared.telemetry.loop_lag import measure_loop_lag
from shared.telemetry.probes import Probes

log = get_logger(__name__)

LifespanPart = Callable[[], AbstractAsyncContextManager[object]]

_DESCRIPTION: Final = (
    "Part of Airlane, the open operating system of a cross-border e-commerce park.\n\n"
    "Errors are problem+json (RFC 9457) with stable codes, in English or Chinese by "
    "`Accept-Language`: [all of them](/problems). "
    "Lists take `limit` and `cursor` and return `{items, next}`."
)


def create_app(
    *,
    service: str,
    settings: ServiceSettings,
    db: Database,
    clock: Clock,
    routers: Sequence[APIRouter],
    lifespan_parts: Sequence[LifespanPart] = (),
    keys: KeySource | None = None,
    description: str = "",
    limits: Limits | None = None,
    spool: Spool | None = None,
    rights: PartnerRights | None = None,
) -> FastAPI:
    """The app of a service. Opens and closes `db` with its lifespan, then `lifespan_parts`.

    `keys` replaces the JWKS of the settings: for the service that holds the keys, and for tests.
    `spool`: for routes that take files (shared.http.uploads). `rights`: for reads by partners.
    """
    verifier = Verifier(
        keys or UrlKeys(settings.jwks_url), issuer=settings.issuer, audience=settings.audience
    )
    parts = Parts(
        service=service,
        db=db,
        clock=clock,
        verifier=verifier,
        probes=Probes(db.is_ready, Exposition(settings.metrics_token)),
        rights=rights,
    )
    app = FastAPIOffline(
        title=f"Airlane {service}",
        version="v1",
        description=f"{description}\n\n{_DESCRIPTION}".strip(),
        lifespan=_lifespan(db, lifespan_parts),
        redirect_slashes=False,
        separate_input_output_schemas=False,
        # We count and trace ourselves; looking for another tracer would cost on every request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.airlane = parts
    admission = Admission(limits or _limits(settings), spool)
    metrics.HTTP_IN_FLIGHT.set_function(lambda: admission.places.taken)
    home = home_of(service=service, description=description, issuer=settings.issuer)
    _adopt(app, [*routers, problem_types_api, home], admission)
    parts.queries = {route.endpoint: QueryRule.of(route) for route in _api_routes(app)}
    # Replaces Starlette's stack: its three layers for errors and body limits do what the guard does
    # anyway. FastAPI's routes rely on its exit stack.
    app.middleware_stack = Guard(
        AsyncExitStackMiddleware(Methods(app.router, app.router.routes)),
        parts=parts,
    )
    openapi.install(
        app, issuer=settings.issuer, port=type(settings).model_fields["api_port"].default
    )
    metrics.set_build_info(service)
    return app


def _limits(settings: ServiceSettings) -> Limits:
    return Limits(
        in_flight=settings.in_flight_max,
        rate=settings.rate_per_minute,
        # Half of the connections are left for small requests.
        batches=max(1, settings.pool_size // 2),
    )


def _adopt(app: FastAPI, routers: Sequence[APIRouter], admission: Admission) -> None:
    """Puts the routes before the app's own pages. `include_router` would keep each router as a
    branch, and every request would be matched once more per branch. Operations are named after
    their functions.
    """
    app.router.routes[:0] = [route for router in routers for route in router.routes]
    for route in _api_routes(app):
        route.operation_id = route.operation_id or route.name
        admission.guard(route)
        # A colon begins a verb, so a parameter never contains one: GET …/{id}:cancel gets a 405
        # and does not reach the route of …/{id}.
        route.path_regex = re.compile(route.path_regex.pattern.replace("[^/]+", "[^/:]+"))


def _api_routes(app: FastAPI) -> list[APIRoute]:
    return [route for route in app.router.routes if isinstance(route, APIRoute)]


def _lifespan(
    db: Database, parts: Sequence[LifespanPart]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(db.close)
            try:
                await db.open()
            except Unavailable:
                # It may start after us: /readyz answers 503 until then, and the pool keeps trying.
                log.warning("the database does not answer yet")
            except SettingsError as error:
                log.error("the database cannot be used", reason=str(error))
                raise
            for part in parts:
                await stack.enter_async_context(part())
            stack.callback(keep_running(measure_loop_lag(), name="event-loop-lag").cancel)
            yield

    return lifespan
