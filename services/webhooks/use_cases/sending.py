"""The sender: claims due deliveries, signs and posts them, records what came of it.

Three loops share one process: claim, one task per request, record. Claims and results go to the
database in batches; requests do not wait for either. Leases run on real time, so a second sender
may work beside this one and takes over what a dead one had claimed.
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
from services.webhooks.domain import retry
from services.webhooks.domain.pacing import Pace
from services.webhooks.domain.signature import signature_header
from services.webhooks.repository import deliveries, endpoints
from services.webhooks.repository.deliveries import Claim
from services.webhooks.use_cases.recording import Outcome, count_outcomes, record_outcomes
from shared.db import Database, UnitOfWork
from shared.kernel.clock import Clock, real_now
from shared.kernel.errors import Unavailable
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from shared.telemetry import get_logger, trace

_log = get_logger(__name__)

# Under load a short rest makes batches of claims and results large; alone, nobody waits for it.
_BUSY_REST_S: Final = 0.010
_QUIET_REST_S: Final = 0.002
_BUSY_IN_FLIGHT: Final = 16
_IDLE_POLL_S: Final = 0.25
_DATABASE_RETRY_S: Final = 0.5
_RECORDS_MOST: Final = 500
_LAST_WORDS_S: Final = 1.0
_KNOWN_MOST: Final = 1_000


@dataclass(frozen=True)
class SendingPolicy:
    """`lease_s` must be at least twice the request's timeout: a lease never ends under a request
    that still runs."""

    timeout_s: float = 15.0
    lease_s: float = 60.0
    in_flight_most: int = 256
    per_endpoint_most: int = 64
    schedule_s: Sequence[float] = retry.SCHEDULE_S
    disable_after: timedelta = retry.DISABLE_AFTER

    def __post_init__(self) -> None:
        if self.lease_s < 2 * self.timeout_s:
            raise ValueError("lease_s must be at least twice timeout_s")


@dataclass
class _Secrets:
    version: int
    live: list[tuple[bytes, datetime | None]] = field(repr=False)


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
        self._clock = clock
        self._policy = policy or SendingPolicy()
        self._rng = rng or random.Random()
        self._paces: dict[str, Pace] = {}
        self._secrets: dict[str, _Secrets] = {}
        self._in_flight: dict[asyncio.Task[None], Claim] = {}
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
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
        recorder = asyncio.create_task(self._record_forever(), name="webhook-recorder")
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
                await self._outcomes.join()
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
        free = self._policy.in_flight_most - len(self._in_flight)
        if free <= 0:
            self._expects_more = True
            return
        try:
            claims = await self._claim(free)
        except Unavailable as error:
            _log.warning("claiming waits for the database", reason=str(error))
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
                room_most=self._policy.per_endpoint_most,
                failures_before_probe=retry.FAILURES_BEFORE_PAUSE,
                known=known,
            )
            await self._learn_secrets(uow, claims, now=now)
        self._expects_more = bool(claims) or any(room == 0 for room, _ in known.values())
        return claims

    def _forget_idle(self) -> None:
        if len(self._paces) > _KNOWN_MOST:
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
            headers = self._headers(claim)
            if headers is None:
                return  # our own fault, logged; the lease ends and it is tried again
            answer = await self._post(claim.url, headers=headers, body=claim.body)
            is_success = answer.is_success
            self._outcomes.put_nowait(Outcome(claim, answer))
        finally:
            self._paces[claim.endpoint_id].ended(
                is_success=is_success, most=self._policy.per_endpoint_most
            )
            if self._expects_more:
                self.wake()

    def _headers(self, claim: Claim) -> dict[str, str] | None:
        now = real_now()
        secrets = [
            secret
            for secret, expires_at in self._secrets[claim.endpoint_id].live
            if expires_at is None or expires_at > now
        ]
        if not secrets:
            return None
        timestamp_s = int(now.timestamp())
        return {
            "webhook-id": claim.event_id,
            "webhook-timestamp": str(timestamp_s),
            "webhook-signature": signature_header(
                secrets, message_id=claim.event_id, timestamp_s=timestamp_s, body=claim.body
            ),
            "traceparent": trace.continued(claim.traceparent).traceparent,
        }

    # record

    async def _record_forever(self) -> None:
        while True:
            first = await self._outcomes.get()
            await asyncio.sleep(self._rest_s)
            outcomes = [first, *self._taken()]
            await self._record_patiently(outcomes)
            for _ in outcomes:
                self._outcomes.task_done()

    async def _record_patiently(self, outcomes: Sequence[Outcome]) -> None:
        """Until it is recorded: nothing is claimed meanwhile either, so no more than the requests
        under way can pile up."""
        while True:
            try:
                return await self._record(outcomes)
            except Unavailable as error:
                _log.warning("recording waits for the database", reason=str(error))
                await asyncio.sleep(_DATABASE_RETRY_S)

    async def _record(self, outcomes: Sequence[Outcome]) -> None:
        async with self._db.transaction(PARK) as uow:
            await record_outcomes(
                uow,
                outcomes=outcomes,
                schedule_s=self._policy.schedule_s,
                disable_after=self._policy.disable_after,
                business_now=self._clock.now(),
                rng=self._rng,
            )
        count_outcomes(outcomes)

    def _taken(self) -> list[Outcome]:
        taken: list[Outcome] = []
        while len(taken) < _RECORDS_MOST and not self._outcomes.empty():
            taken.append(self._outcomes.get_nowait())
        return taken


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
