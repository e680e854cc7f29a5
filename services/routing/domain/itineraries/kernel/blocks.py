"""Carriages looked at in blocks in which none can open another.

Most carriages depart where no goods are. Whether they do is hard to foresee for a processor, and a
wrong guess costs more than the rest of the work, so a block is sifted first, without a branch.
"""

from typing import Final

from services.routing.domain.itineraries.arrays import Indices, Ints
from services.routing.domain.itineraries.kernel.compiled import part

BLOCK: Final = 2048


@part
def not_before(departs_s: Ints, low: int, high: int, at_s: int) -> int:
    """The first place from `low` on that departs at `at_s` or later, `high` if none does."""
    while low < high:
        middle = (low + high) >> 1
        if departs_s[middle] < at_s:
            low = middle + 1
        else:
            high = middle
    return low


@part
def block_end(departs_s: Ints, first: int, last: int, lead_s: int) -> int:
    """Where the block from `first` on ends.

    Goods need `lead_s` at least from a departure until they can go on: what departs earlier than
    that after the first cannot be opened by it.
    """
    end = min(first + BLOCK, last)
    if departs_s[end - 1] < departs_s[first] + lead_s:
        return end
    return not_before(departs_s, first + 1, end, departs_s[first] + lead_s)


@part
def sift(
    departs_s: Ints, boards: Indices, eligible_s: Ints, first: int, last: int, found: Indices
) -> int:
    """Writes the carriages whose board has goods by then to `found`; how many there are."""
    size = 0
    for n in range(first, last):
        found[size] = n
        size += eligible_s[boards[n]] <= departs_s[n]
    return size
