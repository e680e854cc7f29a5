"""The itinerary that arrives first: one pass over all carriages by departure.

A connection scan (Dibbelt, Pajor, Strasser, Wagner: "Connection Scan Algorithm", 2018), with a
label for each board, because the connection time depends on how goods go on.
"""

from typing import NamedTuple

import numpy as np

from services.routing.domain.itineraries.arrays import (
    NEVER,
    Carriages,
    Flags,
    Indices,
    Ints,
    Stretches,
    Task,
)
from services.routing.domain.itineraries.kernel.compiled import compiled, part
from services.routing.domain.itineraries.kernel.waiting import NONE


class _Reached(NamedTuple):
    eligible_s: Ints
    """By board: from when on goods can leave it."""
    by: Indices
    """By board: the carriage that brought them."""
    before: Indices
    """By carriage: the one before it, NONE at the origin."""
    changes: Indices
    """One number: how often a board was reached earlier."""


@part
def _ride(
    net: Carriages, transfer_s: Ints, task: Task, reached: _Reached, n: int, best_s: int
) -> int:
    """Goods are at its board in time. When they are at the door if they end with it, or NEVER."""
    board, alight, arrives_s = net.board[n], net.alight[n], net.arrives_s[n]
    airport = alight >> 1
    if board >> 1 == task.origin and task.ready_s > net.departs_s[n] - net.accept_s[n]:
        return NEVER
    if airport == task.origin or arrives_s >= best_s:
        return NEVER
    reached.before[n] = reached.by[board]
    for mode in range(2):
        at_s = arrives_s + transfer_s[alight, mode]
        if at_s < reached.eligible_s[2 * airport + mode]:
            reached.eligible_s[2 * airport + mode] = at_s
            reached.by[2 * airport + mode] = n
            reached.changes[0] += 1
    if task.is_target[airport]:
        return int(arrives_s + net.avail_s[n] + task.additions[airport, 0])
    return NEVER


@part
def _scan(
    net: Carriages,
    transfer_s: Ints,
    stretches: Stretches,
    usable: Flags,
    task: Task,
    start: int,
    reached: _Reached,
) -> tuple[int, int]:
    """Arrival at the door (after `latest_s`: none in time) and the last carriage."""
    eligible_s, departs_s, boards = reached.eligible_s, net.departs_s, net.board
    best_s, last_carriage = task.latest_s + 1, NONE
    for stretch in range(stretches.is_repeated.shape[0]):
        first = max(start, stretches.first[stretch])
        last = stretches.first[stretch + 1]
        before = -1
        while before != reached.changes[0]:
            before = reached.changes[0]
            for n in range(first, last):
                if eligible_s[boards[n]] > departs_s[n] or not usable[n]:
                    continue
                if departs_s[n] >= best_s:
                    break
                end_s = _ride(net, transfer_s, task, reached, n, best_s)
                if end_s < best_s:
                    best_s, last_carriage = end_s, n
            if not stretches.is_repeated[stretch]:
                break
        if first < last and departs_s[last - 1] >= best_s:
            break
    return best_s, last_carriage


@compiled
def find_earliest(
    net: Carriages, transfer_s: Ints, stretches: Stretches, usable: Flags, task: Task, start: int
) -> tuple[int, Indices]:
    """Arrival at the door and the carriages of the itinerary; no carriages: none is in time."""
    boards = 2 * task.is_target.shape[0]
    reached = _Reached(
        np.full(boards, NEVER, np.int64),
        np.full(boards, NONE, np.int32),
        np.empty(net.departs_s.shape[0], np.int32),
        np.zeros(1, np.int32),
    )
    reached.eligible_s[2 * task.origin : 2 * task.origin + 2] = task.ready_s
    best_s, last_carriage = _scan(net, transfer_s, stretches, usable, task, start, reached)
    count, n = 0, last_carriage
    while n != NONE:
        count, n = count + 1, reached.before[n]
    carriages = np.empty(count, np.int32)
    n = last_carriage
    while n != NONE:
        count -= 1
        carriages[count] = n
        n = reached.before[n]
    return best_s, carriages
