"""The texts that the cells of a workbook share, by number. Many of them wait on disk, because a
sheet of a million rows has millions.
"""

import json
import tempfile
import weakref
from array import array
from collections.abc import Callable
from functools import lru_cache
from typing import IO, Final

_BLOCK_BITS: Final = 10
_BLOCK: Final = 1 << _BLOCK_BITS
# Rows use neighbouring texts, and a few that repeat: these are at the beginning.
_BLOCKS_KEPT: Final = 128
# What a text costs however short it is, in characters.
_BESIDE: Final = 8


class SharedTexts:
    """A list that goes to a temporary file beyond so many characters."""

    def __init__(self, characters_in_memory: int) -> None:
        self._left = characters_in_memory
        self._texts: list[str] = []
        self._starts = array("Q", [0])
        self._file: IO[bytes] | None = None
        self._block: Callable[[int], list[str]] | None = None

    def append(self, text: str) -> None:
        self._texts.append(text)
        if self._file is None:
            self._left -= len(text) + _BESIDE
            if self._left < 0:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this
                weakref.finalize(self, self._file.close)
        if self._file is not None:
            while len(self._texts) >= _BLOCK:
                self._write(self._texts[:_BLOCK])
                del self._texts[:_BLOCK]

    def complete(self) -> "list[str] | SharedTexts":
        """All have been added. What is small is a plain list, which is faster."""
        if self._file is None:
            return self._texts
        self._write(self._texts)
        self._texts = []
        self._block = _reader(self._file, self._starts)
        return self

    def __getitem__(self, number: int) -> str:
        assert self._block is not None, "not complete"
        return self._block(number >> _BLOCK_BITS)[number & (_BLOCK - 1)]

    def _write(self, texts: list[str]) -> None:
        assert self._file is not None
        self._file.write(json.dumps(texts).encode())
        self._starts.append(self._file.tell())


def _reader(file: IO[bytes], starts: "array[int]") -> Callable[[int], list[str]]:
    @lru_cache(_BLOCKS_KEPT)
    def block(number: int) -> list[str]:
        begin, end = starts[number], starts[number + 1]
        file.seek(begin)
        texts: list[str] = json.loads(file.read(end - begin))
        return texts

    return block
