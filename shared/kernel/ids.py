"""Ids: UUIDv7 (RFC 9562) as 32 hex digits behind a prefix that names the kind: `ord_0193…`.

The time-ordered head keeps B-trees dense and lets log-like tables be partitioned by id alone.
Ids use real time, never the business clock: a fast sandbox clock must not make ids jump.
"""

import os
import re
import threading
from struct import unpack
from typing import Final

from shared.kernel.clock import real_time_ms

ID_PATTERN: Final = re.compile(r"^[a-z]{3}_[0-9a-f]{32}$")

_PREFIX: Final = re.compile(r"^[a-z]{3}$")

_lock = threading.Lock()
_last_ms = 0
_counter = 0


def uuid7_hex() -> str:
    """32 lowercase hex digits; strictly increasing within this process (RFC 9562 §6.2 method 1)."""
    return _uuid7_hex(int.from_bytes(os.urandom(8)))


def _uuid7_hex(random: int) -> str:
    global _last_ms, _counter  # noqa: PLW0603 - the monotonic counter is the state of the process
    with _lock:
        now_ms = real_time_ms()
        if now_ms > _last_ms:
            _last_ms = now_ms
            # A random start with the top bit clear leaves room for 2048 ids a millisecond.
            _counter = int.from_bytes(os.urandom(2)) & 0x7FF
        else:
            _counter += 1
            if _counter > 0xFFF:
                _last_ms += 1
                _counter = 0
        ms, counter = _last_ms, _counter
    tail = random & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    return f"{ms:012x}{0x7000 | counter:04x}{tail:016x}"


def new_id(prefix: str) -> str:
    """A fresh id, e.g. `new_id("ord")`. The prefix is three lowercase letters."""
    assert _PREFIX.fullmatch(prefix), prefix
    return f"{prefix}_{uuid7_hex()}"


def new_ids(prefix: str, count: int) -> list[str]:
    """So many, in rising order: cheaper than one by one, because the system is asked for random
    bytes once.
    """
    assert _PREFIX.fullmatch(prefix), prefix
    return [
        f"{prefix}_{_uuid7_hex(random)}" for random in unpack(f"{count}Q", os.urandom(8 * count))
    ]


def is_id(value: str, prefix: str) -> bool:
    return value.startswith(f"{prefix}_") and ID_PATTERN.fullmatch(value) is not None


def floor_id(prefix: str, ms: int) -> str:
    """The smallest possible id of the given millisecond: the bound of a partition or a cursor."""
    return f"{prefix}_{ms:012x}{'0' * 20}"
