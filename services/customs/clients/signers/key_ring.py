"""The signer of a park: several keys side by side, each as fast as it may, none of them trusted
blindly.

Messages wait in one queue. Each key takes the oldest that are its holder's, a batch at a time and
no more than its rate allows. What a key returns is checked with its certificate before it counts. A
key that fails is set aside for 1, 2, 4 … 60 s while the others go on, and then tried with a single
message. A distrusted key signs nothing until it is trusted again.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from services.customs.clients.signers import metrics
from services.customs.clients.signers.holding import Bound, KeyHealth, Place, Request
from services.customs.clients.signers.keys import KeyFailed
from services.customs.domain.messages.parties import Party
from services.customs.domain.messages.signing.certificate import Certificate
from services.customs.domain.messages.signing.errors import (
    NoKeyOfParty,
    NoUsableKey,
    SignerBusy,
    SigningTimedOut,
)
from services.customs.domain.messages.signing.holder import holder_differences
from services.customs.domain.messages.signing.signature import (
    Signature,
    ToSign,
    prepare,
    signature_of,
)
from shared.kernel.clock import Now, monotonic_s, real_now
from shared.telemetry import get_logger

log = get_logger(__name__)

DEFAULT_BOUND: Final = Bound()


class KeyRing:
    """A Signer. It lives in one event loop, and needs no closing: it has tasks only while messages
    wait.
    """

    def __init__(
        self, places: Sequence[Place], *, bound: Bound = DEFAULT_BOUND, now: Now = real_now
    ) -> None:
        self._places = tuple(places)
        self._bound = bound
        self._now = now
        self._waiting: deque[Request] = deque()
        self._distrusted: dict[str, str] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        for place in self._places:
            _say_what_it_is(place, now=now())

    async def sign(self, body: str, *, holder: Party) -> Signature:
        places = self._places_of(holder)
        if len(self._waiting) >= self._bound.waiting_max:
            raise SignerBusy(waiting=len(self._waiting))
        # Of all keys of the party: whichever may sign when it is this message's turn.
        algorithms = {place.algorithm for place in self._own_places(holder)}
        prepared = await asyncio.to_thread(lambda: {one: prepare(body, one) for one in algorithms})
        request = Request(holder, prepared, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        try:
            self._serve(places)
            async with asyncio.timeout(self._bound.patience_s):
                return await request.answer
        except TimeoutError as error:
            metrics.GIVEN_UP.inc()
            raise SigningTimedOut(seconds=f"{self._bound.patience_s:g}") from error
        finally:
            request.answer.cancel()  # whatever the reason: nobody waits for it any more
            self._count_waiting()

    def distrust(self, key_name: str, reason: str) -> None:
        """Customs found fault with its signatures: it signs nothing until `trust`. What waits for
        it alone is refused at once.
        """
        self.keep_distrusted({**self._distrusted, key_name: reason})

    def trust(self, key_name: str) -> None:
        """An operator has seen to it."""
        self.keep_distrusted({n: r for n, r in self._distrusted.items() if n != key_name})

    def keep_distrusted(self, reasons: Mapping[str, str]) -> None:
        """All keys that are distrusted, by name, and why: as they are stored. Others are
        trusted.
        """
        for name in reasons.keys() - self._distrusted.keys():
            log.error("signing key distrusted", key=name, reason=reasons[name])
        for name in self._distrusted.keys() - reasons.keys():
            log.warning("signing key trusted again", key=name)
        self._distrusted = dict(reasons)
        for place in self._places:
            self._show(place)
        for request in list(self._waiting):
            try:
                self._serve(self._places_of(request.holder))
            except NoUsableKey as refusal:
                request.refuse(refusal)

    def has_key_of(self, party: Party) -> bool:
        return bool(self._own_places(party))

    def health(self) -> tuple[KeyHealth, ...]:
        return tuple(
            place.health(self._distrusted.get(place.name), now=self._now(), now_s=monotonic_s())
            for place in self._places
        )

    def _places_of(self, holder: Party) -> list[Place]:
        """Of the keys that may sign for this party. Raises NoKeyOfParty or NoUsableKey."""
        own = self._own_places(holder)
        if not own:
            raise NoKeyOfParty(name=holder.name, code=holder.code, reason=self._holders())
        usable = [place for place in own if self._hindrance(place) is None]
        if not usable:
            reason = "; ".join(f"{place.name}: {self._hindrance(place)}" for place in own)
            raise NoUsableKey(name=holder.name, reason=reason)
        return usable

    def _own_places(self, holder: Party) -> list[Place]:
        return [p for p in self._places if not holder_differences(p.key.certificate, holder)]

    def _holders(self) -> str:
        certificates = [place.key.certificate for place in self._places]
        named = dict.fromkeys(f"{one.holder_name} ({one.holder_code})" for one in certificates)
        return f"the keys are those of {', '.join(named)}" if named else "there is no key"

    def _hindrance(self, place: Place) -> str | None:
        """Why a key may not sign at all. One that is set aside may: later."""
        if (reason := self._distrusted.get(place.name)) is not None:
            return f"distrusted ({reason})"
        certificate = place.key.certificate
        if certificate.is_valid_at(self._now()):
            return None
        return f"valid from {certificate.valid_from:%Y-%m-%d} to {certificate.valid_until:%Y-%m-%d}"

    def _serve(self, places: Iterable[Place]) -> None:
        """Starts those that do not work yet."""
        for place in places:
            task = self._tasks.get(place.name)
            if task is None or task.done():
                work = self._work(place)
                self._tasks[place.name] = asyncio.create_task(work, name=f"key {place.name}")
        self._count_waiting()

    async def _work(self, place: Place) -> None:
        while self._hindrance(place) is None and (wanted := len(self._for(place))):
            pause_s = place.pause_s(now_s=monotonic_s())
            if pause_s > 0:
                await asyncio.sleep(pause_s)
                continue
            count = place.may_take(min(wanted, self._bound.batch_max), now_s=monotonic_s())
            if count:
                await self._sign_batch(place, self._take(place, count))
            else:
                await asyncio.sleep(place.rate_pause_s)

    def _for(self, place: Place) -> list[Request]:
        self._count_waiting()
        return [request for request in self._waiting if place.fits(request)]

    def _take(self, place: Place, count: int) -> list[Request]:
        batch = self._for(place)[:count]
        for request in batch:
            self._waiting.remove(request)
        self._count_waiting()
        return batch

    async def _sign_batch(self, place: Place, batch: Sequence[Request]) -> None:
        certificate = place.key.certificate
        to_sign = [request.prepared[place.algorithm] for request in batch]
        start_s = monotonic_s()
        try:
            values = await place.key.sign([one.signed_info for one in to_sign])
            await asyncio.to_thread(_check, certificate, to_sign, values)
        except KeyFailed as failure:
            log.warning("signing key failed", key=place.name, reason=str(failure), seldom=True)
            self._failed(place, batch, retry_after_s=failure.retry_after_s)
            return
        except Exception:
            log.exception("signing key failed", key=place.name, seldom=True)
            self._failed(place, batch, retry_after_s=None)
            return
        finally:
            metrics.SIGNING_SECONDS.labels(place.name).observe(monotonic_s() - start_s)
        if place.name in self._distrusted:  # meanwhile
            self._back("discarded", place, batch)
            return
        place.recover()
        self._show(place)
        at = self._now()
        metrics.SIGNATURES.labels(place.name, "signed").inc(len(batch))
        for request, one, value in zip(batch, to_sign, values, strict=True):
            request.settle(
                signature_of(one, value, certificate=certificate, at=at, is_test=place.key.is_test)
            )

    def _failed(
        self, place: Place, batch: Sequence[Request], *, retry_after_s: float | None
    ) -> None:
        place.set_aside(retry_after_s, now_s=monotonic_s())
        self._show(place)
        self._back("failed", place, batch)

    def _back(self, outcome: str, place: Place, batch: Sequence[Request]) -> None:
        """To the head of the queue, for whichever key is first."""
        metrics.SIGNATURES.labels(place.name, outcome).inc(len(batch))
        for request in reversed(batch):
            self._waiting.appendleft(request)
        for request in batch:
            try:
                self._serve(self._places_of(request.holder))
            except NoUsableKey as refusal:
                request.refuse(refusal)

    def _count_waiting(self) -> None:
        if any(request.answer.done() for request in self._waiting):
            self._waiting = deque(one for one in self._waiting if not one.answer.done())
        metrics.WAITING.set(len(self._waiting))

    def _show(self, place: Place) -> None:
        is_usable = place.failures == 0 and place.name not in self._distrusted
        metrics.KEY_USABLE.labels(place.name).set(is_usable)


def _check(certificate: Certificate, to_sign: Sequence[ToSign], values: Sequence[bytes]) -> None:
    """Raises KeyFailed."""
    for one, value in zip(to_sign, values, strict=True):
        if not certificate.public_key.is_valid(one.signed_info, value):
            raise KeyFailed("what it returned is not its signature")


def _say_what_it_is(place: Place, *, now: datetime) -> None:
    certificate = place.key.certificate
    until = certificate.valid_until
    metrics.CERTIFICATE_EXPIRES.labels(place.name).set(until.timestamp())
    metrics.KEY_USABLE.labels(place.name).set(1)
    for outcome in metrics.OUTCOMES:
        metrics.SIGNATURES.labels(place.name, outcome)
    facts = {"key": place.name, "holder": certificate.holder_name, "valid_until": str(until)}
    if place.key.is_test:
        log.warning("signing with a test key: customs will not accept it", **facts)
    elif certificate.expires_soon_at(now):
        log.warning("signing key expires soon", **facts)
    else:
        log.info("signing key", **facts)
