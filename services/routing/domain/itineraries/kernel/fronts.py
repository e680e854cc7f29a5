"""Fronts: sets of labels of which none is at least as good as another in everything.

A row of a front is five numbers, each the better the smaller it is, and the label they belong to.
The rows of a front lie one after another, sorted by the first number: only rows up to a label's own
first number can beat it, only those from there on can be beaten by it.
"""

from typing import Final, NamedTuple

from services.routing.domain.itineraries.arrays import Indices, Ints
from services.routing.domain.itineraries.kernel.compiled import part

COLUMNS: Final = 6
LABEL: Final = 5
"""Column of a row that says whose numbers these are."""
FIRST: Final = 0
SIZE: Final = 1
ROOM: Final = 2
_ROOM_FIRST: Final = 8


class Fronts(NamedTuple):
    """`rows` is shared by all fronts; one that outgrows its room moves behind all others."""

    rows: Ints
    """r × COLUMNS."""
    blocks: Indices
    """FIRST row, SIZE and ROOM of each front (f × 3); one row more: the first free row."""


@part
def _copy_row(rows: Ints, source: int, target: int) -> None:
    for column in range(COLUMNS):
        rows[target, column] = rows[source, column]


@part
def is_beaten(fronts: Fronts, front: int, a: int, b: int, c: int, d: int, e: int) -> bool:
    """Whether a row is at least as good in everything; an equal one is, too."""
    rows = fronts.rows
    first = fronts.blocks[front, FIRST]
    for row in range(first, first + fronts.blocks[front, SIZE]):
        if rows[row, 0] > a:
            return False
        if rows[row, 1] <= b and rows[row, 2] <= c and rows[row, 3] <= d and rows[row, 4] <= e:
            return True
    return False


@part
def _make_room(fronts: Fronts, front: int) -> bool:
    """Room for one row more; False: `rows` is full."""
    blocks = fronts.blocks
    room, used = blocks[front, ROOM], blocks[-1, FIRST]
    if blocks[front, SIZE] < room:
        return True
    wanted = max(_ROOM_FIRST, 2 * room)
    if used + wanted > fronts.rows.shape[0]:
        return False
    for n in range(blocks[front, SIZE]):
        _copy_row(fronts.rows, blocks[front, FIRST] + n, used + n)
    blocks[front, FIRST], blocks[front, ROOM] = used, wanted
    blocks[-1, FIRST] = used + wanted
    return True


@part
def _drop_beaten(fronts: Fronts, front: int, place: int, b: int, c: int, d: int, e: int) -> None:
    """Rows from `place` on are no better in the first number; drop those no better in the rest."""
    rows = fronts.rows
    last = fronts.blocks[front, FIRST] + fronts.blocks[front, SIZE]
    kept = place
    for row in range(place, last):
        if rows[row, 1] >= b and rows[row, 2] >= c and rows[row, 3] >= d and rows[row, 4] >= e:
            continue
        if kept != row:
            _copy_row(rows, row, kept)
        kept += 1
    fronts.blocks[front, SIZE] -= last - kept


@part
def offer(fronts: Fronts, front: int, a: int, b: int, c: int, d: int, e: int, label: int) -> int:
    """1: the label is in the front, 0: it is beaten, -1: there is no room for it."""
    rows = fronts.rows
    first = fronts.blocks[front, FIRST]
    last = first + fronts.blocks[front, SIZE]
    place = last
    for row in range(first, last):
        if rows[row, 0] >= a:
            place = min(place, row)
            if rows[row, 0] > a:
                break
        if rows[row, 1] <= b and rows[row, 2] <= c and rows[row, 3] <= d and rows[row, 4] <= e:
            return 0
    _drop_beaten(fronts, front, place, b, c, d, e)
    if not _make_room(fronts, front):
        return -1
    place += fronts.blocks[front, FIRST] - first
    for row in range(fronts.blocks[front, FIRST] + fronts.blocks[front, SIZE], place, -1):
        _copy_row(rows, row - 1, row)
    rows[place, 0], rows[place, 1], rows[place, 2] = a, b, c
    rows[place, 3], rows[place, 4], rows[place, LABEL] = d, e, label
    fronts.blocks[front, SIZE] += 1
    return 1
