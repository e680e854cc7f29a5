"""Second scan of a query, backward in time: a table of the carriages that can lead to a target.

For each it has the best that can still follow, each criterion for itself: bounds that no itinerary
beats. They are exact per criterion, because a carriage's followers are known when it is looked at.
"""

from typing import Final

import numpy as np

from services.routing.domain.itineraries.arrays import (
    NEVER,
    Carriages,
    Costs,
    Indices,
    Ints,
    Task,
)
from services.routing.domain.itineraries.kernel.compiled import part

# Columns of the table.
CARRIAGE: Final = 0
DEPARTS_S: Final = 1
BOARD: Final = 2
LEGS: Final = 3
PRICE: Final = 4
CO2E: Final = 5
AIRPORT: Final = 6
"""Where it ends."""
AIR_FROM_S: Final = 7
"""From when on goods can leave there by air; NEVER: there is no use in that."""
ROAD_FROM_S: Final = 8
END_S: Final = 9
"""When goods are at the door if they end there; NEVER: it is no target."""
END_PRICE: Final = 10
END_CO2E: Final = 11
AHEAD_S: Final = 12
"""The earliest arrival if goods go on; so are the next three the least that is added."""
AHEAD_PRICE: Final = 13
AHEAD_CO2E: Final = 14
AHEAD_LEGS: Final = 15
COLUMNS: Final = 16


@part
def _first_places(net: Carriages, kept: Indices, boards: int) -> Indices:
    """Where the departures of each board begin in an array of all kept ones (boards + 1)."""
    first = np.zeros(boards + 1, np.int32)
    for k in range(kept.shape[0]):
        first[net.board[kept[k, 0]] + 1] += 1
    for board in range(boards):
        first[board + 1] += first[board]
    return first


@part
def _not_before(departs_s: Ints, low: int, high: int, at_s: int) -> int:
    while low < high:
        middle = (low + high) >> 1
        if departs_s[middle] < at_s:
            low = middle + 1
        else:
            high = middle
    return low


@part
def _look_ahead(ride: Ints, best: Ints, departs_s: Ints, begin: Indices, end: Indices) -> None:
    """The columns AHEAD of what leaves once goods can; no use in a mode by which nothing does."""
    for column in range(4):
        ride[AHEAD_S + column] = NEVER
    for mode in range(2):
        board = 2 * ride[AIRPORT] + mode
        place = last = end[board + 1]
        if begin[board] < last:
            place = _not_before(departs_s, begin[board], last, ride[AIR_FROM_S + mode])
        if place == last:
            ride[AIR_FROM_S + mode] = NEVER
            continue
        for column in range(4):
            ride[AHEAD_S + column] = min(ride[AHEAD_S + column], best[place, column])


@part
def _describe(
    ride: Ints, net: Carriages, transfer_s: Ints, costs: Costs, task: Task, n: int
) -> None:
    """What a row says of the carriage itself."""
    alight, arrives_s = net.alight[n], net.arrives_s[n]
    airport = alight >> 1
    ride[CARRIAGE], ride[DEPARTS_S], ride[BOARD] = n, net.departs_s[n], net.board[n]
    ride[LEGS], ride[PRICE], ride[CO2E] = net.legs[n], costs.price[n], costs.co2e_g[n]
    ride[AIRPORT] = airport
    ride[AIR_FROM_S] = arrives_s + transfer_s[alight, 0]
    ride[ROAD_FROM_S] = arrives_s + transfer_s[alight, 1]
    ride[END_S] = NEVER
    if task.is_target[airport]:
        end_s = arrives_s + net.avail_s[n] + task.additions[airport, 0]
        if end_s <= task.latest_s:
            ride[END_S] = end_s
            ride[END_PRICE] = task.additions[airport, 1]
            ride[END_CO2E] = task.additions[airport, 2]


@part
def _note_departure(ride: Ints, best: Ints, place: int, last: int) -> None:
    """Row `place` of `best`: the least from here on by this or any later departure of the board."""
    for column in range(4):
        best[place, column] = ride[AHEAD_S + column]
    if ride[END_S] != NEVER:
        best[place, 0] = min(best[place, 0], ride[END_S])
        best[place, 1] = min(best[place, 1], ride[END_PRICE])
        best[place, 2] = min(best[place, 2], ride[END_CO2E])
        best[place, 3] = 0
    best[place, 1] += ride[PRICE]
    best[place, 2] += ride[CO2E]
    best[place, 3] += ride[LEGS]
    if place + 1 < last:
        for column in range(4):
            best[place, column] = min(best[place, column], best[place + 1, column])


@part
def make_rides(net: Carriages, transfer_s: Ints, costs: Costs, task: Task, kept: Indices) -> Ints:
    """A row (COLUMNS) for each carriage that can be part of an answer, by departure."""
    count = kept.shape[0]
    end = _first_places(net, kept, 2 * task.is_target.shape[0])
    # A board's departures are written from its last place down; `begin` is where they begin by now.
    begin = end[1:].copy()
    best = np.empty((count, 4), np.int64)
    departs_s = np.empty(count, np.int64)
    rides = np.empty((count, COLUMNS), np.int64)
    top = count
    for k in range(count - 1, -1, -1):
        n = kept[k, 0]
        ride = rides[top - 1]
        _describe(ride, net, transfer_s, costs, task, n)
        if net.is_instant[n]:
            # What follows may depart at this very instant and not be known yet: promise nothing.
            ride[AHEAD_S] = net.arrives_s[n]
            ride[AHEAD_PRICE] = ride[AHEAD_CO2E] = ride[AHEAD_LEGS] = 0
        else:
            _look_ahead(ride, best, departs_s, begin, end)
        legs = ride[LEGS] if ride[END_S] != NEVER else ride[LEGS] + ride[AHEAD_LEGS]
        if min(ride[AHEAD_S], ride[END_S]) > task.latest_s or kept[k, 1] + legs > task.legs_max:
            continue
        top -= 1
        board = net.board[n]
        begin[board] -= 1
        departs_s[begin[board]] = net.departs_s[n]
        _note_departure(ride, best, begin[board], end[board + 1])
    return rides[top:]
