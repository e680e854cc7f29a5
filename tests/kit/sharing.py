"""One engine for all processes of a test run: whoever needs it first starts it and is its owner.

File locks do the counting. The owner stops an engine only when nobody else uses it any more; who
comes later starts another one. A killed run leaves nothing: engines die with their owner.
"""

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

Facts = dict[str, str]


@dataclass(frozen=True)
class Started:
    """What others must know about a running engine, and how its owner stops it."""

    facts: Facts
    stop: Callable[[], None]


class SharedEngines:
    """`use(name, start)` as often as wanted; `close()` once, at the end of the session."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Facts] = {}
        self._owned: dict[str, Started] = {}
        self._used: list[IO[str]] = []

    def use(self, name: str, start: Callable[[], Started]) -> Facts:
        if name in self._known:
            return self._known[name]
        with self._locked(name):
            state = self._folder / f"{name}.json"
            if state.exists():
                users = self._users(name)
                fcntl.flock(users, fcntl.LOCK_SH)
                self._used.append(users)
                self._known[name] = json.loads(state.read_text())
            else:
                self._owned[name] = started = start()
                state.write_text(json.dumps(started.facts))
                self._known[name] = started.facts
        return self._known[name]

    def close(self) -> None:
        # First release what others own: two owners waiting for each other would never end.
        for users in self._used:
            users.close()
        for name, started in self._owned.items():
            with self._locked(name), self._users(name) as users:
                fcntl.flock(users, fcntl.LOCK_EX)
                (self._folder / f"{name}.json").unlink()
                started.stop()

    def _users(self, name: str) -> IO[str]:
        return (self._folder / f"{name}.users").open("a")

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with (self._folder / f"{name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
