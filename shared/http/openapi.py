"""The published contract: FastAPI's schema with our problems, headers and names.

Every operation refers to one `Problem`; FastAPI's own 422 form, which we never send, is not in it.
"""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from pydantic import BaseModel, Field

from shared.http.errors import CONTENT_TYPE

_METHODS: Final = ("get", "put", "post", "patch", "delete")


class ProblemField(BaseModel):
    """One fault at one place of the request."""

    pointer: str = Field(
        description="JSON Pointer into the body; /query/…, /path/… or /header/… elsewhere.",
        examples=["/lines/0/sku"],
    )
    code: str = Field(examples=["field.missing"])
    detail: str = Field(examples=["This field is required."])
    fix: str = Field(examples=["Add it."])


class Problem(BaseModel):
    """RFC 9457. `code` is stable; texts follow Accept-Language (en, zh-CN)."""

    type: str = Field(
        description="Address of the explanation.", examples=["/problems/request.invalid"]
    )
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(examples=["request.invalid"])
    fix: str = Field(description="What to do about it.")
    errors: list[ProblemField] = Field(description="The first hundred of the faults.")
    error_count: int = Field(description="How many faults there were.")
    trace_id: str | None = Field(description="Tell us this when you ask for help.")


_CONTENT: Final = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}

Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Responses:
    """`responses=problems(404, 409)`: the refusals a route is known for. Others are `default`."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": _CONTENT}


# On every route: any refusal has this form.
_ANY: Final = {"description": "Any refusal or failure.", "content": _CONTENT}

_ETAG: Final = '"6c3a2b1f0e9d8c7b6a5f4e3d"'

_PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "AcceptLanguage": {
        "name": "Accept-Language",
        "description": "Language of problems: en or zh-CN.",
        "schema": {"type": "string", "examples": ["zh-CN"]},
    },
    "AirlaneTenant": {
        "name": "Airlane-Tenant",
        "description": "Operators only: the merchant or partner to act for.",
        "schema": {"type": "string", "pattern": "^[a-z]{3}_[0-9a-f]{32}$"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "description": "Makes repeating safe: same key, same answer, one effect, for a day.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "description": "The ETag of your last read, with its quotes, or * to overwrite.",
        "schema": {"type": "string", "examples": [_ETAG, "*"]},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "description": "On a read, the ETags you have: 304 if one is still right. On a change, "
        "* to create only.",
        "schema": {"type": "string", "examples": [_ETAG, "*"]},
    },
}
_ETAG_HEADER: Final = {
    "description": "Follows the content. Send it back in If-Match or If-None-Match.",
    "schema": {"type": "string", "examples": [_ETAG]},
}
_NOT_MODIFIED: Final = {
    "description": "You have it already: the ETag is one of If-None-Match.",
    "headers": {"ETag": _ETAG_HEADER},
}


def install(app: FastAPI) -> None:
    """Makes `app.openapi()` return the published contract."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            _complete(schema)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def _complete(schema: dict[str, Any]) -> None:
    components = schema.setdefault("components", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = components.setdefault("schemas", {})
    schemas.update(problem.pop("$defs"), Problem=problem)
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form
        schemas.pop(name, None)
    components["parameters"] = {
        name: {"in": "header", "required": False, **rest} for name, rest in _PARAMETERS.items()
    }
    for path in schema["paths"].values():
        for method in _METHODS:
            if method in path:
                _complete_operation(method, path[method])


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    names = ["AcceptLanguage"]
    # Statuses are texts here: keys of JSON, so that the document can be sorted.
    responses = operation["responses"]
    responses["default"] = _ANY
    if "422" in responses:
        responses["422"] = _problem(422)
    if operation.get("security"):
        responses.update({"401": _problem(401), "403": _problem(403)})
        names.append("AirlaneTenant")
        if method == "post":
            names.append("IdempotencyKey")
        if method in ("put", "patch", "delete"):
            names += ["IfMatch", "IfNoneMatch"]
    given = operation.setdefault("parameters", [])
    if method == "get" and not any(parameter.get("name") == "cursor" for parameter in given):
        names.append("IfNoneMatch")
        responses["200"].setdefault("headers", {})["ETag"] = _ETAG_HEADER
        responses["304"] = _NOT_MODIFIED
    given.extend({"$ref": f"#/components/parameters/{name}"} for name in names)
