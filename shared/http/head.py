"""Checks the head of a request before anything else: its size, Host, fields that may appear only
once, and the target.

It refuses what two programs on the way could read differently (RFC 9110 §5.3, RFC 9112 §3.2).
"""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Final

from starlette.types import Scope

from shared.documents.errors import ForbiddenCharacter
from shared.http.errors import HeadTooLarge, HostInvalid, RepeatedHeader, UnknownTransferCoding

HEAD_BYTES_MAX: Final = 64 * 1024
HEADERS_MAX: Final = 100

# Fields whose value is not a list: which of two values counts would be anybody's guess.
_SINGULAR: Final = frozenset(
    (
        b"airlane-tenant",
        b"authorization",
        b"content-length",
        b"content-type",
        b"host",
        b"idempotency-key",
        b"if-modified-since",
        b"if-unmodified-since",
    )
)
# RFC 3986 §3.2.2, limited to a name or address and a port.
_HOST: Final = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")

RawHeaders = Sequence[tuple[bytes, bytes]]


def check_size(headers: RawHeaders) -> None:
    """Raises HeadTooLarge."""
    if len(headers) > HEADERS_MAX:
        raise HeadTooLarge(limit=f"{HEADERS_MAX} header fields")
    if sum(map(len, chain.from_iterable(headers))) > HEAD_BYTES_MAX:
        raise HeadTooLarge(limit=f"{HEAD_BYTES_MAX} bytes")


def merged(headers: RawHeaders) -> dict[bytes, bytes]:
    """Fields by name, in lower case; values of a repeated list field joined (RFC 9110 §5.3).

    Raises RepeatedHeader for a field that may appear only once.
    """
    by_name = dict(headers)
    if len(by_name) == len(headers):
        return by_name
    by_name = {}
    for name, value in headers:
        if name not in by_name:
            by_name[name] = value
        elif name in _SINGULAR:
            title = name.decode("latin-1")
            raise RepeatedHeader(pointer=f"/header/{title}", name=title)
        else:
            by_name[name] += (b"; " if name == b"cookie" else b", ") + value
    return by_name


def check(scope: Scope, headers: dict[bytes, bytes]) -> None:
    """Raises HostInvalid, UnknownTransferCoding, or ForbiddenCharacter for NUL in the target."""
    host = headers.get(b"host")
    if host is None:
        if scope.get("http_version") == "1.1":
            raise HostInvalid
    elif _HOST.fullmatch(host) is None and host:
        raise HostInvalid
    coding = headers.get(b"transfer-encoding")
    if coding is not None and coding.strip().lower() != b"chunked":
        raise UnknownTransferCoding(coding=coding.decode("latin-1"))
    if "\x00" in scope["path"]:
        raise ForbiddenCharacter(pointer="/path")
    query = scope["query_string"]
    if query and (b"%00" in query or b"\x00" in query):
        raise ForbiddenCharacter(pointer="/query")
