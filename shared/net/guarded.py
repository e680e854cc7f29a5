"""HTTP requests to addresses that strangers have named: the only ones that leave the park.

No cookies, proxies from the environment or decompression, and one deadline for the whole exchange.
The address is checked where the socket is made, for names, literals and redirects alike, so that
nothing can change between check and connection (DNS rebinding).
"""

import errno
import socket
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Self

import aiohttp
from aiohappyeyeballs import AddrInfoType

from shared.kernel.addresses import is_public

_DNS_TIMEOUT_S: Final = 2.0
_DNS_TRIES: Final = 2
_KEEP_ALIVE_S: Final = 30.0
_HEADER_BYTES_MAX: Final = 8190
_NOT_PUBLIC: Final = "is not a public address"


class ForbiddenAddress(OSError):
    """The connection would go to an address that is not public."""


class GuardedClient:
    """`async with GuardedClient(…) as client: client.session.get(…)`."""

    def __init__(
        self,
        *,
        timeout_s: float,
        allow_private_addresses: bool,
        headers: Mapping[str, str],
        nameservers: Sequence[str] | None = None,
        per_host_max: int = 0,
    ) -> None:
        """`nameservers` (`address:port`) take the place of the system's own. `per_host_max`:
        connections to one host at once; 0: any number.
        """
        self._timeout_s = timeout_s
        self._allow_private = allow_private_addresses
        self._headers = headers
        self._nameservers = nameservers
        self._per_host_max = per_host_max
        self._session: aiohttp.ClientSession | None = None
        self._resolver: aiohttp.AsyncResolver | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        assert self._session is not None, "use it as a context manager"
        return self._session

    async def __aenter__(self) -> Self:
        # Its lookups hold no thread: names that never resolve delay nothing else.
        self._resolver = aiohttp.AsyncResolver(
            nameservers=self._nameservers, timeout=_DNS_TIMEOUT_S, tries=_DNS_TRIES
        )
        connector = aiohttp.TCPConnector(
            limit=0,
            limit_per_host=self._per_host_max,
            resolver=self._resolver,
            use_dns_cache=False,
            keepalive_timeout=_KEEP_ALIVE_S,
            socket_factory=self._guarded_socket,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=self._timeout_s),
            skip_auto_headers={"Accept", "Accept-Encoding"},
            headers=self._headers,
            max_line_size=_HEADER_BYTES_MAX,
            max_field_size=_HEADER_BYTES_MAX,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None

    def _guarded_socket(self, address: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, place = address
        if not self._allow_private and not is_public(str(place[0])):
            raise ForbiddenAddress(errno.EACCES, f"{place[0]} {_NOT_PUBLIC}")
        return socket.socket(family=family, type=kind, proto=protocol)


def is_forbidden(failure: BaseException) -> bool:
    """Whether a request failed because its address is not public."""
    # By its text: the connector does not keep the errors of several addresses that it tried.
    return _NOT_PUBLIC in str(failure)
