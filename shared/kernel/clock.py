"""Business time and real time. Business time comes from a `Clock` and may run fast in the sandbox.
Real time is for tokens, timeouts, leases and metrics. Only this module reads the machine's clock.
"""

import fcntl
import mmap
import os
import struct
import time
import zlib
from collections.abc import Callable, Mapping
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


# Called many times per request, so not wrapped in a function of ours.
monotonic_s: Final = time.monotonic


# Asked once what changes is locked: a change that waited for another one has the later time.
Now = Callable[[], datetime]


class Clock(Protocol):
    """Business time: what orders, cut-offs, flights and events are dated by."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def real_seconds(self, business: timedelta) -> float:
        """Real seconds until that much business time has passed."""
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
    """The file is missing or does not hold a clock."""


class ClockFile:
    """One clock for all processes of a machine, in a small file that each of them maps into memory.
    When one process moves the clock, the others see it the next time they read it.

    Reading costs one comparison more than with a `SystemClock`: the record is decoded again only
    when its number has changed. The checksum tells a complete record from one being written.
    """

    def __init__(self, path: Path) -> None:
        """Raises ClockFileBroken."""
        self._path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), _SIZE, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise ClockFileBroken(f"{path} does not hold a clock: {error}") from error
        record = _read_record(self._map[:])
        if record is None:
            raise ClockFileBroken(f"{path} does not hold a clock")
        self._number, self._set = record
        self._latest = _ZERO

    @property
    def set_to(self) -> SystemClock:
        """What the file says now."""
        # A half-written number differs too, so the record is read again.
        if _NUMBER.unpack_from(self._map)[0] != self._number:
            record = _read_record(self._map[:])
            if record is not None:
                self._number, self._set = record
        return self._set

    @property
    def rate(self) -> float:
        return self.set_to.rate

    def now(self) -> datetime:
        """Never goes back within this process, even if the machine's clock is set back."""
        now = self.set_to.now()
        if now <= self._latest:
            return self._latest
        self._latest = now
        return now

    def real_seconds(self, business: timedelta) -> float:
        """Holds until somebody moves the clock, so a long wait has to check again in between."""
        return self.set_to.real_seconds(business)

    def move_on_to(self, instant: datetime) -> bool:
        """Moves the clock forward for every process. False if `instant` has already passed."""
        return self._update(instant, None)

    def run_at(self, rate: float) -> None:
        """From now on business time runs `rate` times as fast as real time, for every process."""
        self._update(None, rate)

    def remember(self) -> None:
        """Records the current business time in the file. The clock runs on as before."""
        self._update(None, None)

    def _update(self, instant: datetime | None, rate: float | None) -> bool:
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
    """Creates or replaces the file. A process that has the old file open keeps the old time."""
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
    """The record's number and its clock; None while it is being written."""
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
