"""HTTP POST to the endpoints of partners, through the guarded client (`shared.net.guarded`).

No redirects; the read is capped, and the whole exchange has one deadline.
"""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Protocol, Self

import aiohttp
from yarl import URL

from services.webhooks.domain.deliveries.answers import Answer, Result, readable
from shared.kernel.clock import monotonic_s, real_now
from shared.net.guarded import GuardedClient, is_forbidden

USER_AGENT: Final = "Airlane-Webhooks/0.1"
READ_BYTES_MAX: Final = 16_384
_BODY_TIMEOUT_S: Final = 2.0


class Post(Protocol):
    async def __call__(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Sends once. Never raises for what the receiver does: that is the answer."""
        ...


class HttpSender:
    """`async with HttpSender(...) as post: await post(url, headers=…, body=…)`."""

    def __init__(
        self,
        *,
        timeout_s: float,
        allow_private_addresses: bool,
        nameservers: Sequence[str] | None = None,
    ) -> None:
        """`nameservers` (`address:port`) take the place of the system's own."""
        self._timeout_s = timeout_s
        self._client = GuardedClient(
            timeout_s=timeout_s,
            allow_private_addresses=allow_private_addresses,
            nameservers=nameservers,
            headers={"User-Agent": USER_AGENT, "Content-Type": "application/json"},
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def __call__(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        started_at, start_s = real_now(), monotonic_s()
        status: int | None = None
        excerpt: str | None = None
        retry_after: str | None = None
        result: Result
        error: str | None
        try:
            async with self._client.session.post(
                # As registered, byte for byte: a signed address must not be quoted anew.
                URL(url, encoded=True),
                data=body,
                headers=headers,
                allow_redirects=False,
            ) as response:
                status = response.status
                retry_after = response.headers.get("Retry-After")
                excerpt = readable(await _read_some(response))
            is_success = 200 <= status < 300
            result = Result.DELIVERED if is_success else Result.REFUSED
            error = None if is_success else f"HTTP {status}"
        except TimeoutError:
            result, error = Result.TIMEOUT, f"no answer within {self._timeout_s:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            result, error = _failed(failure)
        return Answer(
            result=result,
            status_code=status,
            error=error,
            excerpt=excerpt,
            retry_after=retry_after,
            started_at=started_at,
            duration_ms=int((monotonic_s() - start_s) * 1000),
        )


async def _read_some(response: aiohttp.ClientResponse) -> bytes:
    """At most READ_BYTES_MAX of the body. The connection is dropped if there is more.

    The status line has decided already: a body that is slow or breaks off changes nothing.
    """
    if response.content.is_eof():  # all of it came with the headers: the usual case
        return response.content.read_nowait(READ_BYTES_MAX)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(_BODY_TIMEOUT_S):
            while size < READ_BYTES_MAX:
                chunk = await response.content.read(READ_BYTES_MAX - size)
                if not chunk:
                    break
                chunks.append(chunk)
                size += len(chunk)
    except (TimeoutError, aiohttp.ClientError):
        response.close()
    if not response.content.at_eof():
        response.close()
    return b"".join(chunks)


def _failed(failure: BaseException) -> tuple[Result, str]:
    text = f"{type(failure).__name__}: {failure}"[:500]
    result = Result.FORBIDDEN_ADDRESS if is_forbidden(failure) else Result.UNREACHABLE
    return result, readable(text.encode("utf-8", "replace"))


async def resolve(host: str, *, timeout_s: float = 3.0) -> list[str]:
    """The addresses of a name now; empty if it does not resolve (in time)."""
    resolver = aiohttp.AsyncResolver()  # without settings all of a loop share one channel
    try:
        async with asyncio.timeout(timeout_s):
            found = await resolver.resolve(host, family=socket.AF_UNSPEC)
    except (OSError, TimeoutError, UnicodeError):
        return []
    finally:
        await resolver.close()
    return sorted({place["host"] for place in found})
