"""What a batch of answers changes: the deliveries, the attempts log, the endpoints' health."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.webhooks import events
from services.webhooks.domain import retry
from services.webhooks.domain.delivery import Answer, DeliveryStatus
from services.webhooks.domain.endpoint import EndpointStatus
from services.webhooks.repository import deliveries, endpoints
from services.webhooks.repository.deliveries import AttemptRecord, Claim
from services.webhooks.use_cases import metrics
from shared.db import UnitOfWork


@dataclass(frozen=True)
class Outcome:
    claim: Claim
    answer: Answer

    @property
    def ended_at(self) -> datetime:
        return self.answer.started_at + timedelta(milliseconds=self.answer.duration_ms)

    @property
    def retry_after_s(self) -> float | None:
        return retry.parse_retry_after(self.answer.retry_after, self.ended_at)


async def record_outcomes(
    uow: UnitOfWork,
    *,
    outcomes: Sequence[Outcome],
    schedule_s: Sequence[float],
    disable_after: timedelta,
    business_now: datetime,
    rng: random.Random,
) -> None:
    """One statement for all, and two more only if some endpoint's health changes."""
    await deliveries.record_attempts(
        uow, [_attempt(outcome, schedule_s=schedule_s, rng=rng) for outcome in outcomes]
    )
    await _update_health(
        uow,
        outcomes=[outcome for outcome in outcomes if outcome.answer.is_about_endpoint],
        disable_after=disable_after,
        business_now=business_now,
    )


def count_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Metrics; after the commit, so that a repeated batch is not counted twice."""
    for result, count in Counter(outcome.answer.result for outcome in outcomes).items():
        metrics.ATTEMPTS.labels(result.value).inc(count)
    for outcome in outcomes:
        if outcome.answer.is_success:
            waited = outcome.ended_at - outcome.claim.received_at
            metrics.DELIVERY_SECONDS.observe(max(waited.total_seconds(), 0.0))


def _attempt(outcome: Outcome, *, schedule_s: Sequence[float], rng: random.Random) -> AttemptRecord:
    claim, answer, ended_at = outcome.claim, outcome.answer, outcome.ended_at
    failures = claim.failures + (not answer.is_success)
    due_at: datetime | None = None
    status = DeliveryStatus.DELIVERED
    if not answer.is_success:
        due_at = retry.next_attempt_at(
            failures=failures,
            retry_after_s=outcome.retry_after_s,
            now=ended_at,
            rng=rng,
            schedule_s=schedule_s,
        )
        status = DeliveryStatus.PENDING if due_at else DeliveryStatus.FAILED
    return AttemptRecord(
        id=claim.id,
        claim_id=claim.claim_id,
        tenant_id=claim.tenant_id,
        number=claim.number,
        status=status,
        due_at=due_at or ended_at,
        failures=failures,
        finished_at=None if status is DeliveryStatus.PENDING else ended_at,
        started_at=answer.started_at,
        duration_ms=answer.duration_ms,
        result=answer.result.value,
        status_code=answer.status_code,
        error=answer.error,
        answer_excerpt=answer.excerpt,
    )


async def _update_health(
    uow: UnitOfWork,
    *,
    outcomes: Sequence[Outcome],
    disable_after: timedelta,
    business_now: datetime,
) -> None:
    concerned = sorted(
        {
            outcome.claim.endpoint_id
            for outcome in outcomes
            if not outcome.answer.is_success or outcome.claim.is_endpoint_failing
        }
    )
    if not concerned:
        return
    before = await endpoints.lock_health(uow, endpoint_ids=concerned)
    after = dict(before)
    given_up: dict[str, str] = {}
    for outcome in sorted(outcomes, key=lambda o: o.ended_at):
        endpoint_id = outcome.claim.endpoint_id
        if endpoint_id not in after:
            continue
        after[endpoint_id] = _health_after(after[endpoint_id], outcome)
        if outcome.answer.status_code == retry.GONE:
            given_up[endpoint_id] = "answered 410 Gone"
        elif retry.is_given_up(
            after[endpoint_id], now=outcome.ended_at, disable_after=disable_after
        ):
            given_up.setdefault(
                endpoint_id, f"failing since {after[endpoint_id].failing_since:%Y-%m-%d %H:%M}Z"
            )
    changed = {name: health for name, health in after.items() if health != before[name]}
    if changed:
        await endpoints.save_health(uow, changed)
    for endpoint_id, reason in given_up.items():
        await _disable(uow, endpoint_id=endpoint_id, reason=reason, business_now=business_now)


def _health_after(health: retry.Health, outcome: Outcome) -> retry.Health:
    if outcome.answer.is_success:
        return retry.Health()
    return retry.health_after_failure(
        health,
        now=outcome.ended_at,
        throttled=outcome.answer.status_code in retry.THROTTLING,
        retry_after_s=outcome.retry_after_s,
    )


async def _disable(
    uow: UnitOfWork, *, endpoint_id: str, reason: str, business_now: datetime
) -> None:
    disabled = await endpoints.disable_endpoint(
        uow, endpoint_id=endpoint_id, reason=reason, now=business_now
    )
    if disabled is None:
        return
    tenant_id, event_number = disabled
    uow.outbox.add(
        events.endpoint_status_changed(
            endpoint_id=endpoint_id, status=EndpointStatus.DISABLED, reason=reason
        ),
        subject=endpoint_id,
        version=event_number,
        at=business_now,
        tenant_id=tenant_id,
    )
