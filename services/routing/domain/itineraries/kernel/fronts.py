"""Fronts: sets of labels of which none is at least as good as another in everything.

A row of a front is five numbers, each the better the smaller it is, and the label they belong to.
The rows of a front lie one after another, sorted by the first number: only rows up to a label's own
first number can beat it, only those from there on can be beaten by it. All fronts share one array;
one that outgrows its room moves behind all others.
"""

from typing import Final

from services.routing.domain.itineraries.arrays import Ints
from services.routing.domain.itineraries.kernel.boards import (
    FIRST_ROW,
    LEAST,
    ROOM,
    ROWS_USED,
    SIZE,
)
from services.routing.domain.itineraries.kernel.compiled import part

COLUMNS: Final = 6
LABEL: Final = 5
"""Column of a row that says whose numbers these are."""
_ROOM_FIRST: Final = 8


@part
def _copy_row(rows: Ints, source: int, target: int) -> None:
    for column in range(COLUMNS):
        rows[target, column] = rows[source, column]


@part
def is_beaten(rows: Ints, first: int, size: int, a: int, b: int, c: int, d: int, e: int) -> bool:
    """Whether a row of the front is at least as good in everything; an equal one is, too."""
    for row in range(first, first + size):
        if rows[row, 0] > a:
            return False
        if rows[row, 1] <= b and rows[row, 2] <= c and rows[row, 3] <= d and rows[row, 4] <= e:
            return True
    return False


@part
def _make_room(rows: Ints, boards: Ints, front: int) -> bool:
    """Room for one row more; False: `rows` is full."""
    room, used = boards[front, ROOM], boards[-1, ROWS_USED]
    if boards[front, SIZE] < room:
        return True
    wanted = max(_ROOM_FIRST, 2 * room)
    if used + wanted > rows.shape[0]:
        return False
    for n in range(boards[front, SIZE]):
        _copy_row(rows, boards[front, FIRST_ROW] + n, used + n)
    boards[front, FIRST_ROW], boards[front, ROOM] = used, wanted
    boards[-1, ROWS_USED] = used + wanted
    return True


@part
def _drop_beaten(rows: Ints, place: int, last: int, b: int, c: int, d: int, e: int) -> int:
    """Rows from `place` on are no better in the first number; drop those no better in the rest.

    How many are dropped.
    """
    kept = place
    for row in range(place, last):
        if rows[row, 1] >= b and rows[row, 2] >= c and rows[row, 3] >= d and rows[row, 4] >= e:
            continue
        if kept != row:
            _copy_row(rows, row, kept)
        kept += 1
    return last - kept


@part
def offer(
    rows: Ints, boards: Ints, front: int, a: int, b: int, c: int, d: int, e: int, label: int
) -> int:
    """1: the label is in the front, 0: it is beaten, -1: there is no room for it."""
    first = boards[front, FIRST_ROW]
    last = first + boards[front, SIZE]
    place = last
    for row in range(first, last):
        if rows[row, 0] >= a:
            place = min(place, row)
            if rows[row, 0] > a:
                break
        if rows[row, 1] <= b and rows[row, 2] <= c and rows[row, 3] <= d and rows[row, 4] <= e:
            return 0
    boards[front, SIZE] -= _drop_beaten(rows, place, last, b, c, d, e)
    if not _make_room(rows, boards, front):
        return -1
    place += boards[front, FIRST_ROW] - first
    for row in range(boards[front, FIRST_ROW] + boards[front, SIZE], place, -1):
        _copy_row(rows, row - 1, row)
    rows[place, 0], rows[place, 1], rows[place, 2] = a, b, c
    rows[place, 3], rows[place, 4], rows[place, LABEL] = d, e, label
    boards[front, SIZE] += 1
    boards[front, LEAST] = min(boards[front, LEAST], b)
    boards[front, LEAST + 1] = min(boards[front, LEAST + 1], c)
    boards[front, LEAST + 2] = min(boards[front, LEAST + 2], d)
    return 1
