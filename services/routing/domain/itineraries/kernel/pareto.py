"""The exact front of a query: all itineraries of which none is at least as good in everything.

Carriages are scanned by departure. The goods that can take one are the labels of its board's front
(price, CO2e, legs, slack); each becomes a label behind the carriage, waits for its connection time,
and is then offered to the fronts of the boards where it can go on. Arrival is no criterion there:
whoever is eligible by the time something leaves is as good as who came early. If slack counts, the
instant since when goods are eligible decides how much they have left, and is one.
A label is dropped when the bounds of what can follow show that the target's front beats it.

Slack is kept with its sign turned, so that of all figures less is better.
"""

from typing import Final, NamedTuple

import numpy as np

from services.routing.domain.itineraries.arrays import (
    NEVER,
    Carriages,
    Costs,
    Indices,
    Ints,
    Pairs,
    Stretches,
    Task,
)
from services.routing.domain.itineraries.kernel.compiled import compiled, part
from services.routing.domain.itineraries.kernel.fronts import (
    COLUMNS,
    LABEL,
    SIZE,
    Fronts,
    is_beaten,
    offer,
)
from services.routing.domain.itineraries.kernel.fronts import FIRST as FIRST_ROW
from services.routing.domain.itineraries.kernel.reach import reach
from services.routing.domain.itineraries.kernel.rides import (
    AHEAD_CO2E,
    AHEAD_LEGS,
    AHEAD_PRICE,
    AHEAD_S,
    AIR_FROM_S,
    AIRPORT,
    BOARD,
    CARRIAGE,
    CO2E,
    DEPARTS_S,
    END_CO2E,
    END_PRICE,
    END_S,
    LEGS,
    PRICE,
    make_rides,
)
from services.routing.domain.itineraries.kernel.waiting import FIRST, LAST, NONE, Waiting, put, take

# Columns of a label; the first three are price, CO2e and legs.
_SPENT: Final = 3
_PARENT: Final = 4
_CARRIAGE: Final = 5

_OVERFLOW: Final = -1
_FRESH: Final = -1
"""A carriage that no label has taken yet."""


class Scratch(NamedTuple):
    """Memory of one search at a time."""

    labels: Ints
    """Price, CO2e, legs, slack, the label before and the carriage (l × 6).

    Those that go on are written from the front, those that end at a target from the back.
    """
    rows: Ints
    from_s: Ints
    entries: Indices


class _State(NamedTuple):
    labels: Ints
    used: Indices
    """How many labels go on, and the place of the first that ends at a target (2)."""
    fronts: Fronts
    """One for each board, the last for the targets: arrival, price, CO2e, legs, slack."""
    waiting: Waiting
    """Labels that have arrived."""
    target: int
    """The front of the targets."""
    legs_max: int
    counts_slack: bool


@part
def _offer_all(state: _State, board: int, from_s: int, first: int, last: int) -> bool:
    """Labels `first … last` are eligible at the board; False: out of memory."""
    labels = state.labels
    since_s = from_s if state.counts_slack else 0
    for n in range(first, last):
        price, co2e, legs, spent = labels[n, 0], labels[n, 1], labels[n, 2], labels[n, _SPENT]
        if offer(state.fronts, board, price, co2e, legs, spent, since_s, n) < 0:
            return False
    return True


@part
def _let_in(state: _State, board: int, now_s: int) -> bool:
    """Offers what has become eligible by now to the board's front; False: out of memory."""
    entry = take(state.waiting, board, now_s)
    while entry != NONE:
        first, last = state.waiting.entries[entry, FIRST], state.waiting.entries[entry, LAST]
        if not _offer_all(state, board, state.waiting.from_s[entry], first, last):
            return False
        entry = take(state.waiting, board, now_s)
    return True


@part
def _write(
    state: _State, at: int, price: int, co2e: int, legs: int, spent: int, parent: int, n: int
) -> None:
    labels = state.labels
    labels[at, 0], labels[at, 1], labels[at, 2], labels[at, _SPENT] = price, co2e, legs, spent
    labels[at, _PARENT], labels[at, _CARRIAGE] = parent, n


@part
def _can_go_on(state: _State, ride: Ints, price: int, co2e: int, legs: int, spent: int) -> bool:
    if legs + ride[AHEAD_LEGS] > state.legs_max or is_beaten(
        state.fronts,
        state.target,
        ride[AHEAD_S],
        price + ride[AHEAD_PRICE],
        co2e + ride[AHEAD_CO2E],
        legs + ride[AHEAD_LEGS],
        spent,
    ):
        return False
    # Who is eligible there by now, at no worse figures, is so when this label will be.
    for mode in range(2):
        from_s = ride[AIR_FROM_S + mode]
        if from_s == NEVER:
            continue
        since_s = from_s if state.counts_slack else 0
        board = 2 * ride[AIRPORT] + mode
        if not is_beaten(state.fronts, board, price, co2e, legs, spent, since_s):
            return True
    return False


@part
def _take_ride(
    state: _State, ride: Ints, parent: int, price: int, co2e: int, legs: int, spent: int
) -> bool:
    """The label `parent`, whose figures these are, takes it; False: out of memory."""
    price += ride[PRICE]
    co2e += ride[CO2E]
    legs += ride[LEGS]
    used, n = state.used, ride[CARRIAGE]
    if used[0] >= used[1] - 1:
        return False
    if ride[END_S] != NEVER and legs <= state.legs_max:
        at = used[1] - 1
        all_price, all_co2e = price + ride[END_PRICE], co2e + ride[END_CO2E]
        done = offer(state.fronts, state.target, ride[END_S], all_price, all_co2e, legs, spent, at)
        if done < 0:
            return False
        if done:
            used[1] = at
            _write(state, at, price, co2e, legs, spent, parent, n)
    if _can_go_on(state, ride, price, co2e, legs, spent):
        _write(state, used[0], price, co2e, legs, spent, parent, n)
        used[0] += 1
    return True


