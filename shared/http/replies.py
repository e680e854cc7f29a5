"""Answers: what a use case returns, serialised in one pass. There is no response model per item and
no second validation, because the schema classes have just built the value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic_core import to_json
from starlette.responses import Response

from shared.http.chosen import Fields
from shared.http.conditions import etag_of
from shared.http.pages import Page

_JSON: Final = (b"content-type", b"application/json")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is sent: a schema object, a list or dict of them, bytes of JSON, or None.

    `etag` is that of the resource, with its quotes; `location` the address of what was created.
    """

    status: int
    body: object = None
    location: str | None = None
    etag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def named_headers(self) -> dict[str, str]:
        named = dict(self.headers)
        if self.location is not None:
            named["location"] = self.location
        if self.etag is not None:
            named["etag"] = self.etag
        return named


class JsonBytes(Response):
    """Ready-made JSON; skips the general class's construction of headers."""

    def __init__(self, body: bytes, status: int, headers: Mapping[str, str]) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [
            (b"content-length", b"%d" % len(body)),
            *((name.lower().encode("latin-1"), v.encode("latin-1")) for name, v in headers.items()),
        ]
        if body and "content-type" not in headers:
            self.raw_headers.append(_JSON)


def json_bytes(body: object) -> bytes:
    """Models, dataclasses, lists, Decimals, instants … to JSON; bytes are passed through."""
    if body is None:
        return b""
    return body if isinstance(body, bytes) else to_json(body, by_alias=True)


def representation(body: object, status: int = 200, *, at: str | None = None) -> Reply:
    """A resource as it is now, with its ETag. `at`: its address if the request changed or created
    it, so that the client knows that the body is what a GET there returns (RFC 9110 §8.7).
    """
    content = json_bytes(body)
    headers = {} if at is None else {"content-location": at}
    location = at if status == 201 else None
    return Reply(status, content, location, etag_of(content), headers)


def json_reply(
    body: object,
    status: int = 200,
    *,
    location: str | None = None,
    headers: Mapping[str, str] | None = None,
    fields: Fields | None = None,
) -> Response:
    """The answer of a read: with an ETag, unless it is a page of a list. `fields`: only these."""
    content = json_bytes(body)
    etag = etag_of(content) if status == 200 and not isinstance(body, Page) else None
    if fields is not None:
        content = json_bytes(fields.of(body))
    return response_of(Reply(status, content, location, etag, headers or {}))


def response_of(reply: Reply) -> Response:
    return JsonBytes(json_bytes(reply.body), reply.status, reply.named_headers())
