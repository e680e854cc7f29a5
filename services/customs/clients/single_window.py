"""The transfer client of the Single Window, as a folder: it picks up what appears in `out/` and
leaves answers in `in/`. A file appears whole or not at all, and writing it twice leaves one file.
"""

import os
from itertools import chain, count
from pathlib import Path
from typing import Final, Protocol

from shared.kernel.clock import real_now

_SUFFIX: Final = ".xml"
_FILE_MODE: Final = 0o640
# A transfer client should rename a finished file into place. One that does not has this long to
# write it.
WRITTEN_FOR_S: Final = 30.0


class SingleWindow(Protocol):
    """Calls block on the disk: run them outside of the event loop."""

    def deliver(self, guid: str, body: str) -> None:
        """Durable when it returns. The same guid again replaces the same file."""
        ...

    def waiting(self) -> list[str]:
        """Names of the answers that were left for us, sorted."""
        ...

    def read(self, name: str, *, bytes_max: int) -> bytes:
        """The content; of a longer answer only so much that it is seen to be too long.

        Raises OSError.
        """
        ...

    def is_being_written(self, name: str) -> bool:
        """It changed a moment ago: what cannot be read of it may still come."""
        ...

    def settle(self, name: str, *, readable: bool) -> None:
        """Moves an answer away, to `done/` or `bad/`. Overwrites nothing there."""
        ...


class DropFolder:
    """`out/<guid>.xml` for messages; `in/*.xml` for answers, moved to `in/done/` or `in/bad/`.

    Links are not answers. Messages have `file_mode`, whatever the umask of the process.
    """

    def __init__(self, root: Path, *, file_mode: int = _FILE_MODE) -> None:
        self._file_mode = file_mode
        self.out = root / "out"
        self.inbox = root / "in"
        for folder in (self.out, self.inbox / "done", self.inbox / "bad"):
            folder.mkdir(parents=True, exist_ok=True)

    def deliver(self, guid: str, body: str) -> None:
        # A name the transfer client does not pick up, in the same folder: rename is atomic there.
        temporary = self.out / f".{guid}.tmp"
        with temporary.open("wb") as file:
            os.fchmod(file.fileno(), self._file_mode)
            file.write(body.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.out / f"{guid}{_SUFFIX}")
        _sync_folder(self.out)

    def waiting(self) -> list[str]:
        return sorted(entry.name for entry in os.scandir(self.inbox) if _is_answer(entry))

    def read(self, name: str, *, bytes_max: int) -> bytes:
        with (self.inbox / name).open("rb") as file:
            return file.read(bytes_max + 1)

    def is_being_written(self, name: str) -> bool:
        # Another machine's clock may have set the time of the change: near now, on either side.
        changed_s = (self.inbox / name).lstat().st_mtime
        return abs(real_now().timestamp() - changed_s) < WRITTEN_FOR_S

    def settle(self, name: str, *, readable: bool) -> None:
        # Names may come twice, and what lies in bad/ is the only copy of its answer.
        (self.inbox / name).replace(_unused(self.inbox / ("done" if readable else "bad") / name))


def _is_answer(entry: "os.DirEntry[str]") -> bool:
    if not entry.name.endswith(_SUFFIX) or entry.name.startswith("."):
        return False
    # Following a link could lead to any file of the machine, or round in a circle.
    return entry.is_file(follow_symlinks=False)


def _unused(target: Path) -> Path:
    """`target`, or the first of `name.2.xml`, `name.3.xml` … that does not exist."""
    names = (target.with_suffix(f".{number}{_SUFFIX}") for number in count(2))
    return next(path for path in chain((target,), names) if not os.path.lexists(path))


def _sync_folder(folder: Path) -> None:
    # The rename itself must survive a power cut, too.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
