"""Signatures of Standard Webhooks 1.0.0 (symmetric, `v1`).

What is signed is `{id}.{timestamp}.{raw body}`. Several live secrets give several signatures in one
header, so that a receiver can switch at any moment of a rotation.
"""

import base64
import hmac
from collections.abc import Sequence


def signature_header(
    secrets: Sequence[bytes], *, message_id: str, timestamp_s: int, body: bytes
) -> str:
    """The value of `webhook-signature`: one `v1,<base64>` per secret, single spaces between."""
    assert secrets
    assert "." not in message_id, message_id
    content = f"{message_id}.{timestamp_s}.".encode() + body
    return " ".join("v1," + _digest(secret, content) for secret in secrets)


def _digest(secret: bytes, content: bytes) -> str:
    # Given its name, OpenSSL makes the digest in one call; given a function, hmac does in Python.
    digest = hmac.digest(secret, content, "sha256")
    return base64.b64encode(digest).decode("ascii")
