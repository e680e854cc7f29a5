"""What the answers to a batch of requests change: the deliveries, the log of attempts, and the
health of the endpoints, up to giving one up.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.webhooks.domain.deliveries.answers import Answer, Result
from services.webhooks.domain.deliveries.delivery import Claim, DeliveryStatus
from services.webhooks.domain.deliveries.retry import next_attempt_at, parse_retry_after
from services.webhooks.domain.endpoints.health import (
    GONE,
    THROTTLING,
    Health,
    health_after_failure,
    is_given_up,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    claim: Claim
    answer: Answer

    @property
    def ended_at(self) -> datetime:
        return self.answer.started_at + timedelta(milliseconds=self.answer.duration_ms)

    @property
    def retry_after_s(self) -> float | None:
        return parse_retry_after(self.answer.retry_after, self.ended_at)


@dataclass(frozen=True, slots=True)
class RecordedAttempt:
    """An attempt as it is logged, and where it leaves its delivery."""

    id: str
    claim_id: str
    tenant_id: str
    number: int
    status: DeliveryStatus
    due_at: datetime
    failures: int
    finished_at: datetime | None
    started_at: datetime
    duration_ms: int
    result: Result
    status_code: int | None
    error: str | None
    answer_excerpt: str | None


@dataclass(frozen=True, slots=True)
class HealthChanges:
    """`changed`: endpoint → its new health; `given_up`: endpoint → why it is to be disabled."""

    changed: Mapping[str, Health]
    given_up: Mapping[str, str]


def recorded_attempt(
    outcome: Outcome, *, schedule_s: Sequence[float], rng: random.Random
) -> RecordedAttempt:
    claim, answer, ended_at = outcome.claim, outcome.answer, outcome.ended_at
    failures = claim.failures + (not answer.is_success)
    due_at: datetime | None = None
    status = DeliveryStatus.DELIVERED
    if not answer.is_success:
        due_at = next_attempt_at(
            failures=failures,
            retry_after_s=outcome.retry_after_s,
            now=ended_at,
            rng=rng,
            schedule_s=schedule_s,
        )
        status = DeliveryStatus.PENDING if due_at else DeliveryStatus.FAILED
    return RecordedAttempt(
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
        result=answer.result,
        status_code=answer.status_code,
        error=answer.error,
        answer_excerpt=answer.excerpt,
    )


def endpoints_concerned(outcomes: Iterable[Outcome]) -> list[str]:
    """Those whose health may change, sorted: all that failed, or were failing and may be well."""
    return sorted(
        {
            outcome.claim.endpoint_id
            for outcome in outcomes
            if outcome.answer.is_about_endpoint
            and (not outcome.answer.is_success or outcome.claim.is_endpoint_failing)
        }
    )


def health_changes(
    before: Mapping[str, Health], outcomes: Iterable[Outcome], *, disable_after: timedelta
) -> HealthChanges:
    """In the order in which the requests ended. `before`: the endpoints concerned."""
    after = dict(before)
    given_up: dict[str, str] = {}
    about_endpoints = [outcome for outcome in outcomes if outcome.answer.is_about_endpoint]
    for outcome in sorted(about_endpoints, key=lambda o: o.ended_at):
        endpoint_id = outcome.claim.endpoint_id
        if endpoint_id not in after:
            continue
        health = after[endpoint_id] = _health_after(after[endpoint_id], outcome)
        if outcome.answer.status_code == GONE:
            given_up[endpoint_id] = "answered 410 Gone"
        elif is_given_up(health, now=outcome.ended_at, disable_after=disable_after):
            since = f"{health.failing_since:%Y-%m-%d %H:%M}Z"
            given_up.setdefault(endpoint_id, f"failing since {since}")
    changed = {name: health for name, health in after.items() if health != before[name]}
    return HealthChanges(changed, given_up)


def _health_after(health: Health, outcome: Outcome) -> Health:
    if outcome.answer.is_success:
        return Health()
    return health_after_failure(
        health,
        now=outcome.ended_at,
        throttled=outcome.answer.status_code in THROTTLING,
        retry_after_s=outcome.retry_after_s,
    )
