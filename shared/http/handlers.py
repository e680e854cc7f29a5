"""A route's handler without what FastAPI would do again on every request. To resolve dependencies
and query parameters took more than a quarter of the processor time of a product's read.

- The `Call` was made by admission, and what depends on the request alone is called directly.
- Most requests have no query string: what depends on the query alone is then always the same.
"""

from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import replace
from inspect import iscoroutinefunction
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from shared.http.call import CallDependency, known_call

Handler = Callable[[Request], Awaitable[Response]]
Endpoint = Callable[..., Awaitable[Response]]


def handler_of(route: APIRoute) -> Handler:
    dependant = route.dependant
    if dependant.http_connection_param_name is not None:
        return route.get_route_handler()
    full = _handler(route, dependant, _Without())
    if any(field.field_info.is_required() for field in dependant.query_params):
        return full
    plain = _handler(route, replace(dependant, query_params=[]), _Without(dependant))

    async def handle(request: Request) -> Response:
        return await (full if request.scope["query_string"] else plain)(request)

    return handle


class _Without:
    """Values of an endpoint that need not be resolved on every request: those that depend on the
    query alone, if `dependant` is called without a query string. None: it may have one.
    """

    def __init__(self, dependant: Dependant | None = None) -> None:
        self._without_query = dependant is not None
        fields = () if dependant is None else dependant.query_params
        self._values: dict[str, object] = {field.name: field.get_default() for field in fields}
        self._pending: list[tuple[str, Callable[..., Any], dict[str, object]]] = []

    def remember(self, dependency: Dependant) -> bool:
        """Whether the dependency has the same value for every request without a query."""
        if not self._without_query or not _is_of_query_alone(dependency):
            return False
        defaults = {field.name: field.get_default() for field in dependency.query_params}
        assert dependency.name
        assert dependency.call
        self._pending.append((dependency.name, dependency.call, defaults))
        return True

    async def values(self) -> dict[str, object]:
        if self._pending:
            for name, call, defaults in self._pending:
                value = call(**defaults)
                self._values[name] = await value if iscoroutinefunction(call) else value
            self._pending = []
        return self._values


def _handler(route: APIRoute, dependant: Dependant, without: _Without) -> Handler:
    calls: list[str] = []
    of_request: list[tuple[str, Endpoint, str]] = []
    left: list[Dependant] = []
    for one in dependant.dependencies:
        if isinstance(one.call, CallDependency) and one.name:
            calls.append(one.name)
        elif _is_of_request_alone(one) and one.name and one.call and one.request_param_name:
            of_request.append((one.name, one.call, one.request_param_name))
        elif not without.remember(one):
            left.append(one)
    endpoint: Endpoint = route.endpoint

    async def lean_endpoint(connection: Request, **values: Any) -> Response:
        values.update(await without.values())
        if calls:
            values.update(dict.fromkeys(calls, known_call(connection)))
        for name, call, request_name in of_request:
            values[name] = await call(**{request_name: connection})
        return await endpoint(**values)

    lean = copy(route)
    lean.dependant = replace(
        dependant,
        call=lean_endpoint,
        dependencies=left,
        http_connection_param_name="connection",
    )
    return lean.get_route_handler()


def _is_of_query_alone(dependency: Dependant) -> bool:
    return (
        not _needs_more(dependency)
        and dependency.request_param_name is None
        and not any(field.field_info.is_required() for field in dependency.query_params)
    )


def _is_of_request_alone(dependency: Dependant) -> bool:
    return (
        not _needs_more(dependency)
        and not dependency.query_params
        and dependency.request_param_name is not None
        and iscoroutinefunction(dependency.call)
    )


def _needs_more(dependency: Dependant) -> bool:
    """Than the request and its query."""
    return bool(
        dependency.path_params
        or dependency.header_params
        or dependency.cookie_params
        or dependency.body_params
        or dependency.dependencies
        or dependency.websocket_param_name
        or dependency.http_connection_param_name
        or dependency.response_param_name
        or dependency.background_tasks_param_name
        or dependency.security_scopes_param_name
    )
