"""Whether messages may leave by a door. A door is opened like a circuit breaker: nothing passes,
until one message has tried the way. It takes as long as the outage takes: nothing is given up here.

    closed ──a cause──► open ──the pause is over──► half_open ──the probe did well──► closed
                         ▲                              │ it did not: twice the pause
                         └──────────────────────────────┘

There are two causes, counted apart. `deliveries`: messages did not get through, several in a row;
then a probe does well that is delivered. `answers`: the port takes messages, and nearly all of its
last answers say "later"; then a probe does well that has another answer. A delivery says nothing
about answers, so it does not change what is known of them.

All instants are real time. A person can hold a door open; then only a person closes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

FAILURES_MAX: Final = 5
# Of the last 20 answers 16 are transient: the port does not work, whatever it takes.
ANSWERS_COUNTED: Final = 20
TRANSIENT_MAX: Final = 16
BACKOFF_MIN: Final = timedelta(seconds=1)
BACKOFF_MAX: Final = timedelta(seconds=60)
_DOUBLINGS_MAX: Final = 6  # 2⁶ s is more than the most
# A probe that has not been delivered by then was lost, perhaps with its worker.
PROBE_MAX: Final = timedelta(seconds=60)
# A port that works has said something about a message by then.
ANSWER_MAX: Final = timedelta(minutes=5)
_ERROR_CHARS_MAX: Final = 500
_PROBES_MAX: Final = 50


class DoorStatus(StrEnum):
    """The words of a circuit: closed lets pass, open does not, half_open lets one pass."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Cause(StrEnum):
    """Why a door is not closed."""

    DELIVERIES = "deliveries"  # messages do not get through
    ANSWERS = "answers"  # they do, and the port answers "later" to nearly all
    PERSON = "person"  # somebody opened it


