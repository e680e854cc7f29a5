"""Standard Webhooks 1.0.0 signatures (symmetric, `v1`).

Signed content is `{id}.{timestamp}.{raw body}`; several live secrets give several signatures in
one header, so that a receiver may switch at any moment of a rotation. Keys at rest: `clients`.
"""

import base64
import binascii
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the public prefix of the standard, not a secret
SECRET_BYTES: Final = 32  # the standard asks for 24 to 64


@dataclass(frozen=True)
class Sealed:
    """A secret as it is stored: encrypted, with the id of the key that opens it."""

    key_id: str
    sealed: bytes


def new_secret() -> bytes:
    return os.urandom(SECRET_BYTES)


def shown_secret(secret: bytes) -> str:
    """The text handed to the receiver, once."""
    return SECRET_PREFIX + base64.b64encode(secret).decode("ascii")


def parse_secret(text: str) -> bytes:
    """The reverse of `shown_secret`; the prefix may be absent. Raises ValueError."""
    try:
        return base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("the secret is not base64") from error


def signature_header(
    secrets: Sequence[bytes], *, message_id: str, timestamp_s: int, body: bytes
) -> str:
    """The value of `webhook-signature`: one `v1,<base64>` per secret, single spaces between."""
    assert secrets
    assert "." not in message_id, message_id
    content = f"{message_id}.{timestamp_s}.".encode() + body
    return " ".join("v1," + _digest(secret, content) for secret in secrets)


def _digest(secret: bytes, content: bytes) -> str:
    # By its name the digest is made in one call of OpenSSL, by the function in Python.
    digest = hmac.digest(secret, content, "sha256")
    return base64.b64encode(digest).decode("ascii")
