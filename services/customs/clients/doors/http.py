"""A transfer service that takes messages by HTTP, one in each request.

    POST <url>    Content-Type: application/xml    Airlane-Message-Guid: <guid of the root>

2xx: it has the message, and recognises it by its guid if it comes again. An answer that is about
the message (400, 409, 413, 415, 422 …) refuses it for good. All others, 401, 404 and redirects
among them, say that the way does not work: they would meet every message.
"""

from typing import Final

import aiohttp
from yarl import URL

from services.customs.clients.doors.door import (
    DeliveredMessage,
    DeliveryRefused,
    DeliveryTooLarge,
    DoorDown,
    readable,
)
from services.customs.clients.doors.folder import Wrap, bare
from shared.net.guarded import GuardedClient

HTTP: Final = "http"
GUID_HEADER: Final = "Airlane-Message-Guid"
_READ_BYTES_MAX: Final = 16 * 1024
_TOO_LARGE: Final = 413
# Of 4xx: unauthorised, forbidden, no such path or method, proxy, timeouts, too many, too early.
_NOT_ABOUT_THE_MESSAGE: Final = frozenset((401, 403, 404, 405, 407, 408, 421, 423, 425, 429))


class HttpDoor:
    """TLS is verified, redirects are not followed, and an answer is read up to 16 KiB."""

    name = HTTP

    def __init__(self, url: str, *, timeout_s: float, wrap: Wrap = bare) -> None:
        self._url = URL(url)
        self._timeout_s = timeout_s
        self._wrap = wrap

    async def deliver(self, message: DeliveredMessage) -> None:
        try:
            status, answer = await self._post(message)
        except TimeoutError as error:
            raise self._down(f"no answer within {self._timeout_s:g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise self._down(f"{type(error).__name__}: {error}") from error
        if 200 <= status < 300:
            return
        if 400 <= status < 500 and status not in _NOT_ABOUT_THE_MESSAGE:
            reason = readable(f"HTTP {status} {answer}")
            refused = DeliveryTooLarge if status == _TOO_LARGE else DeliveryRefused
            raise refused(door=self.name, reason=reason)
        raise self._down(f"HTTP {status} {answer}")

    async def _post(self, message: DeliveredMessage) -> tuple[int, str]:
        headers = {"Content-Type": "application/xml", GUID_HEADER: message.guid}
        # The address is the operator's own, so it may be one of the park's network.
        client = GuardedClient(
            timeout_s=self._timeout_s,
            allow_private_addresses=True,
            headers={"User-Agent": "Airlane-Customs/0.1"},
        )
        async with (
            client,
            client.session.post(
                self._url, data=self._wrap(message), headers=headers, allow_redirects=False
            ) as response,
        ):
            return response.status, await _read_some(response)

    def _down(self, reason: str) -> DoorDown:
        return DoorDown(door=self.name, reason=readable(reason))


async def _read_some(response: aiohttp.ClientResponse) -> str:
    """The status has decided already: an answer that breaks off changes nothing."""
    try:
        raw = await response.content.read(_READ_BYTES_MAX)
    except (TimeoutError, aiohttp.ClientError):
        return ""
    finally:
        response.close()
    return raw.decode("utf-8", "replace")
