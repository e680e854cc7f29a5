"""The secrets that webhooks are signed with. `clients.key_ring` encrypts them."""

import base64
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_PREFIX: Final = "whsec_"
_BYTES: Final = 32  # Standard Webhooks asks for 24 to 64


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret as it is stored: encrypted, with the id of the key that opens it."""

    key_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret of an endpoint. `expires_at` of the present one is None."""

    endpoint_id: str
    secret: Sealed
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class EndpointSecret:
    """A secret in the clear, which it is only when it is made."""

    endpoint_id: str
    secret: str


def new_secret() -> bytes:
    return os.urandom(_BYTES)


def shown_secret(secret: bytes) -> str:
    """The text handed to the receiver, once."""
    return _PREFIX + base64.b64encode(secret).decode("ascii")
