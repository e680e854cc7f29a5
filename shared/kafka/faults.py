"""What a failure means for a record: wait and retry, or give up, at once or after some attempts."""

import asyncio
import random
from contextlib import suppress
from enum import StrEnum
from typing import Final

from aiokafka.errors import KafkaError
from asyncpg import QueryCanceledError
from pydantic import ValidationError

from shared.contracts.envelope import MalformedEvent
from shared.db.errors import DatabaseBusy
from shared.db.faults import PASSING, UNSTORABLE, DatabaseFault, fault_of_database
from shared.kernel.errors import AirlaneError, Unavailable


class Fault(StrEnum):
    """Also the `reason` of a dead letter and the label of its counter."""

    MALFORMED = "malformed"  # not a CloudEvent of ours
    INVALID = "invalid"  # the payload breaks its schema, or has what no column can store
    TOO_LARGE = "too_large"
    REJECTED = "rejected"  # a business rule refuses it, and would do so again
    FAILED = "failed"  # the cause is unknown; some attempts, then the dead-letter topic
    TRANSIENT = "transient"  # database, broker or network; never a dead letter


LETTERS: Final = tuple(fault for fault in Fault if fault is not Fault.TRANSIENT)


class OversizedEvent(ValueError):
    """A record larger than any event of ours."""


_BY_DATABASE_FAULT: Final[dict[DatabaseFault | None, Fault]] = {
    **dict.fromkeys(PASSING, Fault.TRANSIENT),
    **dict.fromkeys(UNSTORABLE, Fault.INVALID),
}


def fault_of(error: BaseException) -> Fault:
    match error:
        case MalformedEvent():
            return Fault.MALFORMED
        case OversizedEvent():
            return Fault.TOO_LARGE
        case ValidationError():
            return Fault.INVALID
        case Unavailable() | KafkaError() | OSError() | TimeoutError():
            return Fault.TRANSIENT
        case AirlaneError():
            return Fault.REJECTED
        case _:
            return _BY_DATABASE_FAULT.get(fault_of_database(error), Fault.FAILED)


def fault_of_event(error: BaseException) -> Fault:
    """As `fault_of`, for one event alone in its transaction. A statement that takes too long even
    then may always do so; a lock that is not free or a deadlock is caused by somebody else.
    """
    if isinstance(error, DatabaseBusy) and isinstance(error.__cause__, QueryCanceledError):
        return Fault.FAILED
    return fault_of(error)


async def sleep_until(event: asyncio.Event, timeout_s: float) -> bool:
    """Waits for the event for up to `timeout_s`; returns whether it is set."""
    if not event.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await event.wait()
    return event.is_set()


class Backoff:
    """Pauses that double up to a limit, with jitter, and end at once when `stop` is set."""

    def __init__(self, stop: asyncio.Event, *, first_s: float = 0.1, max_s: float = 5.0) -> None:
        self._stop = stop
        self._first_s = first_s
        self._max_s = max_s
        self._next_s = first_s

    def reset(self) -> None:
        self._next_s = self._first_s

    async def pause(self) -> bool:
        """True if the pause was cut short because it is time to stop."""
        pause_s = self._next_s * random.uniform(0.75, 1.25)
        self._next_s = min(self._next_s * 2, self._max_s)
        return await sleep_until(self._stop, pause_s)
