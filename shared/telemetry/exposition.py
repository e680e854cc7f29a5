"""What /metrics answers, for APIs and workers alike: in the format that the scraper asks for,
compressed if it accepts gzip, and only to the holder of the token if one is set.

The text is rendered in a thread, at most once a second: rendering takes longer than most requests,
and anybody who reaches the port may ask for it.
"""

import asyncio
import gzip
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder, gzip_accepted

from shared.kernel.clock import monotonic_s

_FRESH_S: Final = 1.0
# Formats kept within one second; a scraper asks for one.
_KEPT_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, independent of the server that sends it."""

    status: int
    headers: dict[str, str]
    body: bytes


_UNAUTHENTICATED: Final = Page(
    401,
    {"Content-Type": "text/plain; charset=utf-8", "WWW-Authenticate": 'Bearer realm="metrics"'},
    b"the metrics token is needed\n",
)


class Exposition:
    """`token`: what scrapers send as `Authorization: Bearer …`; None: no token is required."""

    def __init__(self, token: str | None = None) -> None:
        self._expected = None if token is None else f"Bearer {token}".encode()
        self._kept: dict[tuple[str, bool], bytes] = {}
        self._kept_at_s = 0.0
        self._making = asyncio.Lock()

    async def page(self, headers: Mapping[bytes, bytes]) -> Page:
        """`headers` of the request, names in lower case."""
        given = headers.get(b"authorization", b"")
        if self._expected is not None and not hmac.compare_digest(given, self._expected):
            return _UNAUTHENTICATED
        accept = headers.get(b"accept", b"").decode("latin-1")
        packed = gzip_accepted(headers.get(b"accept-encoding", b"").decode("latin-1"))
        async with self._making:
            body, kind = await self._text(accept, packed=packed)
        shown = {"Content-Type": kind, "Vary": "Accept, Accept-Encoding"}
        return Page(200, shown | ({"Content-Encoding": "gzip"} if packed else {}), body)

    async def _text(self, accept: str, *, packed: bool) -> tuple[bytes, str]:
        if monotonic_s() - self._kept_at_s > _FRESH_S:
            self._kept.clear()
            self._kept_at_s = monotonic_s()
        try:
            encoder, kind = choose_encoder(accept)
        except TypeError:  # a version that is not a number
            encoder, kind = choose_encoder("")
        if (kind, packed) not in self._kept and len(self._kept) >= _KEPT_MAX:
            encoder, kind = choose_encoder("")
        body = self._kept.get((kind, packed))
        if body is None:
            body = await asyncio.to_thread(encoder, REGISTRY)
            if packed:
                body = await asyncio.to_thread(gzip.compress, body, 6)
            self._kept[kind, packed] = body
        return body, kind
