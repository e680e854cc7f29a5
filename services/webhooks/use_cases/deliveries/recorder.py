"""The recorder: collects the outcomes of requests and records many at a time.

An outcome that cannot be recorded is found by halving its batch, so that it costs the others
nothing but time. While the database is unavailable everything waits.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from services.webhooks.domain.deliveries.answers import Result
from services.webhooks.domain.deliveries.outcomes import Outcome
from services.webhooks.use_cases import metrics
from services.webhooks.use_cases.deliveries.recording import count_outcomes, record_outcomes
from shared.db import Database
from shared.kernel.clock import Clock, real_now
from shared.kernel.errors import Unavailable
from shared.kernel.identity import PARK
from shared.telemetry import get_logger

_log = get_logger(__name__)

_DATABASE_RETRY_S: Final = 0.5
_BATCH_MAX: Final = 500


class Recorder:
    """`put(outcome)`; `run()` records until it is cancelled; `join()` waits until all is recorded.

    `rest_s` says how long to collect outcomes before they are recorded together.
    """

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        rng: random.Random,
        schedule_s: Sequence[float],
        disable_after: timedelta,
        rest_s: Callable[[], float],
    ) -> None:
        self._db = db
        self._clock = clock
        self._rng = rng
        self._schedule_s = schedule_s
        self._disable_after = disable_after
        self._rest_s = rest_s
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()

    def put(self, outcome: Outcome) -> None:
        self._outcomes.put_nowait(outcome)

    async def join(self) -> None:
        await self._outcomes.join()

    async def run(self) -> None:
        while True:
            first = await self._outcomes.get()
            await asyncio.sleep(self._rest_s())
            outcomes = [first, *self._taken()]
            await self._record(outcomes)
            for _ in outcomes:
                self._outcomes.task_done()

    async def _record(self, outcomes: Sequence[Outcome]) -> None:
        """Waits for the database; halves the batch for any other fault."""
        try:
            await self._record_patiently(outcomes)
        except Exception as error:  # noqa: BLE001 - one outcome must not take the others with it
            middle = len(outcomes) // 2
            if middle:
                await self._record(outcomes[:middle])
                await self._record(outcomes[middle:])
            else:
                await self._record_bare(outcomes[0], error)

    async def _record_bare(self, outcome: Outcome, error: Exception) -> None:
        """Without the receiver's text. If that fails, too, the delivery is sent again later."""
        _log.error("an outcome cannot be recorded", delivery=outcome.claim.id, exc_info=error)
        try:
            await self._record_patiently(
                [replace(outcome, answer=outcome.answer.without_foreign_text())]
            )
        except Exception as second_error:  # noqa: BLE001 - see above
            metrics.ATTEMPTS.labels(Result.INTERNAL_ERROR.value).inc()
            _log.error(
                "an outcome is lost: its delivery is sent again when the lease ends",
                delivery=outcome.claim.id,
                exc_info=second_error,
            )

    async def _record_patiently(self, outcomes: Sequence[Outcome]) -> None:
        """Until it is recorded. Nothing is claimed meanwhile: no more outcomes pile up than there
        are requests under way.
        """
        while True:
            try:
                return await self._record_once(outcomes)
            except Unavailable as error:
                _log.warning("recording waits for the database", reason=str(error), seldom=True)
                await asyncio.sleep(_DATABASE_RETRY_S)

    async def _record_once(self, outcomes: Sequence[Outcome]) -> None:
        async with self._db.transaction(PARK) as uow:
            await record_outcomes(
                uow,
                outcomes=outcomes,
                schedule_s=self._schedule_s,
                disable_after=self._disable_after,
                now=self._clock.now(),
                real_now=real_now(),
                rng=self._rng,
            )
        count_outcomes(outcomes)

    def _taken(self) -> list[Outcome]:
        taken: list[Outcome] = []
        while len(taken) < _BATCH_MAX and not self._outcomes.empty():
            taken.append(self._outcomes.get_nowait())
        return taken
