"""What has arrived and cannot go on yet: a list for each board, by when it can."""

from typing import Final

from services.routing.domain.itineraries.arrays import Ints
from services.routing.domain.itineraries.kernel.boards import ENTRIES_USED, HEAD, NONE, TAIL
from services.routing.domain.itineraries.kernel.compiled import part

# Columns of an entry.
FROM_S: Final = 0
FIRST: Final = 1
LAST: Final = 2
_BEFORE: Final = 3
_AFTER: Final = 4
COLUMNS: Final = 5


@part
def put(entries: Ints, boards: Ints, board: int, from_s: int, first: int, last: int) -> bool:
    """`first … last` wait behind all that can go on no later; False: there is no room."""
    entry = boards[-1, ENTRIES_USED]
    if entry >= entries.shape[0]:
        return False
    boards[-1, ENTRIES_USED] = entry + 1
    before = boards[board, TAIL]
    while before != NONE and entries[before, FROM_S] > from_s:
        before = entries[before, _BEFORE]
    after = boards[board, HEAD] if before == NONE else entries[before, _AFTER]
    entries[entry, FROM_S], entries[entry, FIRST], entries[entry, LAST] = from_s, first, last
    entries[entry, _BEFORE], entries[entry, _AFTER] = before, after
    if before == NONE:
        boards[board, HEAD] = entry
    else:
        entries[before, _AFTER] = entry
    if after == NONE:
        boards[board, TAIL] = entry
    else:
        entries[after, _BEFORE] = entry
    return True


@part
def take(entries: Ints, boards: Ints, board: int, now_s: int) -> int:
    """The next entry that can go on at `now_s`, taken off the list; NONE: there is none."""
    entry = int(boards[board, HEAD])
    if entry == NONE or entries[entry, FROM_S] > now_s:
        return NONE
    after = entries[entry, _AFTER]
    boards[board, HEAD] = after
    if after == NONE:
        boards[board, TAIL] = NONE
    else:
        entries[after, _BEFORE] = NONE
    return entry
