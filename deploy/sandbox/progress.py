"""What a person sees while the sandbox works: one living line on a terminal, a plain line every few
seconds elsewhere. The text is the same.
"""

import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.status import Status

from shared.kernel.clock import monotonic_s

_PLAIN_EVERY_S: Final = 10.0


class ProgressLine:
    """`with ProgressLine("products") as progress: progress.show("1,200 of 14,000")`."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._detail = ""
        self._status: Status | None = None
        self._started_s = self._shown_s = monotonic_s()

    def __enter__(self) -> Self:
        if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
            self._status = Console().status(self._line())
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status is not None:
            self._status.stop()
        print(self._line("failed" if error else "ok"), flush=True)

    def show(self, detail: str) -> None:
        """The newest state of things; replaces the one before."""
        self._detail = detail
        if self._status is not None:
            self._status.update(self._line())
        elif monotonic_s() - self._shown_s >= _PLAIN_EVERY_S:
            self._shown_s = monotonic_s()
            print(self._line("…"), flush=True)

    def note(self, text: str) -> None:
        """A line that stays."""
        if self._status is not None:
            self._status.console.print(f"  {text}", highlight=False, markup=False)
        else:
            print(f"  {text}", flush=True)

    def _line(self, state: str = "…") -> str:
        took_s = monotonic_s() - self._started_s
        return f"  {self._what:<18} {state:<6} {took_s:5.1f} s   {self._detail}".rstrip()


Note = Callable[[str], None]
