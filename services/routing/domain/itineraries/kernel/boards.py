"""What a search knows of its boards while it runs, in one array that all its parts share.

Arrays are passed one by one and are few: a tuple of arrays costs a count of references for each of
them at every call, which is more than most calls do.

A row for each board (airport and mode of departure), one for the targets, and one of counters.
"""

from typing import Final

import numpy as np

from services.routing.domain.itineraries.arrays import NEVER, Ints
from services.routing.domain.itineraries.kernel.compiled import part

# Columns of a board: where its front is among all rows, how long it is and may get; what waits.
FIRST_ROW: Final = 0
SIZE: Final = 1
ROOM: Final = 2
HEAD: Final = 3
TAIL: Final = 4
LEAST: Final = 5
"""The least that any label of the front ever had of its second, third and fourth number."""
COLUMNS: Final = 8

# Columns of the last row.
ROWS_USED: Final = 0
ENTRIES_USED: Final = 1
LABELS_USED: Final = 2
LABELS_END: Final = 3
"""Labels that end at a target are written from the end down: the first of them."""

NONE: Final = -1


@part
def no_boards(airports: int) -> Ints:
    """Nothing has arrived anywhere."""
    boards = np.zeros((2 * airports + 2, COLUMNS), np.int64)
    for board in range(2 * airports):
        boards[board, HEAD] = boards[board, TAIL] = NONE
        boards[board, LEAST] = boards[board, LEAST + 1] = boards[board, LEAST + 2] = NEVER
    return boards
