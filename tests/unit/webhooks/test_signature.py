"""Signatures: the standard's own vector, and two foreign verifiers on raw bytes."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import standardwebhooks
import svix
from hypothesis import given
from hypothesis import strategies as st

from services.webhooks.domain.deliveries.signature import signature_header
from services.webhooks.domain.endpoints.secrets import new_secret, shown_secret
from services.webhooks.domain.messages import message_body
from shared.kernel.clock import real_now

MESSAGE_ID = "evt_019a5f0e9d8c7b6a8f4e3d2c1b0a9f8e"


def headers_for(body: bytes, *secrets: bytes) -> dict[str, str]:
    timestamp_s = int(real_now().timestamp())
    return {
        "webhook-id": MESSAGE_ID,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": signature_header(
            secrets, message_id=MESSAGE_ID, timestamp_s=timestamp_s, body=body
        ),
    }


def verifiers(secret: bytes) -> tuple[Any, Any]:
    shown = shown_secret(secret)
    return standardwebhooks.Webhook(shown), svix.Webhook(shown)


def test_vector_of_the_standard() -> None:
    signature = signature_header(
        [base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp_s=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.text(max_size=50))
def test_both_foreign_verifiers_accept_any_text(text: str) -> None:
    data = json.dumps({"title": text}, ensure_ascii=True).encode()
    body = message_body(event_type="catalog.product.updated", occurred_at=real_now(), data=data)
    secret = new_secret()
    for verifier in verifiers(secret):
        verifier.verify(body, headers_for(body, secret))


def test_raw_utf8_is_signed_as_it_is_sent() -> None:
    data = '{"title":"陶瓷杯 – Tasse ☕"}'.encode()
    body = message_body(
        event_type="catalog.product.updated",
        occurred_at=datetime(2026, 1, 15, 8, 30, tzinfo=UTC),
        data=data,
    )
    assert data in body
    assert json.loads(body) == {
        "type": "catalog.product.updated",
        "timestamp": "2026-01-15T08:30:00Z",
        "data": {"title": "陶瓷杯 – Tasse ☕"},
    }
    secret = new_secret()
    for verifier in verifiers(secret):
        verifier.verify(body, headers_for(body, secret))


def test_during_a_rotation_either_secret_verifies() -> None:
    old, new, foreign = new_secret(), new_secret(), new_secret()
    body = b'{"type":"a.b","timestamp":"2026-01-15T08:30:00Z","data":{}}'
    headers = headers_for(body, new, old)
    for secret in (old, new):
        for verifier in verifiers(secret):
            verifier.verify(body, headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verifiers(foreign)[0].verify(body, headers)


def test_a_changed_byte_is_noticed() -> None:
    secret = new_secret()
    body = b'{"amount":"1.00"}'
    headers = headers_for(body, secret)
    for verifier, error in zip(
        verifiers(secret),
        (standardwebhooks.WebhookVerificationError, svix.WebhookVerificationError),
        strict=True,
    ):
        with pytest.raises(error):
            verifier.verify(b'{"amount":"9.00"}', headers)
