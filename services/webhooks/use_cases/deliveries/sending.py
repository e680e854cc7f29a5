"""The sender: claims due deliveries, signs and posts them, and hands the outcomes to the recorder.

Claiming, requests and recording run side by side. Claims and outcomes go to the database in
batches; requests do not wait for either. Leases run on real time: a second sender can work beside
this one, and takes over what a dead one had claimed.

A fault with one delivery becomes the outcome of that delivery. A fault of a loop ends the process:
half a sender would send everything again whenever a lease ends.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.webhooks.clients.http_sender import Post
from services.webhooks.clients.key_ring import KeyRing, KeyRingError
from services.webhooks.domain.deliveries import retry
from services.webhooks.domain.deliveries.answers import Answer
from services.webhooks.domain.deliveries.delivery import Claim
from services.webhooks.domain.deliveries.outcomes import Outcome
from services.webhooks.domain.deliveries.pacing import Pace
from services.webhooks.domain.deliveries.signature import signature_header
from services.webhooks.domain.endpoints.health import (
    DISABLE_AFTER,
    FAILURES_BEFORE_PAUSE,
)
from services.webhooks.repository import deliveries, endpoints
from services.webhooks.use_cases.deliveries.recorder import Recorder
from shared.db import Database, UnitOfWork
from shared.kernel.clock import Clock, real_now
from shared.kernel.errors import Unavailable
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from shared.kernel.tasks import keep_running
from shared.telemetry import get_logger, trace

_log = get_logger(__name__)

# Under load a short rest makes batches of claims and results large; alone, nobody waits for it.
_BUSY_REST_S: Final = 0.010
_QUIET_REST_S: Final = 0.002
_BUSY_IN_FLIGHT: Final = 16
_IDLE_POLL_S: Final = 0.25
_DATABASE_RETRY_S: Final = 0.5
_LAST_WORDS_S: Final = 1.0
_KNOWN_MAX: Final = 1_000


@dataclass(frozen=True)
class SendingPolicy:
    """`lease_s` is at least twice the request's timeout, so that a lease never ends while its
    request still runs.
    """

    timeout_s: float = 15.0
    lease_s: float = 60.0
    in_flight_max: int = 256
    per_endpoint_max: int = 64
    schedule_s: Sequence[float] = retry.SCHEDULE_S
    disable_after: timedelta = DISABLE_AFTER

    def __post_init__(self) -> None:
        if self.lease_s < 2 * self.timeout_s:
            raise ValueError("lease_s must be at least twice timeout_s")


@dataclass
class _Secrets:
    version: int
    live: list[tuple[bytes, datetime | None]] = field(repr=False)


class _SecretNotReadable(Exception):
    """None of the endpoint's secrets can be opened with the keys of this process."""

    def __init__(self) -> None:
        super().__init__("not sent: its secret cannot be read; rotate it, or tell the park")


