"""Two times. Business time comes from a `Clock` and may run fast in the sandbox; real time is for
tokens, timeouts, leases and metrics. Nothing else in the project asks the machine for the time.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


def real_now() -> datetime:
    """Aware UTC wall-clock time of the machine."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def real_time_ms() -> int:
    return time.time_ns() // 1_000_000


def monotonic_s() -> float:
    return time.monotonic()


class Clock(Protocol):
    """Business time: what orders, cut-offs, flights and events are dated by."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def real_seconds(self, business: timedelta) -> float:
        """How long to wait, really, for that much business time to pass."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """Business time = epoch + (real - anchor) x rate. Rate 1 without an epoch is plain real time.

    Every process of a park gets the same three values, so all agree to the millisecond.
    """

    rate: float = 1.0
    epoch: datetime | None = None
    anchor: datetime | None = None

    def now(self) -> datetime:
        if self.epoch is None or self.anchor is None:
            return real_now()
        return self.epoch + (real_now() - self.anchor) * self.rate

    def real_seconds(self, business: timedelta) -> float:
        return business.total_seconds() / self.rate


def clock_from_env(env: Mapping[str, str] = os.environ) -> SystemClock:
    """Reads AIRLANE_CLOCK_RATE, AIRLANE_CLOCK_EPOCH and AIRLANE_CLOCK_ANCHOR (ISO instants).

    A rate other than 1 needs both instants: processes that disagree about "now" are worse than
    a slow demo. Raises ValueError with the variable at fault.
    """
    rate = float(env.get("AIRLANE_CLOCK_RATE", "1"))
    epoch, anchor = env.get("AIRLANE_CLOCK_EPOCH"), env.get("AIRLANE_CLOCK_ANCHOR")
    if rate <= 0:
        raise ValueError("AIRLANE_CLOCK_RATE must be above 0")
    if not epoch or not anchor:
        if rate != 1:
            raise ValueError(
                "AIRLANE_CLOCK_RATE needs AIRLANE_CLOCK_EPOCH and AIRLANE_CLOCK_ANCHOR"
            )
        return SystemClock()
    return SystemClock(rate=rate, epoch=_instant(epoch), anchor=_instant(anchor))


def _instant(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text} has no offset; write an aware instant, e.g. 2026-11-22T00:00:00Z")
    return value.astimezone(UTC)
