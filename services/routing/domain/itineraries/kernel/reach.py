"""First scan of a query, forward in time: which carriages can goods catch at all?"""

import numpy as np

from services.routing.domain.itineraries.arrays import (
    NEVER,
    Carriages,
    Flags,
    Indices,
    Ints,
    Pairs,
    Stretches,
    Task,
)
from services.routing.domain.itineraries.kernel.blocks import BLOCK, block_end, sift
from services.routing.domain.itineraries.kernel.compiled import part


@part
def fewest_legs_ahead(pairs: Pairs, is_target: Flags, legs_max: int) -> Indices:
    """Legs from each airport to the nearest target, whatever the time; above `legs_max`: no way."""
    airports = is_target.shape[0]
    fewest = np.full(airports, legs_max + 1, np.int32)
    queue = np.empty(airports, np.int32)
    is_queued = is_target.copy()
    waiting = 0
    for airport in range(airports):
        if is_target[airport]:
            fewest[airport] = 0
            queue[waiting] = airport
            waiting += 1
    head = 0
    while waiting:
        airport = queue[head]
        head = (head + 1) % airports
        waiting -= 1
        is_queued[airport] = False
        for pair in range(pairs.first[airport], pairs.first[airport + 1]):
            before = pairs.origin[pair]
            legs = fewest[airport] + pairs.legs[pair]
            if legs < fewest[before]:
                fewest[before] = legs
                if not is_queued[before]:
                    queue[(head + waiting) % airports] = before
                    is_queued[before] = True
                    waiting += 1
    return fewest


@part
def _arrive(
    eligible_s: Ints, fewest: Indices, transfer_s: Ints, alight: int, arrives_s: int, legs: int
) -> bool:
    """Whether that opens something new."""
    opens = False
    airport = alight >> 1
    if legs < fewest[airport]:
        fewest[airport] = legs
        opens = True
    for mode in range(2):
        at_s = arrives_s + transfer_s[alight, mode]
        if at_s < eligible_s[2 * airport + mode]:
            eligible_s[2 * airport + mode] = at_s
            opens = True
    return opens


@part
def _catch(
    net: Carriages,
    transfer_s: Ints,
    usable: Flags,
    task: Task,
    legs_left: Indices,
    eligible_s: Ints,
    fewest: Indices,
    found: Indices,
    kept: Indices,
    size: int,
) -> tuple[int, bool]:
    """Those found that are of use, behind the first `size` kept; how many are kept then.

    Whether they open something new, too.
    """
    departs_s, arrives_s, boards, alights = net.departs_s, net.arrives_s, net.board, net.alight
    legs_of, accept_s, latest_s = net.legs, net.accept_s, task.latest_s
    origin, ready_s = task.origin, task.ready_s
    opens = False
    for n in found:
        board, alight = boards[n], alights[n]
        legs_before = fewest[board >> 1]
        legs = legs_before + legs_of[n]
        if legs > legs_left[alight >> 1] or arrives_s[n] > latest_s or not usable[n]:
            continue
        if board >> 1 == origin and ready_s > departs_s[n] - accept_s[n]:
            continue
        kept[size, 0], kept[size, 1] = n, legs_before
        size += 1
        if _arrive(eligible_s, fewest, transfer_s, alight, arrives_s[n], legs):
            opens = True
    return size, opens


@part
def reach(
    net: Carriages,
    transfer_s: Ints,
    stretches: Stretches,
    pairs: Pairs,
    usable: Flags,
    task: Task,
    start: int,
) -> Indices:
    """Carriages from `start` on that goods can catch, in their order, with the fewest legs to them.

    k × 2. A way to the carriage may have more legs, none has fewer.
    """
    legs_left = task.legs_max - fewest_legs_ahead(pairs, task.is_target, task.legs_max)
    legs_left[task.origin] = 0
    airports = legs_left.shape[0]
    fewest = np.full(airports, task.legs_max + 1, np.int32)
    fewest[task.origin] = 0
    eligible_s = np.full(2 * airports, NEVER, np.int64)
    eligible_s[2 * task.origin : 2 * task.origin + 2] = task.ready_s
    kept = np.empty((net.departs_s.shape[0] - start, 2), np.int32)
    found = np.empty(BLOCK, np.int32)
    size = 0
    for stretch in range(stretches.is_repeated.shape[0]):
        first = max(start, stretches.first[stretch])
        last = stretches.first[stretch + 1]
        is_repeated = stretches.is_repeated[stretch]
        lead_s = 1 if is_repeated else stretches.lead_s
        # Where goods can change within an instant, one pass may open what an earlier one missed.
        begin, repeats = size, True
        while repeats:
            size, repeats, at = begin, False, first
            while at < last:
                end = block_end(net.departs_s, at, last, lead_s)
                count = sift(net.departs_s, net.board, eligible_s, at, end, found)
                size, opens = _catch(
                    net,
                    transfer_s,
                    usable,
                    task,
                    legs_left,
                    eligible_s,
                    fewest,
                    found[:count],
                    kept,
                    size,
                )
                repeats = repeats or (opens and is_repeated)
                at = end
    return kept[:size]
