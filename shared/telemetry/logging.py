"""Logs: one line per event, as JSON unless the output is a terminal. Every line carries the service
and, inside a request or a record, the trace id. Standard-library loggers (uvicorn, aiokafka) are
formatted the same way. Logs go to standard error: standard output is for what a command prints.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from functools import partial
from typing import TYPE_CHECKING, Final, TextIO, cast

from shared.telemetry import trace
from shared.telemetry.quick_structlog import structlog
from shared.telemetry.seldom import Gate, SeldomFilter, SeldomProcessor

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger, Processor

Event = MutableMapping[str, object]

# They log every request or every poll at INFO; metrics do that better.
_QUIET: Final = ("uvicorn.access", "aiokafka", "kafka", "asyncio")

_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def get_logger(name: str) -> "FilteringBoundLogger":
    """The logger of a module; events are short sentences, facts are keys."""
    return cast("FilteringBoundLogger", structlog.get_logger(name))


def configure_logging(service: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Once per process, before anything logs. Raises ValueError for an unknown level."""
    out = stream or sys.stderr
    numeric = logging.getLevelNamesMapping().get(level.upper())
    if numeric is None:
        raise ValueError(f"{level!r} is not a log level; use DEBUG, INFO, WARNING or ERROR")
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _logger_name,
        _with_context(service),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    gate = Gate()
    final = _renderers(coloured=out.isatty())
    structlog.configure(
        processors=[SeldomProcessor(gate), *shared, *final],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=partial(_Lines, out),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.addFilter(SeldomFilter(gate))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(numeric)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(numeric, logging.WARNING))


class _Lines:
    """The last step: writes a rendered line in one go, so that lines of processes do not mix."""

    def __init__(self, out: TextIO, name: str = "") -> None:
        self.name = name
        self._write = out.write
        self._flush = out.flush

    def msg(self, line: str) -> None:
        self._write(line + "\n")
        self._flush()

    debug = info = warning = error = critical = exception = log = msg


def visible(text: str) -> str:
    """Escapes every character that a terminal would act on or that is invisible: control
    characters, direction overrides, line ends. Blanks and joiners stay.
    """
    if text.isprintable():
        return text
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _visible_line(_logger: object, _method: str, line: object) -> str:
    # JSON leaves these characters as they are; the escapes are valid inside its strings too.
    return visible(str(line))


def _visible_values(_logger: object, _method: str, event: Event) -> Event:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = visible(value)
    return event


def _renderers(*, coloured: bool) -> "list[Processor]":
    if coloured:
        plain = structlog.dev.plain_traceback
        return [
            _visible_values,
            structlog.dev.ConsoleRenderer(colors=True, exception_formatter=plain),
        ]
    return [
        # As text, without the values of variables: those may be secrets.
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        _visible_line,
    ]


def _with_context(service: str) -> "Processor":
    def add(_logger: object, _method: str, event: Event) -> Event:
        event["service"] = service
        here = trace.current()
        if here is not None:
            event["trace_id"] = here.trace_id
        return event

    return add


def _logger_name(logger: object, _method: str, event: Event) -> Event:
    record = event.get("_record")
    event["logger"] = getattr(logger if record is None else record, "name", "")
    return event
