"""The transfer client of the Single Window, as a folder: it picks up what appears in `out/` and
leaves answers in `in/`. A file appears whole or not at all, and writing it twice leaves one file.
"""

import errno
import fcntl
import os
import secrets
from itertools import chain, count
from pathlib import Path
from typing import Final, Protocol

from shared.kernel.clock import real_now

_SUFFIX: Final = ".xml"
_FILE_MODE: Final = 0o640
_NO_LOCKS: Final = (errno.ENOLCK, errno.EOPNOTSUPP, errno.EBADF)
# A transfer client should rename a finished file into place. One that does not has this long to
# write it.
WRITTEN_FOR_S: Final = 30.0


class SingleWindow(Protocol):
    """Calls block on the disk: run them outside of the event loop."""

    def waiting(self) -> list[str]:
        """Names of the answers that were left for us, sorted; as the system has them, so they are
        not always text (`name_text`).
        """
        ...

    def claim(self, name: str) -> "Claim | None":
        """It is ours alone until it is released. None: another worker has it, or it is gone.

        Raises OSError.
        """
        ...


class Claim(Protocol):
    """An answer that nobody else reads meanwhile. All but `release` block on the disk."""

    @property
    def name(self) -> str:
        """In letters, whatever its bytes are."""
        ...

    @property
    def size_bytes(self) -> int:
        """Its length."""
        ...

    def read(self, *, bytes_max: int) -> bytes:
        """The content; of a longer answer only so much that it is seen to be too long."""
        ...

    def is_being_written(self) -> bool:
        """It changed a moment ago: what cannot be read of it may still come."""
        ...

    def settle(self, *, readable: bool) -> None:
        """Moves it away, to `done/` or `bad/`. Overwrites nothing there."""
        ...

    def release(self) -> None: ...


class DropFolder:
    """`out/<guid>.xml` for messages; `in/*.xml` for answers (in capitals, too), moved to `in/done/`
    or `in/bad/`.

    Links are not answers. Messages have `file_mode`, whatever the umask of the process.
    """

    def __init__(self, root: Path, *, file_mode: int = _FILE_MODE) -> None:
        self._file_mode = file_mode
        self.out = root / "out"
        self.inbox = root / "in"
        for folder in (self.out, self.inbox / "done", self.inbox / "bad"):
            folder.mkdir(parents=True, exist_ok=True)

    def write(self, guid: str, content: bytes) -> None:
        """Durable when it returns. The same guid again replaces the same file. Raises OSError."""
        # A name the transfer client does not pick up, in the same folder: rename is atomic there.
        # Two workers may write the same message at the same time, each under a name of its own.
        temporary = self.out / f".{guid}.{secrets.token_hex(8)}.tmp"
        try:
            with temporary.open("xb") as file:
                os.fchmod(file.fileno(), self._file_mode)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.out / f"{guid}{_SUFFIX}")
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(self.out)

    def waiting(self) -> list[str]:
        return sorted(entry.name for entry in os.scandir(self.inbox) if _is_answer(entry))

    def claim(self, name: str) -> "ClaimedFile | None":
        path = self.inbox / name
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        try:
            if _lock(descriptor) and _is_still(path, descriptor):
                return ClaimedFile(path, descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None


class ClaimedFile:
    """An answer under a lock of the system, which ends with the process that holds it: there is no
    claim of a dead worker.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @property
    def name(self) -> str:
        return name_text(self._path.name)

    @property
    def size_bytes(self) -> int:
        return os.fstat(self._descriptor).st_size

    def read(self, *, bytes_max: int) -> bytes:
        with os.fdopen(os.dup(self._descriptor), "rb") as file:
            file.seek(0)
            return file.read(bytes_max + 1)

    def is_being_written(self) -> bool:
        # Another machine's clock may have set the time of the change: near now, on either side.
        changed_s = os.fstat(self._descriptor).st_mtime
        return abs(real_now().timestamp() - changed_s) < WRITTEN_FOR_S

    def settle(self, *, readable: bool) -> None:
        # Names may come twice, and what lies there must stay.
        folder = self._path.parent / ("done" if readable else "bad")
        self._path.replace(_unused(folder / self._path.name))

    def release(self) -> None:
        os.close(self._descriptor)


def name_text(name: str) -> str:
    """The name of a file in letters. A client that runs on a Chinese Windows writes names in
    GB18030; bytes that are no letters in either encoding are spelt out.
    """
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


def _lock(descriptor: int) -> bool:
    """False: another worker has it. A share that knows no locks gives it to everybody: then two
    workers may read the same file, which is stored once all the same.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether nobody has moved it away since it was opened."""
    try:
        there = path.lstat()
    except FileNotFoundError:
        return False
    here = os.fstat(descriptor)
    return (there.st_ino, there.st_dev) == (here.st_ino, here.st_dev)


def _is_answer(entry: "os.DirEntry[str]") -> bool:
    if not entry.name.lower().endswith(_SUFFIX) or entry.name.startswith("."):
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
