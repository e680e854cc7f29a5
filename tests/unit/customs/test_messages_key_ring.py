"""The key ring: which key signs, what becomes of one that fails, and what is never signed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.customs.clients.signers.holding import Bound, KeyStatus, Place
from services.customs.clients.signers.key_ring import KeyRing
from services.customs.clients.signers.keys import KeyFailed
from services.customs.clients.signers.rate import TokenBucket
from services.customs.clients.signers.software import sm2_key_in
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.signing.algorithms import Algorithm
from services.customs.domain.messages.signing.certificate import Certificate
from services.customs.domain.messages.signing.checking import Verified, verify
from services.customs.domain.messages.signing.errors import (
    MessageAlreadySigned,
    NoKeyOfParty,
    NoUsableKey,
    SignerBusy,
    SigningTimedOut,
)
from services.customs.domain.messages.signing.signature import Signature, signed
from tests.kit.waiting import until
from tests.support.signing import (
    DECLARANT,
    NOW,
    SM2_CERTIFICATE,
    SM2_KEY,
    STRANGER,
    RsaPair,
    a_message,
    a_signed_message,
    an_rsa_pair,
)

BODY = a_message().body


@dataclass
class Card:
    """A card in its reader. It waits for `may_go`, fails `faults` times, and counts its batches."""

    pair: RsaPair = field(default_factory=an_rsa_pair)
    faults: int = 0
    is_wrong: bool = False
    is_test: bool = False
    batches: list[int] = field(default_factory=list)
    may_go: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_go.set()

    @property
    def certificate(self) -> Certificate:
        return self.pair.certificate

    async def sign(self, texts: Sequence[bytes]) -> list[bytes]:
        self.batches.append(len(texts))
        await self.may_go.wait()
        if self.faults > 0:
            self.faults -= 1
            raise KeyFailed("the reader is gone")
        return [self.pair.sign(b"other" if self.is_wrong else text) for text in texts]


def place(card: Card, *, per_minute: float | None = None) -> Place:
    bucket = None if per_minute is None else TokenBucket(per_minute=per_minute, burst=1)
    return Place(card, bucket, set_aside_first_s=0.001)


def ring(*cards: Card, now: datetime = NOW, bound: Bound | None = None) -> KeyRing:
    bound = bound or Bound(patience_s=30)
    return KeyRing([place(card) for card in cards], bound=bound, now=lambda: now)


@asynccontextmanager
async def waiting(signer: KeyRing, count: int) -> AsyncIterator[list[asyncio.Task[Signature]]]:
    """`count` messages that wait for their signature, in this order."""
    tasks: list[asyncio.Task[Signature]] = []
    for number in range(count):
        body = BODY.replace(">HW1<", f">HW{number:03}<")
        tasks.append(asyncio.create_task(signer.sign(body, holder=DECLARANT)))
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def all_wait(card: Card, count: int) -> bool:
    """All of `count` messages are in the queue or, as one batch, with the card."""
    return len(card.batches) == 1 and metric("waiting_messages") == count - card.batches[0]


def metric(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"airlane_customs_signer_{name}", labels)


async def test_message_is_signed_by_the_key_of_its_declarant() -> None:
    own = Card(an_rsa_pair(DECLARANT, number=0x1A))
    other = Card(an_rsa_pair(STRANGER, number=0x2B, key=1))
    signer = ring(other, own)

    for party, number in ((DECLARANT, "1a"), (STRANGER, "2b"), (DECLARANT, "1a")):
        signature = await signer.sign(BODY, holder=party)
        found = verify(signed(BODY, signature))

        assert isinstance(found, Verified)
        assert (found.key_name, signature.key_name) == (number, number)
        assert found.digest == signature.digest
        assert (signature.signed_at, signature.is_test) == (NOW, False)


async def test_signature_of_a_test_key_says_so() -> None:
    signature = await ring(Card(is_test=True)).sign(BODY, holder=DECLARANT)

    assert signature.is_test


@pytest.mark.parametrize(
    "party",
    [STRANGER, Party(DECLARANT.code, "示例报关公司"), Party(STRANGER.code, DECLARANT.name)],
)
async def test_party_that_is_not_the_certificates_is_refused(party: Party) -> None:
    card = Card()

    with pytest.raises(NoKeyOfParty) as refused:
        await ring(card).sign(BODY, holder=party)
    assert DECLARANT.name in str(refused.value)
    assert card.batches == []


@pytest.mark.parametrize("days", [-1, 1])
async def test_key_signs_only_while_its_certificate_is_valid(days: int) -> None:
    pair = an_rsa_pair(valid_from=NOW, valid_until=NOW + timedelta(days=40))
    card = Card(pair)
    at = NOW + (timedelta(days=-1) if days < 0 else timedelta(days=41))

    with pytest.raises(NoUsableKey):
        await ring(card, now=at).sign(BODY, holder=DECLARANT)
    assert card.batches == []
    status = KeyStatus.NOT_YET_VALID if days < 0 else KeyStatus.EXPIRED
    assert ring(card, now=at).health()[0].status is status


async def test_end_of_the_certificate_is_measured_and_announced() -> None:
    until_at = NOW + timedelta(days=29)
    signer = ring(Card(an_rsa_pair(number=0xE0D, valid_until=until_at)))

    assert metric("certificate_expires_timestamp_seconds", key="0e0d") == until_at.timestamp()
    assert signer.health()[0].expires_soon
    assert not ring(Card()).health()[0].expires_soon


async def test_message_that_is_signed_already_reaches_no_key() -> None:
    card = Card()

    with pytest.raises(MessageAlreadySigned):
        await ring(card).sign(a_signed_message(), holder=DECLARANT)
    assert card.batches == []


async def test_key_that_fails_is_set_aside_and_another_takes_over() -> None:
    bad, good = Card(an_rsa_pair(number=0xBAD), faults=1000), Card(an_rsa_pair(number=0x60D))
    signer = KeyRing(
        [Place(bad, set_aside_first_s=60), place(good)], bound=Bound(batch_max=5), now=lambda: NOW
    )

    async with waiting(signer, 20) as tasks:
        done = await asyncio.gather(*tasks)

    assert len(done) == 20
    assert len(bad.batches) == 1
    assert [one.status for one in signer.health()] == [KeyStatus.SET_ASIDE, KeyStatus.READY]
    assert metric("key_usable", key="0bad") == 0
    assert metric("signatures_total", key="0bad", outcome="failed") == bad.batches[0]
    assert metric("signatures_total", key="060d", outcome="signed") == 20


async def test_key_is_tried_again_with_one_message_and_then_goes_on_as_before() -> None:
    card = Card(an_rsa_pair(number=0xA6A1), faults=2)
    card.may_go.clear()
    signer = ring(card, bound=Bound(batch_max=4, patience_s=30))

    async with waiting(signer, 9) as tasks:
        await until(lambda: all_wait(card, 9))
        card.may_go.set()
        await asyncio.gather(*tasks)

    failed, again, recovered, *rest = card.batches
    assert (again, recovered) == (1, 1)
    assert failed >= 1
    assert max(rest) == 4
    assert sum(rest) == 8
    assert metric("key_usable", key="a6a1") == 1


def test_key_rests_longer_after_every_failure_and_as_long_as_it_asks() -> None:
    one = Place(Card())
    pauses = []
    for _ in range(9):
        one.set_aside(None, now_s=100)
        pauses.append(one.pause_s(now_s=100))

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    one.set_aside(300, now_s=100)
    assert one.pause_s(now_s=100) == 300
    one.recover()
    one.set_aside(None, now_s=100)
    assert one.pause_s(now_s=100) == 1


async def test_wrong_signature_does_not_count() -> None:
    card = Card(an_rsa_pair(number=0xBA5E), is_wrong=True)
    signer = ring(card, bound=Bound(patience_s=0.2))

    with pytest.raises(SigningTimedOut):
        await signer.sign(BODY, holder=DECLARANT)
    assert metric("signatures_total", key="ba5e", outcome="signed") == 0
    card.is_wrong = False
    await signer.sign(BODY, holder=DECLARANT)


async def test_message_waits_no_longer_than_it_may_and_leaves_the_queue() -> None:
    card = Card()
    card.may_go.clear()
    signer = ring(card, bound=Bound(batch_max=1, patience_s=0.05))

    async with waiting(signer, 3) as tasks:
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(answer, SigningTimedOut) for answer in answers)
    assert metric("waiting_messages") == 0
    card.may_go.set()
    await signer.sign(BODY, holder=DECLARANT)


async def test_queue_is_bounded() -> None:
    card = Card()
    card.may_go.clear()
    signer = ring(card, bound=Bound(waiting_max=3, batch_max=1, patience_s=30))

    async with waiting(signer, 4):  # one is with the card
        await until(lambda: all_wait(card, 4))
        with pytest.raises(SignerBusy):
            await signer.sign(BODY, holder=DECLARANT)
        card.may_go.set()


async def test_distrusted_key_signs_nothing_until_it_is_trusted_again() -> None:
    card = Card(an_rsa_pair(number=0xD15))
    signer = ring(card)
    signer.distrust("0d15", "1004: the signature does not fit the data")

    with pytest.raises(NoUsableKey) as refused:
        await signer.sign(BODY, holder=DECLARANT)
    assert "1004" in str(refused.value)
    assert card.batches == []
    health = signer.health()[0]
    assert (health.status, health.reason is not None) == (KeyStatus.DISTRUSTED, True)
    assert metric("key_usable", key="0d15") == 0

    signer.trust("0d15")
    await signer.sign(BODY, holder=DECLARANT)
    assert metric("key_usable", key="0d15") == 1


async def test_what_a_key_returns_after_it_was_distrusted_is_discarded() -> None:
    card = Card(an_rsa_pair(number=0xD1C))
    card.may_go.clear()
    signer = ring(card, bound=Bound(batch_max=2, patience_s=30))

    async with waiting(signer, 5) as tasks:
        await until(lambda: all_wait(card, 5))
        signer.distrust("0d1c", "-621028")
        card.may_go.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(answer) for answer in answers] == [NoUsableKey] * 5
    assert metric("signatures_total", key="0d1c", outcome="signed") == 0
    assert metric("signatures_total", key="0d1c", outcome="discarded") == card.batches[0]


async def test_messages_of_a_distrusted_key_go_to_another_of_the_same_party() -> None:
    first, second = Card(an_rsa_pair(number=0x10)), Card(an_rsa_pair(number=0x11))
    first.may_go.clear()
    second.may_go.clear()
    signer = ring(first, second, bound=Bound(batch_max=1, patience_s=30))

    async with waiting(signer, 4) as tasks:
        await until(lambda: bool(first.batches and second.batches))
        signer.distrust("10", "1001")
        first.may_go.set()
        second.may_go.set()
        answers = await asyncio.gather(*tasks)

    assert {answer.key_name for answer in answers} == {"11"}


async def test_key_of_another_algorithm_takes_over(tmp_path: Path) -> None:
    pytest.importorskip("gmssl_pyx", reason="no GmSSL for this machine")
    first = Card(an_rsa_pair(number=0x10))
    first.may_go.clear()
    (tmp_path / "key").write_text(SM2_KEY)
    (tmp_path / "certificate").write_text(SM2_CERTIFICATE)
    second = sm2_key_in(tmp_path / "key", tmp_path / "certificate")
    now = second.certificate.valid_from
    signer = KeyRing([place(first), Place(second)], now=lambda: now)
    signer.distrust(second.certificate.number, "1002")

    async with waiting(signer, 2) as tasks:
        await until(lambda: all_wait(first, 2))
        signer.trust(second.certificate.number)
        signer.distrust("10", "1001")
        first.may_go.set()
        answers = await asyncio.gather(*tasks)

    assert {answer.algorithm for answer in answers} == {Algorithm.SM2_SM3}


async def test_stored_distrust_replaces_what_the_ring_knew() -> None:
    signer = ring(Card(an_rsa_pair(number=0x10)), Card(an_rsa_pair(number=0x11)))
    signer.distrust("10", "1001")
    signer.keep_distrusted({"11": "1002", "a key of before": "1003"})

    assert [one.reason for one in signer.health()] == [None, "1002"]
    assert (await signer.sign(BODY, holder=DECLARANT)).key_name == "10"


def test_bucket_gives_no_more_than_its_rate() -> None:
    bucket = TokenBucket(per_minute=240, burst=10)  # 4 a second
    taken = [bucket.take(10, now_s=now_s) for now_s in (0, 0, 0.25, 0.4, 0.5, 100)]

    assert taken == [10, 0, 1, 0, 1, 10]
    # In any stretch of time: what it holds and what it gains.
    bucket = TokenBucket(per_minute=60, burst=3)
    times = [number / 7 for number in range(700)]
    assert sum(bucket.take(5, now_s=now_s) for now_s in times) <= 3 + 100
    assert all(later > earlier for earlier, later in pairwise(times))


def test_bucket_says_when_to_ask_again() -> None:
    bucket = TokenBucket(per_minute=60, burst=1)
    assert bucket.take(1, now_s=5) == 1
    assert bucket.take(1, now_s=5.25) == 0
    assert bucket.wait_s == pytest.approx(0.75)
    assert bucket.take(1, now_s=5.25 + bucket.wait_s) == 1


async def test_key_with_a_rate_takes_only_what_its_bucket_gives() -> None:
    card = Card()
    signer = KeyRing([place(card, per_minute=6000)], now=lambda: NOW)

    async with waiting(signer, 5) as tasks:
        await asyncio.gather(*tasks)
    assert card.batches == [1, 1, 1, 1, 1]
