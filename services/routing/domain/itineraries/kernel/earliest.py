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
from services.routing.domain.itineraries.kernel.blocks import BLOCK, block_end, sift
from services.routing.domain.itineraries.kernel.boards import NONE
from services.routing.domain.itineraries.kernel.compiled import compiled, part


class _Reached(NamedTuple):
    eligible_s: Ints
    """By board: from when on goods can leave it."""
    by: Indices
    """By board: the carriage that brought them."""
    before: Indices
    """By carriage: the one before it, NONE at the origin."""


@part
def _set_down(
    eligible_s: Ints, by: Indices, transfer_s: Ints, alight: int, arrives_s: int, n: int
) -> bool:
    """Whether goods that took carriage `n` can leave a board earlier than was known."""
    is_earlier = False
    for mode in range(2):
        board = (alight & ~1) | mode
        at_s = arrives_s + transfer_s[alight, mode]
        if at_s < eligible_s[board]:
            eligible_s[board] = at_s
            by[board] = n
            is_earlier = True
    return is_earlier


@part
def _ride(
    net: Carriages,
    transfer_s: Ints,
    usable: Flags,
    task: Task,
    reached: _Reached,
    found: Indices,
    best_s: int,
    last_carriage: int,
) -> tuple[bool, int, int]:
    """Whether a board is reached earlier; the earliest arrival at a door, and its carriage."""
    # An array is taken out of its tuple once: in the loop, each time would count references.
    departs_s, arrivals_s, boards, alights = net.departs_s, net.arrives_s, net.board, net.alight
    accept_s, avail_s = net.accept_s, net.avail_s
    is_target, additions = task.is_target, task.additions
    eligible_s, by, before = reached.eligible_s, reached.by, reached.before
    origin, ready_s = task.origin, task.ready_s
    is_earlier = False
    for n in found:
        board, arrives_s = boards[n], arrivals_s[n]
        if arrives_s >= best_s or not usable[n]:
            continue
        if board >> 1 == origin and ready_s > departs_s[n] - accept_s[n]:
            continue
        airport = alights[n] >> 1
        if _set_down(eligible_s, by, transfer_s, alights[n], arrives_s, n):
            before[n] = by[board]
            is_earlier = True
        if is_target[airport]:
            before[n] = by[board]
            end_s = arrives_s + avail_s[n] + additions[airport, 0]
            if end_s < best_s:
                best_s, last_carriage = end_s, n
    return is_earlier, best_s, last_carriage


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
    departs_s, boards, eligible_s = net.departs_s, net.board, reached.eligible_s
    best_s, carriage = task.latest_s + 1, NONE
    found = np.empty(BLOCK, np.int32)
    for stretch in range(stretches.is_repeated.shape[0]):
        first = max(start, stretches.first[stretch])
        last = stretches.first[stretch + 1]
        is_repeated = stretches.is_repeated[stretch]
        lead_s = 1 if is_repeated else stretches.lead_s
        repeats = True
        while repeats:
            repeats, at = False, first
            while at < last and departs_s[at] < best_s:
                end = block_end(departs_s, at, last, lead_s)
                count = sift(departs_s, boards, eligible_s, at, end, found)
                is_earlier, best_s, carriage = _ride(
                    net, transfer_s, usable, task, reached, found[:count], best_s, carriage
                )
                repeats = repeats or (is_earlier and is_repeated)
                at = end
        if first < last and departs_s[last - 1] >= best_s:
            break
    return best_s, carriage


@compiled
def find_earliest(
    net: Carriages,
    transfer_s: Ints,
    stretches: Stretches,
    usable: Flags,
    task: Task,
    start: int,
    before: Indices,
) -> tuple[int, Indices]:
    """Arrival at the door and the carriages of the itinerary; no carriages: none is in time.

    `before` is scratch memory for as many carriages as there are: new memory for each search would
    take longer than the search.
    """
    boards = 2 * task.is_target.shape[0]
    reached = _Reached(
        np.full(boards, NEVER, np.int64),
        np.full(boards, NONE, np.int32),
        before,
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
