"""A key that another machine holds: a card in its reader, or a signing server.

The protocol is ours (docs/customs/signing.md). A small service beside the card speaks it:

    POST {url}/v1/signatures    Authorization: Bearer …
    {"key_name": "03000000000abc01", "algorithm": "sm2-sm3", "signed_infos": ["base64", …]}
    200 {"signatures": ["base64", …]}      as many, in the same order; anything else is a failure

A signed_info is the canonical ds:SignedInfo as bytes: the card digests and signs it.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Final

import aiohttp

from services.customs.clients.signers.keys import KeyFailed
from services.customs.domain.messages.signing.certificate import Certificate

_ANSWER_BYTES_MAX: Final = 1024 * 1024
_REASON_MAX: Final = 200
_RETRY_AFTER_MAX_S: Final = 3600.0


class RemoteKey:
    """Makes a connection for each batch: a card is far slower than that."""

    is_test: Final = False

    def __init__(
        self, url: str, certificate: Certificate, *, token: str | None, timeout_s: float
    ) -> None:
        self._address = f"{url.rstrip('/')}/v1/signatures"
        self.certificate: Final = certificate
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout_s = timeout_s

    async def sign(self, texts: Sequence[bytes]) -> list[bytes]:
        question = {
            "key_name": self.certificate.number,
            "algorithm": self.certificate.public_key.algorithm.value,
            "signed_infos": [b64encode(text).decode("ascii") for text in texts],
        }
        try:
            answer = await self._ask(question)
        except TimeoutError as error:
            raise KeyFailed(f"no answer within {self._timeout_s:g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise KeyFailed(f"{type(error).__name__}: {error}"[:_REASON_MAX]) from error
        return _signatures(answer, len(texts))

    async def _ask(self, question: Mapping[str, object]) -> bytes:
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._timeout_s),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
            ) as session,
            session.post(self._address, json=question, allow_redirects=False) as response,
        ):
            answer = await _read(response)
            if response.status != 200:
                text = answer[:_REASON_MAX].decode("utf-8", "replace")
                raise KeyFailed(
                    f"HTTP {response.status}: {text}",
                    retry_after_s=_seconds(response.headers.get("Retry-After")),
                )
            return answer


async def _read(response: aiohttp.ClientResponse) -> bytes:
    answer = bytearray()
    async for chunk in response.content.iter_any():
        answer += chunk
        if len(answer) > _ANSWER_BYTES_MAX:
            response.close()
            raise KeyFailed("the answer is too long")
    return bytes(answer)


def _seconds(text: str | None) -> float | None:
    """Of Retry-After; its other form, a date, is not read."""
    if text is None or not text.isascii() or not text.isdigit():
        return None
    return min(float(text), _RETRY_AFTER_MAX_S)


def _signatures(answer: bytes, count: int) -> list[bytes]:
    try:
        found = json.loads(answer)
        texts = found["signatures"]
        signatures = [b64decode(text, validate=True) for text in texts]
    except (ValueError, KeyError, TypeError) as error:
        raise KeyFailed("the answer cannot be read") from error
    if len(signatures) != count:
        raise KeyFailed(f"{len(signatures)} signatures for {count} texts")
    return signatures
