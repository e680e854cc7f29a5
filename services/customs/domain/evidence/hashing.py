"""Merkle trees as RFC 6962 §2.1 builds them, over SHA-256. Leaves, nodes and blocks are hashed with
a first byte of their own, so that none can be passed off as another.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final

SIZE: Final = 32
NOTHING: Final = bytes(SIZE)
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"
_BLOCK: Final = b"\x02"

# What canonical JSON holds: no floating point, whose spelling is not the same everywhere.
Scalar = str | int | None
Members = Mapping[str, "Scalar | Mapping[str, Scalar]"]


def canonical_json(members: Members) -> bytes:
    """Sorted names, no blanks, UTF-8."""
    text = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(_LEAF + content).digest()


def block_hash(header: bytes) -> bytes:
    return hashlib.sha256(_BLOCK + header).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level: the last node of an odd number goes up as it is."""
    pairs = [_node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return pairs + list(level[len(pairs) * 2 :])


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Of one or more leaf hashes."""
    assert leaves
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def merkle_paths(leaves: Sequence[bytes], places: Sequence[int]) -> list[list[bytes]]:
    """For each place (from 0) the hashes beside the way from its leaf to the root."""
    paths: list[list[bytes]] = [[] for _ in places]
    at = list(places)
    level = list(leaves)
    while len(level) > 1:
        for path, place in zip(paths, at, strict=True):
            if place ^ 1 < len(level):
                path.append(level[place ^ 1])
        at = [place // 2 for place in at]
        level = _above(level)
    return paths


def root_by_path(leaf: bytes, place: int, leaves: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which the path leads; None: it is no path of a tree of so many leaves."""
    if not 0 <= place < leaves:
        return None
    found, beside = leaf, list(reversed(path))
    while leaves > 1:
        if place ^ 1 < leaves:
            if not beside:
                return None
            other = beside.pop()
            found = _node_hash(other, found) if place % 2 else _node_hash(found, other)
        place, leaves = place // 2, (leaves + 1) // 2
    return None if beside else found
