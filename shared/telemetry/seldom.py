"""A rate limit for lines that a long outage would repeat many times a second: one every ten seconds
says as much.

`log.warning("relay interrupted", seldom=True)`; the next line says how many were left out.
"""

import logging
from collections.abc import Hashable, MutableMapping
from typing import Final

from shared.kernel.clock import monotonic_s
from shared.telemetry.quick_structlog import structlog

EVERY_S: Final = 10.0
_KEYS_MAX: Final = 1000
# Clients that retry ten times a second and log every attempt.
_REPETITIVE: Final = ("aiokafka", "kafka")


# A line before it is written: its text and values by name.
Event = MutableMapping[str, object]


class Gate:
    """Lets one line of a kind through per `every_s`."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._seen: dict[Hashable, tuple[float, int]] = {}  # due again at, left out since

    def passes(self, kind: Hashable) -> int | None:
        """How many lines of this kind were left out before this one; None: leave this one out."""
        now_s = monotonic_s()
        due_at_s, left_out = self._seen.get(kind, (0.0, 0))
        if now_s < due_at_s:
            self._seen[kind] = (due_at_s, left_out + 1)
            return None
        if len(self._seen) >= _KEYS_MAX:
            self._seen.clear()
        self._seen[kind] = (now_s + self._every_s, 0)
        return left_out


class SeldomProcessor:
    """For our own lines: those with `seldom=True`. Each job has a limit of its own."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def __call__(self, logger: object, _method: str, event: Event) -> Event:
        if event.pop("seldom", False):
            kind = (getattr(logger, "name", ""), event["event"], event.get("job"))
            left_out = self._gate.passes(kind)
            if left_out is None:
                raise structlog.DropEvent
            if left_out:
                event["left_out"] = left_out
        return event


class SeldomFilter(logging.Filter):
    """For the lines of Kafka's client library."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self._gate = gate

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(_REPETITIVE):
            return True
        left_out = self._gate.passes((record.name, record.msg))
        if left_out:
            record.msg, record.args = f"{record.getMessage()} ({left_out} such left out)", ()
        return left_out is not None
