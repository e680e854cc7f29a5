"""Whether messages may leave by a door. A door that fails is opened like a circuit breaker: nothing
passes, until one message has tried the way and got through. It takes as long as the outage takes:
nothing is given up here.

    closed ──failures in a row──► open ──back-off──► half_open ──the probe got through──► closed
                                   ▲                     │ it failed: twice the back-off
                                   └─────────────────────┘

All instants are real time. A person can hold a door open; then only a person closes it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

FAILURES_MAX: Final = 5
BACKOFF_MIN: Final = timedelta(seconds=1)
BACKOFF_MAX: Final = timedelta(seconds=60)
# A probe that has not been answered by then was lost, perhaps with its worker.
PROBE_MAX: Final = timedelta(seconds=60)
_ERROR_CHARS_MAX: Final = 500


class DoorStatus(StrEnum):
    """The words of a circuit: closed lets pass, open does not, half_open lets one pass."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Permission(StrEnum):
    """all: any number may leave · probe: one, which decides · none."""

    ALL = "all"
    PROBE = "probe"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Breaker:
    """`failures`: of the door, in a row. `probe_at`: when the next probe may leave; while one is on
    its way, until when it has to be answered. `backoff`: between the last failure and the probe.
    """

    status: DoorStatus = DoorStatus.CLOSED
    is_held: bool = False
    failures: int = 0
    opened_at: datetime | None = None
    probe_at: datetime | None = None
    backoff: timedelta = timedelta()
    last_error: str | None = None

    def may_deliver(self, now: datetime) -> Permission:
        if self.status is DoorStatus.CLOSED:
            return Permission.ALL
        if self.is_held or not self._is_due(now):
            return Permission.NONE
        return Permission.PROBE

    def _is_due(self, now: datetime) -> bool:
        if self.probe_at is None or now >= self.probe_at:
            return True
        # The clock was set back: nobody waits longer than a probe ever does.
        return self.probe_at - now > max(BACKOFF_MAX, PROBE_MAX)

    def probing(self, now: datetime) -> "Breaker":
        """A probe leaves."""
        return replace(self, status=DoorStatus.HALF_OPEN, probe_at=now + PROBE_MAX)

    def unprobed(self, now: datetime) -> "Breaker":
        """There was nothing to send: the next message may be the probe."""
        if self.status is not DoorStatus.HALF_OPEN:
            return self
        return replace(self, status=DoorStatus.OPEN, probe_at=now)

    @property
    def is_well(self) -> bool:
        """A success changes nothing."""
        return self.is_held or self == Breaker()

    def after_success(self) -> "Breaker":
        """A message got through, whoever sent it and when."""
        return self if self.is_held else Breaker()

    def after_failure(self, error: str, now: datetime, *, failures: int = 1) -> "Breaker":
        """The door failed, not the message. An open door is told of late failures, too: they put
        off nothing.
        """
        noted = replace(self, failures=self.failures + failures, last_error=_cut(error))
        if self.is_held or self.status is DoorStatus.OPEN:
            return noted
        if self.status is DoorStatus.CLOSED and noted.failures < FAILURES_MAX:
            return noted
        backoff = min(max(self.backoff * 2, BACKOFF_MIN), BACKOFF_MAX)
        return replace(
            noted,
            status=DoorStatus.OPEN,
            opened_at=self.opened_at or now,
            probe_at=now + backoff,
            backoff=backoff,
        )

    def held_open(self, now: datetime) -> "Breaker":
        """By a person, for maintenance."""
        return replace(
            self,
            status=DoorStatus.OPEN,
            is_held=True,
            opened_at=self.opened_at or now,
            probe_at=None,
        )


def _cut(error: str) -> str:
    return "".join(c if c.isprintable() else " " for c in error[:_ERROR_CHARS_MAX])
