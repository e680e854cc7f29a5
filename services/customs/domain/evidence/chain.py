"""Blocks of evidence: each names the block before it and, further back, one that it skips to, so
that a way from any block to any earlier one is short.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.evidence.hashing import (
    NOTHING,
    Members,
    block_hash,
    canonical_json,
    leaf_hash,
    merkle_root,
)
from shared.kernel.instants import rfc3339

ENTRIES_PER_BLOCK_MAX: Final = 4096
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Block:
    """`previous` and `skip`: hashes of the blocks `number - 1` and `skip_of(number)`. `root`: of
    the Merkle tree over its entries. Block 0 begins the chain and has none.
    """

    number: int
    previous: bytes
    skip: bytes
    root: bytes
    entries: int
    sealed_at: datetime

    @property
    def header(self) -> Members:
        return {
            "v": _FORMAT,
            "number": self.number,
            "previous": self.previous.hex(),
            "skip": self.skip.hex(),
            "root": self.root.hex(),
            "entries": self.entries,
            "sealed_at": rfc3339(self.sealed_at),
        }

    @property
    def hash(self) -> bytes:
        return block_hash(canonical_json(self.header))


def first_block(at: datetime) -> Block:
    return Block(number=0, previous=NOTHING, skip=NOTHING, root=NOTHING, entries=0, sealed_at=at)


def skip_of(number: int) -> int:
    """The number without its lowest binary digit: 12 skips to 8, 8 to 0."""
    return number & (number - 1)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A new block, and the leaf hashes of its entries in their order."""

    block: Block
    leaves: tuple[bytes, ...]


def seal(last: Block, skipped: Block, contents: Sequence[bytes], *, at: datetime) -> Sealed:
    """The block after `last`. `skipped`: block `skip_of(last.number + 1)`; `contents`: of its
    entries, at least one.
    """
    number = last.number + 1
    assert skipped.number == skip_of(number)
    leaves = tuple(leaf_hash(content) for content in contents)
    block = Block(
        number=number,
        previous=last.hash,
        skip=skipped.hash,
        root=merkle_root(leaves),
        entries=len(leaves),
        sealed_at=at,
    )
    return Sealed(block, leaves)


def way_back(head: int, wanted: Collection[int]) -> list[int]:
    """The blocks that link `head` with all those `wanted`, which are not above it, latest first."""
    on_the_way = {head}
    for target in wanted:
        at = head
        while at > target:
            at = skip_of(at) if skip_of(at) >= target else at - 1
            on_the_way.add(at)
    return sorted(on_the_way, reverse=True)
