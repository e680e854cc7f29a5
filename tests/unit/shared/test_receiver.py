"""The receiver must be able to reject a request, or it proves nothing."""

import json
from datetime import timedelta

import aiohttp
import standardwebhooks

from shared.kernel.clock import real_now
from tests.kit.receiver import Reply, WebhookReceiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def signed(
    secret: str, body: bytes, *, at: float = 0.0, webhook_id: str = "evt_1"
) -> dict[str, str]:
    now = real_now() + timedelta(seconds=at)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": standardwebhooks.Webhook(secret).sign(webhook_id, now, body.decode()),
    }


async def post(receiver: WebhookReceiver, body: bytes, headers: dict[str, str]) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(receiver.url, data=body, headers=headers) as reply,
    ):
        return reply.status


async def test_receiver_accepts_what_both_packages_accept(receiver: WebhookReceiver) -> None:
    receiver.trust(OTHER, SECRET)
    body = json.dumps({"type": "订单"}, ensure_ascii=False).encode()
    assert await post(receiver, body, signed(SECRET, body)) == 200
    receiver.replies.append(Reply(status=503))
    assert await post(receiver, body, signed(SECRET, body)) == 503
    hits = [(hit.webhook_id, hit.attempt, hit.status, hit.verified) for hit in receiver.hits]
    assert hits == [("evt_1", 1, 200, True), ("evt_1", 2, 503, True)]
    assert len(await receiver.wait_for(1)) == 1


async def test_receiver_refuses_forged_tampered_and_stale_requests(
    receiver: WebhookReceiver,
) -> None:
    receiver.trust(SECRET)
    body = b'{"type":"a"}'
    assert await post(receiver, body, signed(OTHER, body)) == 401
    assert await post(receiver, body + b" ", signed(SECRET, body)) == 401
    assert await post(receiver, body, signed(SECRET, body, at=-301)) == 401
    assert await post(receiver, body, {"webhook-id": "evt_1"}) == 401
    mangled = signed(SECRET, body) | {"webhook-signature": "v1,%%% no base64"}
    assert await post(receiver, body, mangled) == 401
    assert len(receiver.rejected) == 5
    assert receiver.accepted == []
