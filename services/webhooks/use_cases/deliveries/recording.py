"""Recording the outcomes of a batch of requests."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from services.webhooks.domain.deliveries.outcomes import (
    Outcome,
    endpoints_concerned,
    health_changes,
    recorded_attempt,
)
from services.webhooks.repository import deliveries, endpoints
from services.webhooks.use_cases import metrics
from services.webhooks.use_cases.endpoints import disable_endpoint
from shared.db import UnitOfWork


async def record_outcomes(
    uow: UnitOfWork,
    *,
    outcomes: Sequence[Outcome],
    schedule_s: Sequence[float],
    disable_after: timedelta,
    now: datetime,
    real_now: datetime,
    rng: random.Random,
) -> None:
    """One statement for all, and two more only if the health of an endpoint changes."""
    attempts = [recorded_attempt(o, schedule_s=schedule_s, rng=rng) for o in outcomes]
    await deliveries.record_attempts(uow, attempts)
    if concerned := endpoints_concerned(outcomes):
        before = await endpoints.lock_health(uow, endpoint_ids=concerned)
        changes = health_changes(before, outcomes, disable_after=disable_after)
        if changes.changed:
            await endpoints.save_health(uow, changes.changed)
        for endpoint_id, reason in changes.given_up.items():
            await disable_endpoint(
                uow, endpoint_id=endpoint_id, reason=reason, now=now, real_now=real_now
            )


def count_outcomes(outcomes: Sequence[Outcome]) -> None:
    """In the metrics. After the commit, so that a batch that is repeated is not counted twice."""
    for result, count in Counter(outcome.answer.result for outcome in outcomes).items():
        metrics.ATTEMPTS.labels(result.value).inc(count)
    for outcome in outcomes:
        if outcome.answer.is_success:
            waited = outcome.ended_at - outcome.claim.received_at
            metrics.DELIVERY_SECONDS.observe(max(waited.total_seconds(), 0.0))