class Permission(StrEnum):
    """all: any number may leave · probe: one, which decides · none."""

    ALL = "all"
    PROBE = "probe"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class UploadAnswer:
    """What was said about an upload in the message `message_guid`. `is_transient`: to try again
    later. `is_telling`: it counts among the last answers of the door.
    """

    message_guid: str
    is_transient: bool
    is_telling: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class Breaker:
    """`failures`: to deliver, in a row. `answers`: the last ones, the newest in the lowest bit, 1
    where it is transient; before the first all are taken for good. `probe_at`: when the next probe
    may leave; while one is on its way, until when it has to be decided. `probes`: the messages that
    were probes since the door opened, the newest last. `backoff`: between a probe that did not do
    well and the next.
    """

    status: DoorStatus = DoorStatus.CLOSED
    is_held: bool = False
    failures: int = 0
    answers: int = 0
    cause: Cause | None = None
    opened_at: datetime | None = None
    probe_at: datetime | None = None
    probes: tuple[str, ...] = ()
    backoff: timedelta = timedelta()
    last_error: str | None = None

    @property
    def transient_answers(self) -> int:
        """Of the last 20."""
        return self.answers.bit_count()

    @property
    def waits_for_answers(self) -> bool:
        """Only an answer to a probe closes it."""
        return self.cause is Cause.ANSWERS and self.status is not DoorStatus.CLOSED

    def may_deliver(self, now: datetime) -> Permission:
        if self.status is DoorStatus.CLOSED:
            return Permission.ALL
        if self.is_held or self.is_probed_in_vain(now) or not self._is_due(now):
            return Permission.NONE
        return Permission.PROBE

    def _is_due(self, now: datetime) -> bool:
        if self.probe_at is None or now >= self.probe_at:
            return True
        # The clock was set back: nobody waits longer than a probe ever does.
        return self.probe_at - now > max(BACKOFF_MAX, PROBE_MAX, ANSWER_MAX)

    # -- the probe ------------------------------------------------------------------------------

    def probing(self, now: datetime) -> "Breaker":
        """A probe leaves."""
        return replace(self, status=DoorStatus.HALF_OPEN, probe_at=now + PROBE_MAX)

    def probed_with(self, guid: str) -> "Breaker":
        """The message that is the probe."""
        if self.status is not DoorStatus.HALF_OPEN or guid in self.probes:
            return self
        return replace(self, probes=(*self.probes, guid)[-_PROBES_MAX:])

    def unprobed(self, now: datetime) -> "Breaker":
        """There was nothing to try the way with: the next message may be the probe."""
        if self.status is not DoorStatus.HALF_OPEN:
            return self
        return replace(self, status=DoorStatus.OPEN, probe_at=now)

    def is_probed_in_vain(self, now: datetime) -> bool:
        """Nobody has answered the probe in time."""
        return (
            self.waits_for_answers
            and not self.is_held
            and self.status is DoorStatus.HALF_OPEN
            and self._is_due(now)
        )

    def after_silence(self, now: datetime) -> "Breaker":
        """A late answer to the probe still closes the door."""
        return _opened(self, now) if self.is_probed_in_vain(now) else self

    # -- deliveries -----------------------------------------------------------------------------

    def after_success(self, now: datetime, *, is_answered: bool = True) -> "Breaker":
        """A message got through, whoever sent it and when. `is_answered`: the port is going to say
        something about it.
        """
        if self.is_held:
            return self
        if not self.waits_for_answers:
            return Breaker(answers=self.answers)
        if self.status is DoorStatus.OPEN:
            return replace(self, failures=0)
        if not is_answered:
            return replace(self.unprobed(now), failures=0)
        return replace(self, failures=0, probe_at=now + ANSWER_MAX)

    def after_failure(self, error: str, now: datetime) -> "Breaker":
        """The door failed, not the message. An open door is told of late failures, too: they put
        off nothing.
        """
        noted = replace(self, failures=self.failures + 1, last_error=_cut(error))
        if self.is_held or self.status is DoorStatus.OPEN:
            return noted
        if self.status is DoorStatus.CLOSED:
            if noted.failures < FAILURES_MAX:
                return noted
            noted = replace(noted, cause=Cause.DELIVERIES)
        return _opened(noted, now)

    # -- answers --------------------------------------------------------------------------------

    def after_answers(self, heard: Sequence[UploadAnswer], now: datetime) -> "Breaker":
        """About uploads that left by this door. Once it is open because of answers, only those to
        its probes count: the others left before.
        """
        if self.is_held:
            return self
        if self.waits_for_answers:
            return self._after_probe(heard, now)
        answers, words = self.answers, self.last_error
        for one in heard:
            if one.is_telling:
                answers = (answers << 1 | one.is_transient) & (1 << ANSWERS_COUNTED) - 1
                words = _cut(one.words) if one.is_transient else words
        noted = replace(self, answers=answers)
        if noted.transient_answers < TRANSIENT_MAX:
            return noted
        noted = replace(noted, cause=Cause.ANSWERS, last_error=words)
        return _opened(noted, now) if self.status is DoorStatus.CLOSED else noted

    def _after_probe(self, heard: Sequence[UploadAnswer], now: datetime) -> "Breaker":
        about = [one for one in heard if one.message_guid in self.probes]
        if any(not one.is_transient for one in about):
            return Breaker()
        newest = [one for one in about if one.message_guid == self.probes[-1]]
        if newest and self.status is DoorStatus.HALF_OPEN:
            return _opened(replace(self, last_error=_cut(newest[-1].words)), now)
        return self

    # -- by hand -----------------------------------------------------------------------------------

    def held_open(self, now: datetime) -> "Breaker":
        """By a person, for maintenance."""
        return replace(
            self,
            status=DoorStatus.OPEN,
            is_held=True,
            cause=Cause.PERSON,
            opened_at=self.opened_at or now,
            probe_at=None,
        )


def put_off_for(tries: int) -> timedelta:
    """How long others go before a message that a door failed to take so often: 2, 4, 8 … 60 s, so
    that all have left a minute after an outage. It may be the message that the door cannot take.
    """
    return min(BACKOFF_MAX, timedelta(seconds=2 ** min(tries, _DOUBLINGS_MAX)))


def _opened(breaker: Breaker, now: datetime) -> Breaker:
    """For twice as long as the last time."""
    backoff = min(max(breaker.backoff * 2, BACKOFF_MIN), BACKOFF_MAX)
    return replace(
        breaker,
        status=DoorStatus.OPEN,
        opened_at=breaker.opened_at or now,
        probe_at=now + backoff,
        backoff=backoff,
    )


def _cut(error: str) -> str:
    return "".join(c if c.isprintable() else " " for c in error[:_ERROR_CHARS_MAX])