class Sender:
    """`run(stop)`, and `wake()` after a commit that made deliveries."""

    def __init__(
        self,
        *,
        db: Database,
        post: Post,
        key_ring: KeyRing,
        clock: Clock,
        policy: SendingPolicy | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._db = db
        self._post = post
        self._key_ring = key_ring
        self._policy = policy or SendingPolicy()
        self._paces: dict[str, Pace] = {}
        self._secrets: dict[str, _Secrets] = {}
        self._in_flight: dict[asyncio.Task[None], Claim] = {}
        self._recorder = Recorder(
            db=db,
            clock=clock,
            rng=rng or random.Random(),
            schedule_s=self._policy.schedule_s,
            disable_after=self._policy.disable_after,
            rest_s=lambda: self._rest_s,
        )
        self._wake = asyncio.Event()
        self._expects_more = False

    def wake(self) -> None:
        self._wake.set()

    @property
    def _rest_s(self) -> float:
        return _BUSY_REST_S if len(self._in_flight) > _BUSY_IN_FLIGHT else _QUIET_REST_S

    async def run(self, stop: asyncio.Event, *, grace_s: float = 2.5) -> None:
        """Works until `stop`; the database being away only delays it.

        Then it claims nothing new, lets requests end within the grace and gives the rest back.
        """
        recorder = keep_running(self._recorder.run(), name="webhook-recorder")
        waker = asyncio.create_task(self._wake_on(stop))
        try:
            while not stop.is_set():
                await self._claim_and_start()
                await self._rest()
            await self._finish(grace_s)
        finally:
            await _ended([recorder, waker, *self._in_flight])

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.wake()

    async def _finish(self, grace_s: float) -> None:
        requests = dict(self._in_flight)
        if requests:
            await asyncio.wait(requests, timeout=grace_s)
        abandoned = [claim for task, claim in requests.items() if not task.done()]
        await _ended([task for task in requests if not task.done()])
        with suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S):
                await self._recorder.join()
                if abandoned:
                    async with self._db.transaction(PARK) as uow:
                        await deliveries.release(uow, abandoned, now=real_now())

    # claim

    async def _rest(self) -> None:
        """Until there may be something to claim: a wake-up, a finished request, or a poll."""
        await asyncio.sleep(self._rest_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(_IDLE_POLL_S):
                await self._wake.wait()
        self._wake.clear()

    async def _claim_and_start(self) -> None:
        free = self._policy.in_flight_max - len(self._in_flight)
        if free <= 0:
            self._expects_more = True
            return
        try:
            claims = await self._claim(free)
        except Unavailable as error:
            _log.warning("claiming waits for the database", reason=str(error), seldom=True)
            await asyncio.sleep(_DATABASE_RETRY_S)
            return
        for claim in claims:
            self._paces.setdefault(claim.endpoint_id, Pace()).started()
            task = asyncio.create_task(self._send(claim))
            self._in_flight[task] = claim
            task.add_done_callback(self._in_flight.pop)

    async def _claim(self, free: int) -> list[Claim]:
        now = real_now()
        self._forget_idle()
        known = {name: (pace.room, pace.in_flight) for name, pace in self._paces.items()}
        async with self._db.transaction(PARK) as uow:
            claims = await deliveries.claim_due(
                uow,
                claim_id=new_id("clm"),
                now=now,
                lease_ends_at=now + timedelta(seconds=self._policy.lease_s),
                free=free,
                room=Pace().room,
                room_max=self._policy.per_endpoint_max,
                failures_before_probe=FAILURES_BEFORE_PAUSE,
                known=known,
            )
            await self._learn_secrets(uow, claims, now=now)
        self._expects_more = bool(claims) or any(room == 0 for room, _ in known.values())
        return claims

    def _forget_idle(self) -> None:
        if len(self._paces) > _KNOWN_MAX:
            self._paces = {name: pace for name, pace in self._paces.items() if pace.in_flight}
            self._secrets = {name: self._secrets[name] for name in self._paces}

    async def _learn_secrets(
        self, uow: UnitOfWork, claims: Sequence[Claim], *, now: datetime
    ) -> None:
        """Rotating a secret raises the endpoint's version; the cache holds as long as that."""
        versions = {claim.endpoint_id: claim.endpoint_version for claim in claims}
        missing = [
            endpoint_id
            for endpoint_id, version in versions.items()
            if (known := self._secrets.get(endpoint_id)) is None or known.version != version
        ]
        if not missing:
            return
        self._secrets |= {name: _Secrets(versions[name], []) for name in missing}
        for row in await endpoints.live_secrets(uow, endpoint_ids=missing, now=now):
            try:
                secret = self._key_ring.open(row.secret, bound_to=row.endpoint_id)
            except KeyRingError as error:
                _log.error("a secret cannot be opened", reason=str(error))
                continue
            self._secrets[row.endpoint_id].live.append((secret, row.expires_at))

    # send

    async def _send(self, claim: Claim) -> None:
        is_success: bool | None = None
        try:
            answer = await self._answer_to(claim)
            if answer.is_about_endpoint:
                is_success = answer.is_success
            self._recorder.put(Outcome(claim, answer))
        finally:
            self._paces[claim.endpoint_id].ended(
                is_success=is_success, limit_max=self._policy.per_endpoint_max
            )
            if self._expects_more:
                self.wake()

    async def _answer_to(self, claim: Claim) -> Answer:
        started_at = real_now()
        try:
            return await self._post(claim.url, headers=self._headers(claim), body=claim.body)
        except _SecretNotReadable as error:  # logged when it was learnt
            return Answer.not_sent(str(error), at=started_at)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this delivery's outcome
            _log.error("a delivery cannot be sent", delivery=claim.id, exc_info=error)
            return Answer.not_sent("an error inside the park", at=started_at)

    def _headers(self, claim: Claim) -> dict[str, str]:
        """Raises _SecretNotReadable."""
        now = real_now()
        secrets = [
            secret
            for secret, expires_at in self._secrets[claim.endpoint_id].live
            if expires_at is None or expires_at > now
        ]
        if not secrets:
            raise _SecretNotReadable
        timestamp_s = int(now.timestamp())
        return {
            "webhook-id": claim.event_id,
            "webhook-timestamp": str(timestamp_s),
            "webhook-signature": signature_header(
                secrets, message_id=claim.event_id, timestamp_s=timestamp_s, body=claim.body
            ),
            "traceparent": trace.continued(claim.traceparent).traceparent,
        }


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
