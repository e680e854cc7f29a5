"""A route's handler without what FastAPI would do again on every request. It looks at the type of
each parameter, resolves dependencies one inside the other, and makes dataclasses in a thread: with
the fourteen filters of a list that took half of the processor time of its request.

Here all that is looked at once, when the route is made. On a request only the parameters that it
has are read, each by the validator that FastAPI made for it. If one does not fit, FastAPI reads all
of them and says what is wrong, so errors are the same as ever. A route with something that is not
known here is left to FastAPI altogether.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from inspect import iscoroutinefunction, signature
from typing import Any, Final

from fastapi import params
from fastapi._compat import ModelField, field_annotation_is_sequence
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from shared.http import incoming
from shared.http.call import CallDependency, known_call

Handler = Callable[[Request], Awaitable[Response]]

_UNCHANGING: Final = (type(None), bool, int, float, str, Enum)


def handler_of(route: APIRoute) -> Handler:
    whole = route.get_route_handler()
    try:
        endpoint = _Endpoint.of(route)
    except _NotKnownHere:
        return whole

    async def handle(request: Request) -> Response:
        try:
            read = endpoint.read(request)
        except _DoesNotFit:
            return await whole(request)
        return await endpoint.answer(request, read)

    return handle


class _NotKnownHere(Exception):
    """The route is left to FastAPI."""


class _DoesNotFit(Exception):
    """A parameter is wrong or missing: FastAPI says how."""


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    alias: str
    field: ModelField
    is_list: bool

    def read(self, given: object) -> object:
        value, errors = self.field.validate(given)
        if errors:
            raise _DoesNotFit
        return value


@dataclass(frozen=True, slots=True)
class _Parameters:
    """Those of one function. `defaults`: of all that may be left out."""

    defaults: dict[str, object]
    required: tuple[str, ...]
    query: dict[str, _Parameter]
    headers: tuple[_Parameter, ...]
    path: tuple[_Parameter, ...]
    body: _Parameter | None
    request_names: tuple[str, ...]

    @classmethod
    def of(cls, dependant: Dependant) -> "_Parameters":
        """Raises _NotKnownHere."""
        if (
            dependant.cookie_params
            or dependant.websocket_param_name
            or dependant.response_param_name
            or dependant.background_tasks_param_name
            or dependant.security_scopes_param_name
            or len(dependant.body_params) > 1
        ):
            raise _NotKnownHere
        fields = (
            *dependant.query_params,
            *dependant.header_params,
            *dependant.path_params,
            *dependant.body_params,
        )
        body = next((_body(field) for field in dependant.body_params), None)
        names = (dependant.request_param_name, dependant.http_connection_param_name)
        return cls(
            dict(_defaults(fields)),
            tuple(one.name for one in fields if one.field_info.is_required()),
            {one.alias: _parameter(one, may_repeat=True) for one in dependant.query_params},
            tuple(_parameter(field) for field in dependant.header_params),
            tuple(_parameter(field) for field in dependant.path_params),
            body,
            tuple(name for name in names if name is not None),
        )

    def read(self, request: Request) -> dict[str, Any]:
        """Raises _DoesNotFit."""
        values = dict(self.defaults)
        for one, given in self._given(request):
            values[one.name] = one.read(given)
        for name in self.required:
            if name not in values:
                raise _DoesNotFit
        for name in self.request_names:
            values[name] = request
        return values

    def _given(self, request: Request) -> Iterator[tuple[_Parameter, object]]:
        """What the request has of them. Raises _DoesNotFit."""
        if self.query and request.scope["query_string"]:
            query = request.query_params
            for alias in query:
                if (one := self.query.get(alias)) is not None:
                    yield one, query.getlist(alias) if one.is_list else query[alias]
        for one in self.headers:
            if (header := request.headers.get(one.alias)) is not None:
                yield one, header
        for one in self.path:
            yield one, request.path_params[one.alias]
        if self.body is not None and (what := incoming.of(request.scope)).body:
            if not what.is_json:
                raise _DoesNotFit
            yield self.body, what.value


@dataclass(frozen=True, slots=True)
class _Dependency:
    """Something that is made of a request: by a coroutine, or by a class that only keeps what it
    is given. Other functions may take their time, and belong into a thread.
    """

    name: str
    make: Callable[..., Any]
    is_awaited: bool
    parameters: _Parameters

    @classmethod
    def of(cls, dependant: Dependant) -> "_Dependency":
        make = dependant.call
        is_awaited = iscoroutinefunction(make)
        if (
            make is None
            or dependant.name is None
            or dependant.dependencies
            or dependant.body_params
            or dependant.concurrency is not None
            or not (is_awaited or isinstance(make, type))
        ):
            raise _NotKnownHere
        return cls(dependant.name, make, is_awaited, _Parameters.of(dependant))


@dataclass(frozen=True, slots=True)
class _Read:
    """The parameters of a request: the endpoint's own, and those of each dependency."""

    own: dict[str, Any]
    of_dependencies: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Endpoint:
    call: Callable[..., Awaitable[Response]]
    parameters: _Parameters
    dependencies: tuple[_Dependency, ...]
    call_names: tuple[str, ...]

    @classmethod
    def of(cls, route: APIRoute) -> "_Endpoint":
        """Raises _NotKnownHere."""
        dependant = route.dependant
        answer = signature(route.endpoint).return_annotation
        if (
            not iscoroutinefunction(route.endpoint)
            or not (isinstance(answer, type) and issubclass(answer, Response))
            or dependant.concurrency is not None
        ):
            raise _NotKnownHere
        calls, others = [], []
        for one in dependant.dependencies:
            if isinstance(one.call, CallDependency) and one.name:
                calls.append(one.name)
            else:
                others.append(_Dependency.of(one))
        return cls(route.endpoint, _Parameters.of(dependant), tuple(others), tuple(calls))

    def read(self, request: Request) -> _Read:
        """Raises _DoesNotFit."""
        return _Read(
            self.parameters.read(request),
            [one.parameters.read(request) for one in self.dependencies],
        )

    async def answer(self, request: Request, read: _Read) -> Response:
        values = read.own
        for one, given in zip(self.dependencies, read.of_dependencies, strict=True):
            made = one.make(**given)
            values[one.name] = await made if one.is_awaited else made
        if self.call_names:
            # Admission has made it.
            values.update(dict.fromkeys(self.call_names, known_call(request)))
        return await self.call(**values)


def _parameter(field: ModelField, *, may_repeat: bool = False) -> _Parameter:
    """Raises _NotKnownHere."""
    is_list = field_annotation_is_sequence(field.field_info.annotation)
    if field.validation_alias not in {None, field.alias} or (is_list and not may_repeat):
        raise _NotKnownHere
    return _Parameter(field.name, field.alias, field, is_list)


def _body(field: ModelField) -> _Parameter:
    """Raises _NotKnownHere for a form, a file, and for one that is inside of an object."""
    if type(field.field_info) is not params.Body or field.field_info.embed:
        raise _NotKnownHere
    return _Parameter(field.name, field.alias, field, is_list=False)


def _defaults(fields: Iterable[ModelField]) -> Iterator[tuple[str, object]]:
    """Raises _NotKnownHere for a default that could be changed by who gets it."""
    for field in fields:
        if field.field_info.is_required():
            continue
        default = field.get_default()
        if not isinstance(default, _UNCHANGING) or field.field_info.validate_default:
            raise _NotKnownHere
        yield field.name, default
