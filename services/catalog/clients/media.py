"""Fetches as much of a file as tells what it is, through the guarded client."""

from types import TracebackType
from typing import Final, Protocol, Self

import aiohttp
from yarl import URL

from services.catalog.domain.media.check import BYTES_MAX, Fetched, FetchFault, MediaFacts
from services.catalog.domain.media.headers import (
    HEAD_BYTES_MAX,
    Kind,
    is_enough,
    kind_of,
    lacks_size,
)
from shared.net.guarded import GuardedClient, is_forbidden

USER_AGENT: Final = "Airlane-Media/0.1"
_REDIRECTS_MAX: Final = 3
_PER_HOST_MAX: Final = 4
_LOOK_FIRST: Final = 64


class FetchMedia(Protocol):
    async def __call__(self, url: str) -> Fetched:
        """Never raises for what is at the address: that is the result."""
        ...


class MediaFetcher:
    """`async with MediaFetcher(…) as fetch: await fetch(url)`."""

    def __init__(self, *, timeout_s: float, allow_private_addresses: bool) -> None:
        self._timeout_s = timeout_s
        self._client = GuardedClient(
            timeout_s=timeout_s,
            allow_private_addresses=allow_private_addresses,
            # Bytes as they are: nothing is unpacked, so nothing can be a bomb.
            headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
            per_host_max=_PER_HOST_MAX,
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

    async def __call__(self, url: str) -> Fetched:
        try:
            async with self._client.session.get(
                # As the merchant wrote it: a signed address must not be quoted anew.
                URL(url, encoded=True),
                max_redirects=_REDIRECTS_MAX,
            ) as response:
                if response.status != 200:
                    return Fetched(fault=FetchFault.REFUSED, http_status=response.status)
                return await _read(response)
        except TimeoutError:
            return Fetched(fault=FetchFault.TIMEOUT)
        except aiohttp.TooManyRedirects:
            return Fetched(fault=FetchFault.REDIRECTS)
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            is_private = is_forbidden(failure)
            return Fetched(fault=FetchFault.NOT_PUBLIC if is_private else FetchFault.UNREACHABLE)


async def _read(response: aiohttp.ClientResponse) -> Fetched:
    """The head is enough if the server says how long the file is; else all of it is counted, and
    nothing of it kept.
    """
    length = response.content_length
    if length is not None and length > BYTES_MAX:
        return _too_large(response, length)
    head, kind = bytearray(), None
    total, look_at = 0, _LOOK_FIRST
    knows_all = False
    async for chunk in response.content.iter_any():
        total += len(chunk)
        if total > BYTES_MAX:
            return _too_large(response, None)
        head += chunk[: HEAD_BYTES_MAX - len(head)]
        # Twice as much each time, so that many small chunks cost no more than one.
        if not knows_all and len(head) >= look_at:
            kind = kind_of(bytes(head))
            knows_all = is_enough(kind, len(head))
            look_at = min(2 * len(head), HEAD_BYTES_MAX)
        if knows_all and length is not None:
            break
    if not response.content.at_eof():
        response.close()
    return _found(kind if knows_all else kind_of(bytes(head)), total if length is None else length)


def _found(kind: Kind | None, size: int) -> Fetched:
    if kind is None:
        return Fetched(MediaFacts(bytes=size), FetchFault.UNKNOWN_TYPE, 200)
    width, height = kind.size or (None, None)
    facts = MediaFacts(kind.media_type, size, width, height)
    return Fetched(facts, FetchFault.DAMAGED if lacks_size(kind) else None, 200)


def _too_large(response: aiohttp.ClientResponse, length: int | None) -> Fetched:
    response.close()
    return Fetched(MediaFacts(bytes=length), FetchFault.TOO_LARGE, 200)
