"""What all operations share in the published contract: problems, headers, parameters, security."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from pydantic import BaseModel, Field

from shared.http.errors import CONTENT_TYPE
from shared.kernel.json import JsonObject

Responses = dict[int | str, JsonObject]
REF_TEMPLATE: Final = "#/components/schemas/{model}"


class ProblemField(BaseModel):
    """One fault in one place of the request."""

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
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["The request is not valid."])
    instance: str = Field(examples=["/v1/orders"])
    code: str = Field(examples=["request.invalid"])
    fix: str = Field(
        description="What to do about it.",
        examples=["Correct the fields listed in errors[] and send it again."],
    )
    errors: list[ProblemField] = Field(description="The first hundred faults.")
    error_count: int = Field(description="How many faults there were.", examples=[1])
    trace_id: str | None = Field(
        description="Quote this when you ask for help.",
        examples=["4bf92f3577b34da6a3ce929d0e0e4736"],
    )


def problem_schemas() -> JsonObject:
    problem = Problem.model_json_schema(ref_template=REF_TEMPLATE)
    return {**problem.pop("$defs"), "Problem": problem}


_CONTENT: Final = {CONTENT_TYPE: {"schema": {"$ref": REF_TEMPLATE.format(model="Problem")}}}


def problems(*statuses: int) -> Responses:
    """`responses=problems(404, 409)`: the refusals typical of a route. Others are `default`."""
    return {status: problem(status) for status in statuses}


def problem(status: int) -> JsonObject:
    return {"description": HTTPStatus(status).phrase, "content": _CONTENT}


_ETAG: Final = '"6c3a2b1f0e9d8c7b6a5f4e3d"'

HEADERS: Final[dict[str, JsonObject]] = {
    "Airlane-Trace-Id": {
        "description": "Identifies this request in our logs: quote it when you ask for help.",
        "schema": {"type": "string", "examples": ["4bf92f3577b34da6a3ce929d0e0e4736"]},
    },
    "Content-Location": {
        "description": "The body is what a GET of this address returns (RFC 9110 §8.7).",
        "schema": {"type": "string", "examples": ["/v1/products/85123A"]},
    },
    "ETag": {
        "description": "Changes with the content. Send it back in If-Match or If-None-Match.",
        "schema": {"type": "string", "examples": [_ETAG]},
    },
    "Idempotency-Replayed": {
        "description": "The request was already carried out: this is the original response.",
        "schema": {"type": "string", "const": "true"},
    },
    "Location": {
        "description": "Address of what was created.",
        "schema": {
            "type": "string",
            "examples": ["/v1/orders/ord_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"],
        },
    },
    "RateLimit": {
        "description": "How many requests are left (r) and when all are back (t, seconds).",
        "schema": {"type": "string", "examples": ['"requests";r=59990;t=1']},
    },
    "RateLimit-Policy": {
        "description": "How many requests (q) you may send in a window (w, seconds).",
        "schema": {"type": "string", "examples": ['"requests";q=60000;w=60']},
    },
    "Retry-After": {
        "description": "Seconds to wait before trying again.",
        "schema": {"type": "integer", "minimum": 0, "examples": [1]},
    },
    "WWW-Authenticate": {
        "description": "What is wrong with the token, or which scope it lacks (RFC 6750 §3).",
        "schema": {"type": "string", "examples": ['Bearer realm="airlane"']},
    },
}
# On every answer.
EVERYWHERE: Final = ("Airlane-Trace-Id", "RateLimit", "RateLimit-Policy")


def headers(*names: str) -> JsonObject:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _refusal(description: str) -> JsonObject:
    sent = headers(*EVERYWHERE, "Retry-After")
    return {"description": description, "content": _CONTENT, "headers": sent}


RESPONSES: Final[dict[str, JsonObject]] = {
    "Refused": _refusal("Any other refusal or failure."),
    "TooManyRequests": _refusal("You send requests too often, or too many at once."),
    "Unavailable": _refusal("The service is too busy, or something it needs is not available."),
}
# By status; every operation may answer with these.
SHARED_RESPONSES: Final = {"429": "TooManyRequests", "503": "Unavailable", "default": "Refused"}

PARAMETERS: Final[dict[str, JsonObject]] = {
    name: {"in": "header", "required": False, **rest}
    for name, rest in {
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
            "description": "Makes a retry safe: same key, same response, one effect, for a day.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        },
        "IfMatch": {
            "name": "If-Match",
            "description": "The ETag of your last read, with its quotes, or * to overwrite.",
            "schema": {"type": "string", "examples": [_ETAG, "*"]},
        },
        "IfNoneMatch": {
            "name": "If-None-Match",
            "description": "On a read, the ETags you have: 304 if one is current. On a "
            "change, * to create only.",
            "schema": {"type": "string", "examples": [_ETAG, "*"]},
        },
    }.items()
}


def servers(port: int) -> list[dict[str, str]]:
    return [
        {"url": "/", "description": "The API that serves this document."},
        {"url": f"http://127.0.0.1:{port}", "description": "The local park (make demo)."},
    ]


def security(scope: str | None) -> list[dict[str, list[str]]]:
    """Either way of getting the token; OpenAPI 3.1 allows scopes for a bearer token too."""
    scopes = [] if scope is None else [scope]
    return [{"clientCredentials": scopes}, {"bearer": scopes}]


def security_schemes(scopes: Iterable[str], issuer: str) -> JsonObject:
    """Access tokens come from the park's own POST /oauth/token or from another issuer."""
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token that you already have from the issuer.",
        },
        "clientCredentials": {
            "type": "oauth2",
            "description": "RFC 6749 §4.4, with client id and secret of POST /v1/credentials.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": f"{issuer}/oauth/token",
                    "scopes": {scope: _meaning(scope) for scope in sorted(scopes)},
                }
            },
        },
    }


def _meaning(scope: str) -> str:
    service, _, verb = scope.partition(":")
    return f"{verb.capitalize()} what {service} holds."
