"""What a person sees while the park is set up and started: one line per step, with its seconds.

The text is the same with and without colour, so that a log of it reads like the screen.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator


class Stop(Exception):
    """Ends the command with one line that says what to do, instead of a traceback."""

    def __init__(self, fix: str) -> None:
        super().__init__(fix)
        self.fix = fix


def _colour(code: str, text: str) -> str:
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{code}m{text}\033[0m"


def say(text: str = "") -> None:
    # The terminal may be gone (a closed window, `| head`): that must not prevent a clean stop.
    with contextlib.suppress(OSError):
        print(text, flush=True)


def note(text: str) -> None:
    """Something a person should know, but need not act on."""
    say(f"        {_colour('33', 'note')}  {text}")


def news(text: str) -> None:
    """What happened while the park runs, long after the person looked away."""
    say(f"  {time.strftime('%H:%M:%S')}  {text}")


def fix(text: str) -> None:
    print(f"{_colour('31', 'Fix:')} {text}", file=sys.stderr, flush=True)


class Steps:
    """Numbered step lines: `  [2/6] postgres        ok   1.3 s   port 15432`."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0
        self.started = time.monotonic()

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """Runs the body, then prints its line; what the body appends is shown as the detail."""
        detail: list[str] = []
        started = time.monotonic()
        try:
            yield detail
        except BaseException:
            self.done(title, time.monotonic() - started, result=_colour("31", "failed"))
            raise
        self.done(title, time.monotonic() - started, " ".join(detail))

    def done(self, title: str, seconds: float, detail: str = "", result: str = "") -> None:
        self._number += 1
        result = result or _colour("32", "ok")
        line = f"  [{self._number}/{self._total}] {title:<18} {result} {seconds:6.1f} s   {detail}"
        say(line.rstrip())

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started
