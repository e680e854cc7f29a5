"""Decisions that look random and can be repeated: a hash of the seed and of what the decision is
about. The same seed decides the same way, in whatever order and at whatever time.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def share(seed: int, *about: str) -> float:
    """A number in [0, 1), evenly spread over all `about`."""
    text = "\x1f".join((str(seed), *about))
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def number(seed: int, limit: int, *about: str) -> int:
    """A whole number in [0, limit)."""
    return int(share(seed, *about) * limit)


def pick(seed: int, choices: Sequence[T], *about: str) -> T:
    return choices[number(seed, len(choices), *about)]
