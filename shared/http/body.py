"""The body of a request: read whole before any route sees it, and searched for what JSON parsers
let through but no database stores: NUL, halves of surrogate pairs, NaN and Infinity.

The search is a few substring tests; only a suspicious body is parsed here, to be exact about it.
"""

import json
import re
from typing import Any, Final, NoReturn

from starlette.types import Message, Receive

from shared.http.errors import ForbiddenCharacter, LoneSurrogate, Malformed, NotFiniteNumber
from shared.http.faults import pointer
from shared.kernel.errors import TooLarge

_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


async def read_body(receive: Receive, *, declared: bytes | None, limit: int) -> bytes | None:
    """All of it, or None when the client has gone. Raises TooLarge above `limit` bytes."""
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body again, then whatever comes after it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def check_json(body: bytes) -> None:
    """Raises ForbiddenCharacter, LoneSurrogate, NotFiniteNumber, or Malformed for what is not
    UTF-8 (RFC 8259 §8.1; Python would read UTF-16, too, where no escape looks as expected). Other
    malformed JSON passes: the route's own parser will say where the fault is.
    """
    if b"\x00" in body:
        raise Malformed
    escapes = b"\\u" in body and (b"\\u0000" in body or _SURROGATE.search(body) is not None)
    if not escapes and b"NaN" not in body and b"Infinity" not in body:
        return
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return
    _check_texts(value, [])


def check_target(path: str, query: bytes) -> None:
    """Raises ForbiddenCharacter for an encoded NUL in the address."""
    if "\x00" in path:
        raise ForbiddenCharacter(pointer="/path")
    if b"%00" in query or b"\x00" in query:
        raise ForbiddenCharacter(pointer="/query")


def _refuse_constant(name: str) -> NoReturn:
    raise NotFiniteNumber(value=name)


def _check_texts(value: Any, at: list[str | int]) -> None:
    if isinstance(value, str):
        _check_text(value, at)
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_text(name, at)
            _check_texts(inner, [*at, name])
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check_texts(inner, [*at, index])


def _check_text(text: str, at: list[str | int]) -> None:
    if "\x00" in text:
        raise ForbiddenCharacter(pointer=pointer(["body", *at]) or "/")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise LoneSurrogate(pointer=pointer(["body", *at]) or "/") from None


def _too_large(limit: int) -> TooLarge:
    return TooLarge(limit=f"{limit} bytes")
