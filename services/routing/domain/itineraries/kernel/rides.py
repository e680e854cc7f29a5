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
from services.routing.domain.itineraries.kernel.blocks import not_before
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
def _first_places(board_of: Indices, kept: Indices, boards: int) -> Indices:
    """Where the departures of each board begin in an array of all kept ones (boards + 1)."""
    first = np.zeros(boards + 1, np.int32)
    for k in range(kept.shape[0]):
        first[board_of[kept[k, 0]] + 1] += 1
    for board in range(boards):
        first[board + 1] += first[board]
    return first


@part
def _look_ahead(
    rides: Ints, k: int, best: Ints, departs_s: Ints, begin: Indices, end: Indices
) -> None:
    """The columns AHEAD of what leaves once goods can; no use in a mode by which nothing does."""
    for column in range(4):
        rides[k, AHEAD_S + column] = NEVER
    for mode in range(2):
        board = 2 * rides[k, AIRPORT] + mode
        place = last = end[board + 1]
        if begin[board] < last:
            place = not_before(departs_s, begin[board], last, rides[k, AIR_FROM_S + mode])
        if place == last:
            rides[k, AIR_FROM_S + mode] = NEVER
            continue
        for column in range(4):
            least = min(rides[k, AHEAD_S + column], best[place, column])
            rides[k, AHEAD_S + column] = least


@part
def _promise_nothing(rides: Ints, k: int, arrives_s: int) -> None:
    """What follows may depart at this very instant, and not be known yet."""
    rides[k, AHEAD_S] = arrives_s
    rides[k, AHEAD_PRICE] = rides[k, AHEAD_CO2E] = rides[k, AHEAD_LEGS] = 0


@part
def _describe(
    net: Carriages, transfer_s: Ints, costs: Costs, task: Task, kept: Indices, rides: Ints
) -> None:
    """What a row says of the carriage itself."""
    departs_s, arrivals_s, avail_s = net.departs_s, net.arrives_s, net.avail_s
    boards, alights, legs = net.board, net.alight, net.legs
    price, co2e_g = costs.price, costs.co2e_g
    additions, is_target, latest_s = task.additions, task.is_target, task.latest_s
    for k in range(kept.shape[0]):
        n = kept[k, 0]
        alight, arrives_s = alights[n], arrivals_s[n]
        airport = alight >> 1
        rides[k, CARRIAGE], rides[k, DEPARTS_S] = n, departs_s[n]
        rides[k, BOARD], rides[k, AIRPORT] = boards[n], airport
        rides[k, LEGS], rides[k, PRICE], rides[k, CO2E] = legs[n], price[n], co2e_g[n]
        rides[k, AIR_FROM_S] = arrives_s + transfer_s[alight, 0]
        rides[k, ROAD_FROM_S] = arrives_s + transfer_s[alight, 1]
        rides[k, END_S] = NEVER
        if is_target[airport]:
            end_s = arrives_s + avail_s[n] + additions[airport, 0]
            if end_s <= latest_s:
                rides[k, END_S] = end_s
                rides[k, END_PRICE] = additions[airport, 1]
                rides[k, END_CO2E] = additions[airport, 2]


@part
def _note_departure(rides: Ints, k: int, best: Ints, place: int, last: int) -> None:
    """Row `place` of `best`: the least from here on by this or any later departure of the board."""
    for column in range(4):
        best[place, column] = rides[k, AHEAD_S + column]
    if rides[k, END_S] != NEVER:
        best[place, 0] = min(best[place, 0], rides[k, END_S])
        best[place, 1] = min(best[place, 1], rides[k, END_PRICE])
        best[place, 2] = min(best[place, 2], rides[k, END_CO2E])
        best[place, 3] = 0
    best[place, 1] += rides[k, PRICE]
    best[place, 2] += rides[k, CO2E]
    best[place, 3] += rides[k, LEGS]
    if place + 1 < last:
        for column in range(4):
            best[place, column] = min(best[place, column], best[place + 1, column])


@part
def make_rides(net: Carriages, transfer_s: Ints, costs: Costs, task: Task, kept: Indices) -> Ints:
    """A row (COLUMNS) for each carriage that can be part of an answer, by departure."""
    count = kept.shape[0]
    end = _first_places(net.board, kept, 2 * task.is_target.shape[0])
    # A board's departures are written from its last place down; `begin` is where they begin by now.
    begin = end[1:].copy()
    best = np.empty((count, 4), np.int64)
    departs_s = np.empty(count, np.int64)
    rides = np.empty((count, COLUMNS), np.int64)
    _describe(net, transfer_s, costs, task, kept, rides)
    is_instant, arrives_s = net.is_instant, net.arrives_s
    latest_s, legs_max = task.latest_s, task.legs_max
    top = count
    for k in range(count - 1, -1, -1):
        n = kept[k, 0]
        if is_instant[n]:
            _promise_nothing(rides, k, arrives_s[n])
        else:
            _look_ahead(rides, k, best, departs_s, begin, end)
        legs = kept[k, 1] + rides[k, LEGS]
        if rides[k, END_S] == NEVER:
            legs += rides[k, AHEAD_LEGS]
        if min(rides[k, AHEAD_S], rides[k, END_S]) > latest_s or legs > legs_max:
            continue
        top -= 1
        board = rides[k, BOARD]
        begin[board] -= 1
        departs_s[begin[board]] = rides[k, DEPARTS_S]
        _note_departure(rides, k, best, begin[board], end[board + 1])
        for column in range(COLUMNS):
            rides[top, column] = rides[k, column]
    return rides[top:]
