"""Encrypts endpoint secrets: AES-256-GCM under a key that is not in the database.

The ring may hold several keys. The first seals, all of them open, so that a key can be replaced
while the service runs. A key service could take its place with the same two methods.
"""

import base64
import binascii
import os
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from services.webhooks.domain.endpoints.secrets import Sealed
from shared.settings import SettingsError

_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32


class KeyRingError(ValueError):
    """The setting is malformed, or a secret was sealed with a key that the ring does not hold."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """`KeyRing.parse("k2:<base64>,k1:<base64>")`."""

    keys: dict[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, setting: str) -> "KeyRing":
        """Comma-separated `id:base64`, the sealing key first. Raises KeyRingError."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (part.strip() for part in setting.split(","))):
            key_id, colon, encoded = part.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error as error:
                raise KeyRingError(f"the key {key_id!r} is not base64") from error
            if not colon or not key_id or len(key) != _KEY_BYTES:
                raise KeyRingError("a key is written id:base64 of 32 bytes")
            keys[key_id] = key
        if not keys:
            raise KeyRingError("there is no key")
        return cls(keys)

    def seal(self, secret: bytes, *, bound_to: str) -> Sealed:
        """`bound_to` (the endpoint's id) is needed again to open it: rows cannot be swapped."""
        key_id, key = next(iter(self.keys.items()))
        nonce = os.urandom(_NONCE_BYTES)
        return Sealed(key_id, nonce + AESGCM(key).encrypt(nonce, secret, bound_to.encode()))

    def open(self, sealed: Sealed, *, bound_to: str) -> bytes:
        key = self.keys.get(sealed.key_id)
        if key is None:
            raise KeyRingError(f"the key {sealed.key_id!r} is not in WEBHOOKS_SECRET_KEY")
        nonce, ciphertext = sealed.sealed[:_NONCE_BYTES], sealed.sealed[_NONCE_BYTES:]
        try:
            return AESGCM(key).decrypt(nonce, ciphertext, bound_to.encode())
        except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
            raise KeyRingError(f"a secret of {bound_to} does not open") from error


def key_ring_from(setting: SecretStr | None) -> KeyRing | None:
    """None when there is no key. Raises SettingsError, which names the variable but no value."""
    if setting is None:
        return None
    try:
        return KeyRing.parse(setting.get_secret_value())
    except KeyRingError as error:
        raise SettingsError([f"WEBHOOKS_SECRET_KEY: {error}."]) from error
