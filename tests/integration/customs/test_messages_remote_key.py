"""A key that another machine holds, over real HTTP."""

from base64 import b64decode

import pytest
from aiohttp import web

from services.customs.clients.signers.holding import Bound, KeyStatus, Place
from services.customs.clients.signers.key_ring import KeyRing
from services.customs.clients.signers.keys import KeyFailed
from services.customs.clients.signers.remote import RemoteKey
from services.customs.domain.messages.signing.checking import Verified, verify
from services.customs.domain.messages.signing.signature import signed
from tests.support.signing import DECLARANT, NOW, a_message, an_rsa_pair
from tests.support.signing_service import SigningService

PAIR = an_rsa_pair()
BODY = a_message().body


def key_at(url: str, *, token: str | None = "a token", timeout_s: float = 20) -> RemoteKey:
    return RemoteKey(url, PAIR.certificate, token=token, timeout_s=timeout_s)


async def test_texts_are_signed_in_their_order() -> None:
    async with SigningService(PAIR.sign) as service:
        values = await key_at(service.url + "/").sign([b"one", b"two"])

    assert values == [PAIR.sign(b"one"), PAIR.sign(b"two")]
    (question,) = service.questions
    assert question["key_name"] == "01691fe9"
    assert question["algorithm"] == "rsa-sha1"
    assert [b64decode(text) for text in question["signed_infos"]] == [b"one", b"two"]


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=500, text="card removed"),
        web.Response(status=302, headers={"Location": "/elsewhere"}),
        web.Response(text="not JSON"),
        web.json_response(["c2ln"]),
        web.json_response({"signatures": "c2ln"}),
        web.json_response({"signatures": ["c2ln"]}),
        web.json_response({"signatures": ["c2ln", None]}),
        web.json_response({"signatures": ["c2ln", "*"]}),
        web.Response(body=b" " * (1024 * 1024 + 1)),
    ],
)
async def test_any_other_answer_is_a_failure(answer: web.Response) -> None:
    async with SigningService(PAIR.sign) as service:
        service.answers.append(answer)
        with pytest.raises(KeyFailed):
            await key_at(service.url).sign([b"one", b"two"])


async def test_service_says_how_long_to_wait() -> None:
    async with SigningService(PAIR.sign) as service:
        service.answers.append(web.Response(status=503, headers={"Retry-After": "7"}))
        with pytest.raises(KeyFailed, match="503") as failed:
            await key_at(service.url).sign([b"one"])

    assert failed.value.retry_after_s == 7


async def test_service_that_is_not_there_or_does_not_know_us_fails() -> None:
    async with SigningService(PAIR.sign) as service:
        with pytest.raises(KeyFailed, match="401"):
            await key_at(service.url, token=None).sign([b"one"])
    with pytest.raises(KeyFailed):
        await key_at(service.url).sign([b"one"])


async def test_message_is_signed_although_one_service_fails() -> None:
    async with SigningService(PAIR.sign) as broken, SigningService(PAIR.sign) as sound:
        broken.answers.append(web.Response(status=500))
        other = an_rsa_pair(number=0x02)
        ring = KeyRing(
            [
                Place(key_at(broken.url), set_aside_first_s=60),
                Place(RemoteKey(sound.url, other.certificate, token="a token", timeout_s=20)),
            ],
            bound=Bound(batch_max=1),
            now=lambda: NOW,
        )
        signatures = [await ring.sign(BODY, holder=DECLARANT) for _ in range(3)]

    assert {one.key_name for one in signatures} == {"02"}
    assert all(isinstance(verify(signed(BODY, one)), Verified) for one in signatures)
    assert [one.status for one in ring.health()] == [KeyStatus.SET_ASIDE, KeyStatus.READY]
