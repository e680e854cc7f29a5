"""Reads batches of records, whoever wrote them and however.

aiokafka stops at the first record that it cannot decode: the poll raises, nothing after it is read,
and a new client meets the same record. One foreign batch would stop a partition for good. Read
through `TolerantRecords`, every batch yields records up to its last offset: what cannot be decoded
becomes one record that says so, and the consumer sets it aside.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import decode_varint_py

from shared.telemetry import get_logger

log = get_logger(__name__)

# The header of the record that stands for all that could not be decoded: which offsets, and why.
UNDECODED: Final = "airlane-undecoded"

# The layout of a batch: the position of its length, which counts from there on, and of the magic.
_LENGTH: Final = struct.Struct(">i")
_LENGTH_AT, _HEAD_BYTES, _MAGIC_AT, _MAGIC = 8, 12, 16, 2


def read_tolerantly() -> None:
    """Makes every consumer of this process read tolerantly."""
    # aiokafka has no setting for it; tests with a real broker show whether this still works.
    fetcher.MemoryRecords = TolerantRecords


class TolerantRecords:
    """The batches of one fetch response; replaces aiokafka's MemoryRecords."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._at = 0
        self._records = MemoryRecords(data)

    def size_in_bytes(self) -> int:
        return int(self._records.size_in_bytes())

    def has_next(self) -> bool:
        return bool(self._records.has_next())

    def next_batch(self) -> Any:
        batch, start = self._records.next_batch(), self._at
        (length,) = _LENGTH.unpack_from(self._data, start + _LENGTH_AT)
        self._at = start + _HEAD_BYTES + length
        if self._data[start + _MAGIC_AT] < _MAGIC:
            return batch
        return _TolerantBatch(batch, self._data[start : self._at])


class _TolerantBatch:
    """A batch of aiokafka's that always reaches its end."""

    def __init__(self, batch: Any, packed: memoryview) -> None:
        self._batch = batch
        self._packed = packed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        at = self._batch.base_offset
        try:
            for record in self._batch:
                at = record.offset + 1
                yield record
        except Exception as error:  # noqa: BLE001 - of any codec, or of anything in a record
            log.warning("a batch needs a second look", error=repr(error), seldom=True)
            yield from self._read_again(at)

    def _read_again(self, at: int) -> Iterator[Any]:
        """The records from offset `at` on."""
        try:
            for record in _WithAnyNames(self._packed):
                if record.offset >= at:
                    at = record.offset + 1
                    yield record
        except Exception as error:  # noqa: BLE001 - as above
            last = self._batch.next_offset - 1
            reason = f"offsets {at} to {last}: {error!r}"
            log.error("records cannot be decoded", reason=reason)
            yield _Undecoded(
                offset=last,
                timestamp=self._batch.max_timestamp,
                timestamp_type=self._batch.timestamp_type,
                value=bytes(self._packed),
                headers=((UNDECODED, reason.encode("utf-8", "backslashreplace")),),
            )


@dataclass(frozen=True, slots=True)
class _Undecoded:
    """Has the attributes of aiokafka's records. `value` is the whole batch, still compressed."""

    offset: int
    timestamp: int
    timestamp_type: int
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    key: None = None
    checksum: None = None


class _WithAnyNames(_DefaultRecordBatchPy):  # type: ignore[misc]
    """Accepts header names that are not UTF-8; an invalid byte is written as `\\xff`."""

    _buffer: bytearray

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Buffer(self._buffer)

    def _read_msg(self) -> Any:
        return super()._read_msg(decode_varint_py)


class _Buffer(bytearray):
    def __getitem__(self, at: Any) -> Any:
        part = super().__getitem__(at)
        return _Buffer(part) if isinstance(at, slice) else part

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, errors)