@part
def _take_all(state: _State, ride: Ints, known: int) -> bool:
    """The labels at its board, but for the first `known`, take it; False: out of memory."""
    board, now_s = ride[BOARD], ride[DEPARTS_S]
    if not _let_in(state, board, now_s):
        return False
    rows = state.fronts.rows
    first = state.fronts.blocks[board, FIRST_ROW]
    for row in range(first, first + state.fronts.blocks[board, SIZE]):
        if rows[row, LABEL] < known:
            continue
        spent = rows[row, 3]
        if state.counts_slack:
            spent = max(spent, -((now_s - rows[row, 4]) // 60))
        price, co2e, legs = rows[row, 0], rows[row, 1], rows[row, 2]
        if not _take_ride(state, ride, rows[row, LABEL], price, co2e, legs, spent):
            return False
    return True


@part
def _set_down(state: _State, ride: Ints, first: int) -> int:
    """Labels from `first` on wait where it ends; 1: some can go on at this very instant."""
    last = state.used[0]
    if first == last:
        return 0
    found = 0
    for mode in range(2):
        from_s = ride[AIR_FROM_S + mode]
        board = 2 * ride[AIRPORT] + mode
        if from_s == ride[DEPARTS_S]:
            found = 1
            if not _offer_all(state, board, from_s, first, last):
                return _OVERFLOW
        elif from_s != NEVER and not put(state.waiting, board, from_s, first, last):
            return _OVERFLOW
    return found


@part
def _depart(state: _State, ride: Ints, task: Task, known: int) -> int:
    """1: goods that took it can take another at the same instant; 0: not; below: no memory."""
    before = state.used[0]
    # What waits where it ends is let in first: it may beat what this carriage brings.
    for mode in range(2):
        board = 2 * ride[AIRPORT] + mode
        if ride[AIR_FROM_S + mode] != NEVER and not _let_in(state, board, ride[DEPARTS_S]):
            return _OVERFLOW
    if ride[BOARD] >> 1 != task.origin:
        if not _take_all(state, ride, known):
            return _OVERFLOW
    elif known == _FRESH and not _take_ride(state, ride, NONE, 0, 0, 0, -task.slack_cap_min):
        return _OVERFLOW
    return _set_down(state, ride, before)


@part
def _scan(state: _State, rides: Ints, task: Task) -> bool:
    """False: out of memory."""
    known = np.full(rides.shape[0], _FRESH, np.int32)
    start, count = 0, rides.shape[0]
    while start < count:
        end = start + 1
        while end < count and rides[end, DEPARTS_S] == rides[start, DEPARTS_S]:
            end += 1
        # All that departs at one instant, again while goods can change within it.
        changes = True
        while changes:
            changes = False
            for k in range(start, end):
                before = state.used[0]
                done = _depart(state, rides[k], task, known[k])
                if done < 0:
                    return False
                changes = changes or done > 0
                known[k] = before
        start = end
    return True


@part
def _paths(state: _State) -> tuple[Ints, Indices, Indices]:
    """The rows of the targets' front (f × 5), and their carriages one after another.

    Those of row i are at `first[i] … first[i + 1]`.
    """
    labels, rows = state.labels, state.fronts.rows
    start, size = (
        state.fronts.blocks[state.target, FIRST_ROW],
        state.fronts.blocks[state.target, SIZE],
    )
    figures = rows[start : start + size, : COLUMNS - 1].copy()
    first = np.zeros(size + 1, np.int32)
    for n in range(size):
        label, steps = rows[start + n, LABEL], 0
        while label != NONE:
            label, steps = labels[label, _PARENT], steps + 1
        first[n + 1] = first[n] + steps
    carriages = np.empty(first[size], np.int32)
    for n in range(size):
        label, place = rows[start + n, LABEL], first[n + 1]
        while label != NONE:
            place -= 1
            carriages[place] = labels[label, _CARRIAGE]
            label = labels[label, _PARENT]
    return figures, first, carriages


@compiled
def find_front(
    net: Carriages,
    transfer_s: Ints,
    stretches: Stretches,
    pairs: Pairs,
    costs: Costs,
    task: Task,
    start: int,
    scratch: Scratch,
) -> tuple[bool, Ints, Indices, Indices]:
    """The front from carriage `start` on, as `_paths`; False: the scratch memory is too small."""
    boards = 2 * task.is_target.shape[0]
    kept = reach(net, transfer_s, stretches, pairs, costs.usable, task, start)
    rides = make_rides(net, transfer_s, costs, task, kept)
    used = np.zeros(2, np.int32)
    used[1] = scratch.labels.shape[0]
    ends = np.full((boards + 1, 2), NONE, np.int32)
    ends[boards, 0] = 0
    state = _State(
        scratch.labels,
        used,
        Fronts(scratch.rows, np.zeros((boards + 2, 3), np.int32)),
        Waiting(scratch.from_s, scratch.entries, ends),
        boards,
        task.legs_max,
        task.slack_cap_min > 0,
    )
    done = _scan(state, rides, task)
    figures, first, carriages = _paths(state)
    return done, figures, first, carriages
