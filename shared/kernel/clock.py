"""Two times. Business time comes from a `Clock` and may run fast in the sandbox; real time is for
tokens, timeouts, leases and metrics. Nothing else in the project asks the machine for the time.
"""

import fcntl
import mmap
import os
import struct
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

# What a clock file holds: number of the record, rate, epoch and anchor in µs since 1970, checksum.
_FIELDS: Final = struct.Struct("=Qdqq")
_NUMBER: Final = struct.Struct("@Q")
_CHECKSUM: Final = struct.Struct("=I")
_SIZE: Final = _FIELDS.size + _CHECKSUM.size
_ZERO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def real_now() -> datetime:
    """Aware UTC wall-clock time of the machine."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def real_time_ms() -> int:
    return time.time_ns() // 1_000_000


# Asked many times a request, so without a function of ours around it.
monotonic_s: Final = time.monotonic


class Clock(Protocol):
    """Business time: what orders, cut-offs, flights and events are dated by."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def real_seconds(self, business: timedelta) -> float:
        """How long to wait, really, for that much business time to pass."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """Business time = epoch + (real - anchor) x rate. Rate 1 without an epoch is plain real time.

    Every process of a park gets the same three values, so all agree to the millisecond.
    """

    rate: float = 1.0
    epoch: datetime | None = None
    anchor: datetime | None = None

    def now(self) -> datetime:
        return self.at(real_now())

    def at(self, real: datetime) -> datetime:
        """Business time at a real instant."""
        if self.epoch is None or self.anchor is None:
            return real
        return self.epoch + (real - self.anchor) * self.rate

    def real_seconds(self, business: timedelta) -> float:
        return business.total_seconds() / self.rate


class ClockFileBroken(ValueError):
    """The file is not there, or holds no clock."""


class ClockFile:
    """One clock for all processes of a machine, kept in a small file that each of them maps into
    memory: whoever moves it on moves it for all, and every process sees it at its next look.

    A look costs one comparison more than a `SystemClock`: the record is read again only when its
    number has changed. The checksum tells a record that is just being written from a whole one.
    """

    def __init__(self, path: Path) -> None:
        """Raises ClockFileBroken."""
        self._path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), _SIZE, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise ClockFileBroken(f"{path} holds no clock: {error}") from error
        record = _read_record(self._map[:])
        if record is None:
            raise ClockFileBroken(f"{path} holds no clock")
        self._number, self._set = record
        self._latest = _ZERO

    @property
    def set_to(self) -> SystemClock:
        """What the file says now."""
        # Also if the number itself was caught half-written: then it differs, and is read again.
        if _NUMBER.unpack_from(self._map)[0] != self._number:
            record = _read_record(self._map[:])
            if record is not None:
                self._number, self._set = record
        return self._set

    @property
    def rate(self) -> float:
        return self.set_to.rate

    def now(self) -> datetime:
        """Never earlier than this process has seen it, even if the machine's clock is set back."""
        now = self.set_to.now()
        if now <= self._latest:
            return self._latest
        self._latest = now
        return now

    def real_seconds(self, business: timedelta) -> float:
        """As long as nobody moves the clock on: a long wait has to look in between."""
        return self.set_to.real_seconds(business)

    def move_on_to(self, instant: datetime) -> bool:
        """Every process sees `instant` from its next look on. False if it has passed already."""
        return self._set_on(instant, None)

    def run_at(self, rate: float) -> None:
        """From now on business time passes so much faster than real time, for every process."""
        self._set_on(None, rate)

    def remember(self) -> None:
        """Notes in the file how far business time has come. It goes on as before."""
        self._set_on(None, None)

    def _set_on(self, instant: datetime | None, rate: float | None) -> bool:
        with self._path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            before, real = self.set_to, real_now()
            now = before.at(real)
            if instant is not None and instant <= now:
                return False
            with mmap.mmap(file.fileno(), _SIZE) as record:
                after = SystemClock(rate or before.rate, epoch=instant or now, anchor=real)
                record[:] = _record(self._number + 1, after)
        return True


def write_clock_file(path: Path, clock: SystemClock) -> None:
    """Makes the file. One that is there is replaced, and whoever has it open keeps the old time."""
    half = path.with_name(f"{path.name}.new")
    half.write_bytes(_record(1, clock))
    half.replace(path)


def _record(number: int, clock: SystemClock) -> bytes:
    now = real_now()
    epoch, anchor = clock.epoch or now, clock.anchor or now
    instants = ((instant - _ZERO) // _MICROSECOND for instant in (epoch, anchor))
    fields = _FIELDS.pack(number, clock.rate, *instants)
    return fields + _CHECKSUM.pack(zlib.crc32(fields))


def _read_record(raw: bytes) -> tuple[int, SystemClock] | None:
    """The record's number and what it says; None while it is being written."""
    number, rate, epoch, anchor = _FIELDS.unpack_from(raw)
    if _CHECKSUM.unpack_from(raw, _FIELDS.size)[0] != zlib.crc32(raw[: _FIELDS.size]):
        return None
    return number, SystemClock(rate, _ZERO + epoch * _MICROSECOND, _ZERO + anchor * _MICROSECOND)


def clock_from_env(env: Mapping[str, str] = os.environ) -> SystemClock | ClockFile:
    """A local park's clock is the file named by AIRLANE_CLOCK_FILE. Otherwise AIRLANE_CLOCK_RATE,
    AIRLANE_CLOCK_EPOCH and AIRLANE_CLOCK_ANCHOR (ISO instants) say how it runs.

    A rate other than 1 needs both instants: processes that disagree about "now" are worse than
    a slow demo. Raises ValueError with the variable at fault.
    """
    if path := env.get("AIRLANE_CLOCK_FILE"):
        return ClockFile(Path(path))
    rate = float(env.get("AIRLANE_CLOCK_RATE", "1"))
    epoch, anchor = env.get("AIRLANE_CLOCK_EPOCH"), env.get("AIRLANE_CLOCK_ANCHOR")
    if rate <= 0:
        raise ValueError("AIRLANE_CLOCK_RATE must be above 0")
    if not epoch or not anchor:
        if rate != 1:
            raise ValueError(
                "AIRLANE_CLOCK_RATE needs AIRLANE_CLOCK_EPOCH and AIRLANE_CLOCK_ANCHOR"
            )
        return SystemClock()
    return SystemClock(rate=rate, epoch=_instant(epoch), anchor=_instant(anchor))


def _instant(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text} has no offset; write an aware instant, e.g. 2026-11-22T00:00:00Z")
    return value.astimezone(UTC)
