"""W3C Trace Context (https://www.w3.org/TR/trace-context/): one id that follows a request through
HTTP, the outbox, Kafka and webhooks. Only the context is carried and no spans are recorded, so
there is no tracing library. Ids are random, not secret.
"""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Final

# Version 00 has exactly these four fields; a later version may append more (spec §3.2.2.2).
_TRACEPARENT: Final = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})"
    r"(?P<more>-.*)?",
    re.ASCII,
)
_NO_TRACE: Final = "0" * 32
_NO_SPAN: Final = "0" * 16


@dataclass(frozen=True, slots=True)
class Trace:
    """`span_id` is the span that this process works in; `traceparent` is what it passes on."""

    trace_id: str
    span_id: str
    flags: str = "01"

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    def child(self) -> "Trace":
        return Trace(self.trace_id, _span_id(), self.flags)


_current: ContextVar[Trace | None] = ContextVar("airlane_trace", default=None)


def new() -> Trace:
    return Trace(f"{random.getrandbits(128) or 1:032x}", _span_id())


def parse(header: str | None) -> Trace | None:
    """The context in a `traceparent` value, or None: a malformed one is ignored (spec §3.2.2.3)."""
    if header is None or (match := _TRACEPARENT.fullmatch(header)) is None:
        return None
    version, trace_id, span_id, flags, more = match.groups()
    if version == "ff" or (version == "00" and more is not None):
        return None
    if trace_id == _NO_TRACE or span_id == _NO_SPAN:
        return None
    return Trace(trace_id, span_id, flags)


def continued(header: str | None) -> Trace:
    """A span of the caller's trace, or of a new one."""
    parent = parse(header)
    return parent.child() if parent else new()


def current() -> Trace | None:
    return _current.get()


def child() -> Trace:
    """A span below the current one, or the first of a new trace."""
    trace = _current.get()
    return trace.child() if trace else new()


def traceparent() -> str | None:
    """What to write into a header or an outbox row; None outside of any trace."""
    trace = _current.get()
    return trace.traceparent if trace else None


def enter(trace: Trace | None) -> Token[Trace | None]:
    """Makes `trace` the current one of this task; give the token to `leave`."""
    return _current.set(trace)


def leave(token: Token[Trace | None]) -> None:
    _current.reset(token)


@contextmanager
def following(header: str | None) -> Iterator[None]:
    """Inside the block, what this task writes belongs to the trace of `header`, or to a new one."""
    token = enter(continued(header))
    try:
        yield
    finally:
        leave(token)


def _span_id() -> str:
    return f"{random.getrandbits(64) or 1:016x}"
