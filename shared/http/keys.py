"""Where the public keys of the token issuer come from. Catalog, which owns the keys, and tests pass
in their own source; all others read a JWKS (RFC 7517) from a URL.
"""

import asyncio
import json
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from shared.kernel.errors import Text, Unavailable
from shared.kernel.json import JsonObject

_TIMEOUT_S: Final = 3.0
_BYTES_MAX: Final = 256 * 1024

Jwks = Mapping[str, list[JsonObject]]


class KeysUnavailable(Unavailable):
    """Without keys a token can be neither accepted nor finally refused."""

    code = "auth.keys_unavailable"
    text = Text(
        "The keys for checking tokens cannot be read right now.", "暂时无法获取令牌校验密钥。"
    )
    retry_after_s = 2


class KeySource(Protocol):
    async def fetch(self) -> Jwks:
        """The current JWK Set: `{"keys": […]}`. Raises KeysUnavailable."""
        ...


class UrlKeys:
    """A JWKS at an http(s):// or file:// address (a setting, never a value from a request)."""

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in ("http", "https", "file"):
            raise ValueError(f"{url!r} is not an http, https or file address")
        self.url = url

    async def fetch(self) -> Jwks:
        try:
            return await asyncio.to_thread(self._read)
        except (OSError, ValueError) as error:
            raise KeysUnavailable from error

    def _read(self) -> Jwks:
        if self.url.startswith("file://"):
            raw = Path(urlsplit(self.url).path).read_bytes()
        else:
            # No proxy from the environment: the issuer is on the same network.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(self.url, timeout=_TIMEOUT_S) as answer:
                raw = answer.read(_BYTES_MAX)
        keys = json.loads(raw)
        if not isinstance(keys, dict) or not isinstance(keys.get("keys"), list):
            raise ValueError(f"{self.url} is not a JWK Set")  # noqa: TRY004 - bad data, not a bug
        return keys


class GivenKeys:
    """A fixed set of keys, for tests and for a service that holds its keys itself."""

    def __init__(self, keys: Jwks) -> None:
        self.keys = keys

    async def fetch(self) -> Jwks:
        return self.keys
