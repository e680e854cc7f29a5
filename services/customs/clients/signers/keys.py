"""Signing keys: something that signs bytes, and its certificate."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.customs.domain.messages.signing.certificate import Certificate


class KeyFailed(Exception):
    """The key did not sign; another time it may. `retry_after_s`: not before then."""

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class SigningKey(Protocol):
    """`is_test`: nobody but this park knows the key, so customs will not accept its signatures."""

    @property
    def certificate(self) -> Certificate: ...

    @property
    def is_test(self) -> bool: ...

    async def sign(self, texts: Sequence[bytes]) -> list[bytes]:
        """A signature for each text, in their order: all of them or KeyFailed.

        RSA: PKCS #1 v1.5 with SHA-1, as long as the modulus. SM2: with SM3, r and s of 32 bytes.
        """
        ...


class SignBytes(Protocol):
    def __call__(self, text: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class SoftwareKey:
    """A private key in the memory of this process. A few milliseconds for each signature."""

    certificate: Certificate
    sign_bytes: SignBytes
    is_test: bool = False

    async def sign(self, texts: Sequence[bytes]) -> list[bytes]:
        return await asyncio.to_thread(lambda: [self.sign_bytes(text) for text in texts])
