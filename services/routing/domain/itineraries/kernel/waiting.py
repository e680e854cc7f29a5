"""What has arrived and cannot go on yet: a list for each board, by when it can."""

from typing import Final, NamedTuple

from services.routing.domain.itineraries.arrays import Indices, Ints
from services.routing.domain.itineraries.kernel.compiled import part

NONE: Final = -1
FIRST: Final = 0
LAST: Final = 1
_BEFORE: Final = 2
_AFTER: Final = 3
ENTRY_COLUMNS: Final = 4
_HEAD: Final = 0
_TAIL: Final = 1


class Waiting(NamedTuple):
    from_s: Ints
    """By entry (w)."""
    entries: Indices
    """FIRST and LAST of what waits, the entries before and after in the list (w × 4)."""
    ends: Indices
    """First and last entry of each board (b × 2); one row more: how many entries there are."""


@part
def put(waiting: Waiting, board: int, from_s: int, first: int, last: int) -> bool:
    """Behind all that can go on no later; False: there is no room."""
    entries, ends = waiting.entries, waiting.ends
    entry = ends[-1, 0]
    if entry >= waiting.from_s.shape[0]:
        return False
    ends[-1, 0] = entry + 1
    before = ends[board, _TAIL]
    while before != NONE and waiting.from_s[before] > from_s:
        before = entries[before, _BEFORE]
    after = ends[board, _HEAD] if before == NONE else entries[before, _AFTER]
    waiting.from_s[entry] = from_s
    entries[entry, FIRST], entries[entry, LAST] = first, last
    entries[entry, _BEFORE], entries[entry, _AFTER] = before, after
    if before == NONE:
        ends[board, _HEAD] = entry
    else:
        entries[before, _AFTER] = entry
    if after == NONE:
        ends[board, _TAIL] = entry
    else:
        entries[after, _BEFORE] = entry
    return True


@part
def take(waiting: Waiting, board: int, now_s: int) -> int:
    """The next entry that can go on at `now_s`, taken off the list; NONE: there is none."""
    entry = int(waiting.ends[board, _HEAD])
    if entry == NONE or waiting.from_s[entry] > now_s:
        return NONE
    after = waiting.entries[entry, _AFTER]
    waiting.ends[board, _HEAD] = after
    if after == NONE:
        waiting.ends[board, _TAIL] = NONE
    else:
        waiting.entries[after, _BEFORE] = NONE
    return entry
