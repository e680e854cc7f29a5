"""The published contract: FastAPI's schema with our problems, headers, scopes, examples and names.

Every operation refers to one `Problem`; FastAPI's own 422 format, which we never send, is left out.
What is the same everywhere comes from `shared.http.openapi_parts`; a route declares only what it
alone can know. Its docstring becomes its text here: the first paragraph is the summary, the rest
the description.
"""

from inspect import getdoc
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute

from shared.http import openapi_parts as parts
from shared.http.call import caller_of
from shared.http.openapi_examples import Schema, example_of
from shared.http.openapi_parts import REF_TEMPLATE
from shared.kernel.json import JsonObject

# By path and method, as in the document: the scope that an operation requires; None: any token.
_Closed = dict[tuple[str, str], str | None]

_METHODS: Final = ("get", "put", "post", "patch", "delete")
_WITH_ETAG: Final = ("put", "patch")
_NUMERIC: Final = ("integer", "number")
_BOUNDS: Final = {"ge": "minimum", "le": "maximum"}


def install(app: FastAPI, *, issuer: str, port: int) -> None:
    """Makes `app.openapi()` return the published contract.

    `issuer` issues the tokens; `port` is the one on which `make demo` serves this API.
    """
    for route in _routes(app):
        _describe(route)
    generate = app.openapi

    def openapi() -> JsonObject:
        if app.openapi_schema is None:
            schema = generate()
            schema["servers"] = parts.servers(port)
            _complete(schema, _closed(app), issuer)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def _routes(app: FastAPI) -> list[APIRoute]:
    return [
        route
        for route in app.router.routes
        if isinstance(route, APIRoute) and route.include_in_schema
    ]


def _describe(route: APIRoute) -> None:
    words = getdoc(route.endpoint) or ""
    summary, _, description = words.partition("\n\n")
    route.summary = " ".join(summary.split()).rstrip(".")
    if route.description == words:
        route.description = description


def _closed(app: FastAPI) -> _Closed:
    return {
        (route.path_format, method.lower()): caller.scope
        for route in _routes(app)
        if (caller := caller_of(route.dependant)) is not None
        for method in route.methods or ()
    }


def _complete(schema: JsonObject, closed: _Closed, issuer: str) -> None:
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.update(parts.problem_schemas())
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own formatatat
        schemas.pop(name, None)
    for model in list(schemas.values()):
        _name_models(model, schemas)
    _name_models(schema["paths"], schemas)
    _name_bounds(schema)
    components["parameters"] = parts.PARAMETERS
    components["headers"] = parts.HEADERS
    components["responses"] = parts.RESPONSES
    scopes = {scope for scope in closed.values() if scope is not None}
    components["securitySchemes"] = parts.security_schemes(scopes, issuer)
    for path, methods in schema["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                is_closed = (path, method) in closed
                operation["security"] = parts.security(closed[path, method]) if is_closed else []
                _complete_request(method, operation, schemas)
                _complete_responses(method, operation)


def _name_models(node: Any, schemas: Schema) -> None:
    """Turns models that are written out where they are used into components."""
    for key, child in list(node.items() if isinstance(node, dict) else enumerate(node)):
        if not isinstance(child, dict | list):
            continue
        if isinstance(child, dict):
            # A schema that a route writes out itself contains what it refers to.
            schemas.update(child.pop("$defs", {}))
        _name_models(child, schemas)
        if isinstance(child, dict) and "title" in child and "properties" in child:
            schemas.setdefault(child["title"], child)
            node[key] = {"$ref": REF_TEMPLATE.format(model=child["title"])}


def _name_bounds(node: Any) -> None:
    """Pydantic leaves the bounds of a number that is read in our way under names of its own."""
    if isinstance(node, dict) and node.get("type") in _NUMERIC:
        for ours, standard in _BOUNDS.items():
            if ours in node:
                node[standard] = node.pop(ours)
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list):
            _name_bounds(child)


def _complete_request(method: str, operation: JsonObject, schemas: Schema) -> None:
    names = ["AcceptLanguage"]
    if operation["security"]:
        names.append("AirlaneTenant")
        if method == "post":
            names.append("IdempotencyKey")
        if method in ("put", "patch", "delete"):
            names += ["IfMatch", "IfNoneMatch"]
    if method == "get" and not _is_page(operation):
        names.append("IfNoneMatch")
    given = operation.setdefault("parameters", [])
    given.extend({"$ref": f"#/components/parameters/{name}"} for name in names)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "example" not in content:
            content["example"] = example_of(content["schema"], schemas)


def _complete_responses(method: str, operation: JsonObject) -> None:
    # Statuses are texts here, as keys of JSON are, so that the document can be sorted.
    responses = operation["responses"]
    if "422" in responses:
        responses["422"] = parts.problem(422)
    if operation["security"]:
        responses.update({"401": parts.problem(401), "403": parts.problem(403)})
    if method == "get" and not _is_page(operation):
        responses["304"] = {"description": "Not changed: the ETag is one of If-None-Match."}
    for status, response in responses.items():
        sent = response.setdefault("headers", {})
        sent.update(parts.headers(*_headers(method, status, operation)))
    for status, name in parts.SHARED_RESPONSES.items():
        responses.setdefault(status, {"$ref": f"#/components/responses/{name}"})


def _headers(method: str, status: str, operation: JsonObject) -> list[str]:
    """The headers that the kit sends with that status; a route declares those it sends itself."""
    names = list(parts.EVERYWHERE)
    is_success = status.startswith("2")
    if status == "201":
        names.append("Location")
    if is_success and method in _WITH_ETAG:
        names += ["Content-Location", "ETag"]
    if method == "get" and status in ("200", "304") and not _is_page(operation):
        names.append("ETag")
    if is_success and method == "post" and operation["security"]:
        names.append("Idempotency-Replayed")
    if status in ("401", "403"):
        names.append("WWW-Authenticate")
    if status in ("409", "429"):
        names.append("Retry-After")
    return names


def _is_page(operation: JsonObject) -> bool:
    return any(parameter.get("name") == "cursor" for parameter in operation.get("parameters", ()))
