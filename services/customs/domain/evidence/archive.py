"""A zip written piece by piece: the same files make the same bytes."""

import zipfile
from typing import Final

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first day that zip knows
_MODE: Final = 0o644
_UNIX: Final = 3
_LEVEL: Final = 6


class _Sink:
    """What zipfile writes to: keeps what has not been taken yet."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


class Archive:
    """Not for several threads at once."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w")  # type: ignore[call-overload]

    def add(self, name: str, content: bytes) -> bytes:
        """The bytes of the zip up to the end of this file."""
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = _UNIX
        entry.external_attr = _MODE << 16
        self._zip.writestr(entry, content, compresslevel=_LEVEL)
        return self._sink.take()

    def close(self) -> bytes:
        """What ends the zip."""
        self._zip.close()
        return self._sink.take()
