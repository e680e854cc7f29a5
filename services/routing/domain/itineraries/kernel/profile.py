"""All airports from one origin for a stretch of ready times, in one pass.

A label says how late goods may be ready at the origin and still be here. Of two labels that are
eligible when something departs, the later one is as good in everything, so a board needs one number
for each number of legs.
"""

from typing import Final, NamedTuple

import numpy as np

from services.routing.domain.itineraries.arrays import Carriages, Flags, Ints, Stretches
from services.routing.domain.itineraries.kernel.boards import NONE, no_boards
from services.routing.domain.itineraries.kernel.compiled import compiled, part
from services.routing.domain.itineraries.kernel.waiting import COLUMNS, FIRST, put, take

TOO_EARLY: Final = -(1 << 60)
"""No ready time is this early."""


class _State(NamedTuple):
    ready_s: Ints
    """By carriage and legs: goods that are ready by then take it, with so many legs at most."""
    eligible_ready_s: Ints
    """By board and legs: the latest of those that can go on by now."""
    entries: Ints
    boards: Ints


@part
def _let_in(state: _State, board: int, n: int) -> bool:
    """Goods that took carriage `n` can go on; whether that is later than what could before."""
    is_later = False
    for legs in range(state.ready_s.shape[1]):
        if state.ready_s[n, legs] > state.eligible_ready_s[board, legs]:
            state.eligible_ready_s[board, legs] = state.ready_s[n, legs]
            is_later = True
    return is_later


@part
def _take(net: Carriages, state: _State, origin: int, n: int) -> int:
    """The latest ready time with which goods take the carriage, noted for each number of legs."""
    board, departs_s, own_legs = net.board[n], net.departs_s[n], net.legs[n]
    entry = take(state.entries, state.boards, board, departs_s)
    while entry != NONE:
        _let_in(state, board, state.entries[entry, FIRST])
        entry = take(state.entries, state.boards, board, departs_s)
    legs_max = state.ready_s.shape[1] - 1
    for legs in range(own_legs, legs_max + 1):
        if board >> 1 == origin:
            state.ready_s[n, legs] = departs_s - net.accept_s[n]
        else:
            state.ready_s[n, legs] = state.eligible_ready_s[board, legs - own_legs]
    return int(state.ready_s[n, legs_max])


@part
def _set_down(net: Carriages, transfer_s: Ints, state: _State, n: int, is_first: bool) -> bool:
    """Whether goods that took it can go on at this very instant, later ones than before."""
    alight, changes = net.alight[n], False
    for mode in range(2):
        board = (alight & ~1) | mode
        from_s = net.arrives_s[n] + transfer_s[alight, mode]
        if from_s == net.departs_s[n]:
            changes = _let_in(state, board, n) or changes
        elif is_first:
            put(state.entries, state.boards, board, from_s, n, n)
    return changes


@part
def _scan(
    net: Carriages,
    transfer_s: Ints,
    stretches: Stretches,
    usable: Flags,
    origin: int,
    ready_from_s: int,
    start: int,
    state: _State,
) -> None:
    legs_max = state.ready_s.shape[1] - 1
    for stretch in range(stretches.is_repeated.shape[0]):
        first = max(start, stretches.first[stretch])
        changes = True
        while changes:
            changes = False
            for n in range(first, stretches.first[stretch + 1]):
                if not usable[n] or net.alight[n] >> 1 == origin:
                    continue
                is_first = state.ready_s[n, legs_max] < ready_from_s
                if _take(net, state, origin, n) >= ready_from_s:
                    changes = _set_down(net, transfer_s, state, n, is_first) or changes
            changes = changes and stretches.is_repeated[stretch]


@compiled
def find_profile(
    net: Carriages,
    transfer_s: Ints,
    stretches: Stretches,
    usable: Flags,
    origin: int,
    ready_from_s: int,
    legs_max: int,
    start: int,
) -> Ints:
    """By carriage: how late goods may be ready to take it (n); below `ready_from_s`: never."""
    count, boards = net.departs_s.shape[0], transfer_s.shape[0]
    state = _State(
        np.full((count, legs_max + 1), TOO_EARLY, np.int64),
        np.full((boards, legs_max + 1), TOO_EARLY, np.int64),
        np.empty((2 * (count - start), COLUMNS), np.int64),
        no_boards(boards // 2),
    )
    _scan(net, transfer_s, stretches, usable, origin, ready_from_s, start, state)
    return state.ready_s[:, legs_max].copy()
