"""Puts an API together: the guard around FastAPI, problems for every refusal, offline docs, and the
parts each route needs, found without a chain of dependencies.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.db import Database
from shared.http import incoming, openapi
from shared.http.auth import Verifier
from shared.http.catalogue import problem_catalogue
from shared.http.errors import (
    Malformed,
    MalformedJson,
    MethodNotAllowed,
    UnknownPath,
    UnsupportedMediaType,
    problem_response,
)
from shared.http.faults import field_problem
from shared.http.guard import Guard, Limits
from shared.http.incoming import Parts
from shared.http.keys import KeySource, UrlKeys
from shared.kernel.clock import Clock
from shared.kernel.errors import AirlaneError, Invalid, Unauthenticated, Unavailable
from shared.settings import ServiceSettings
from shared.telemetry import get_logger, metrics

log = get_logger(__name__)

LifespanPart = Callable[[], AbstractAsyncContextManager[object]]

_DESCRIPTION: Final = (
    "Part of Airlane, the open operating system of a cross-border e-commerce park.\n\n"
    "Errors are problem+json (RFC 9457) with stable codes, in English or Chinese by "
    "`Accept-Language`. Lists take `limit` and `cursor` and answer `{items, next}`."
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
) -> FastAPI:
    """The app of a service. Opens and closes `db` with its lifespan, then `lifespan_parts`.

    `keys` replaces the JWKS of the settings: for the service that holds the keys, and for tests.
    """
    verifier = Verifier(
        keys or UrlKeys(settings.jwks_url), issuer=settings.issuer, audience=settings.audience
    )
    parts = Parts(service=service, db=db, clock=clock, verifier=verifier)
    app = FastAPIOffline(
        title=f"Airlane {service}",
        version="v1",
        description=f"{description}\n\n{_DESCRIPTION}".strip(),
        lifespan=_lifespan(db, lifespan_parts),
        redirect_slashes=False,
        separate_input_output_schemas=False,
        generate_unique_id_function=_operation_id,
        responses=openapi.DEFAULT_RESPONSES,
    )
    app.state.airlane = parts
    for router in routers:
        app.include_router(router)
    app.include_router(problem_catalogue)
    app.add_exception_handler(AirlaneError, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_faults)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_middleware(Guard, parts=parts, limits=limits or Limits(settings.in_flight_max))
    openapi.install(app)
    metrics.set_build_info(service)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


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
                # It may come up after us: /readyz says no until then, and the pool keeps trying.
                log.warning("the database does not answer yet")
            for part in parts:
                await stack.enter_async_context(part())
            yield

    return lifespan


_OF_STARLETTE: Final[dict[int, type[AirlaneError]]] = {
    401: Unauthenticated,
    404: UnknownPath,
    415: UnsupportedMediaType,
}


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, AirlaneError)
    return problem_response(error, request.scope)


async def _on_faults(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem_response(_refusal_of(request, error.errors()), request.scope)


def _refusal_of(request: Request, faults: Sequence[Any]) -> AirlaneError:
    for fault in faults:
        if fault["type"] == "json_invalid":
            position = fault["loc"][-1]
            return MalformedJson(position=position, reason=fault["ctx"]["error"])
        # The whole body is at fault: FastAPI hands on what it could not take for JSON.
        whole = tuple(fault["loc"]) == ("body",) and incoming.of(request.scope).body
        if whole and "json" not in request.headers.get("content-type", "").lower():
            return UnsupportedMediaType()
    return Invalid(problems=[field_problem(fault) for fault in faults])


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Starlette's own refusals: no route, wrong method, unreadable body."""
    assert isinstance(error, HTTPException)
    return problem_response(_translated(request, error), request.scope)


def _translated(request: Request, error: HTTPException) -> AirlaneError:
    if error.status_code == 405:
        allow = (error.headers or {}).get("Allow", "")
        return MethodNotAllowed(method=request.method, allow=allow)
    known = _OF_STARLETTE.get(error.status_code)
    if known is not None:
        return known()
    return Malformed() if 400 <= error.status_code < 500 else AirlaneError()
