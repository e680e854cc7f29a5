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
from services.routing.domain.itineraries.kernel.boards import (
    FIRST_ROW,
    LABELS_END,
    LABELS_USED,
    LEAST,
    NONE,
    SIZE,
    no_boards,
)
from services.routing.domain.itineraries.kernel.compiled import compiled, part
from services.routing.domain.itineraries.kernel.fronts import COLUMNS, LABEL, is_beaten, offer
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
from services.routing.domain.itineraries.kernel.waiting import FIRST, FROM_S, LAST, put, take

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
    """Of all fronts (r × 6)."""
    entries: Ints
    """What waits (w × 5)."""


class _Limits(NamedTuple):
    origin: int
    legs_max: int
    slack_cap_min: int


@part
def _offer_all(
    labels: Ints, rows: Ints, boards: Ints, board: int, since_s: int, first: int, last: int
) -> bool:
    """Labels `first … last` are eligible at the board; False: out of memory."""
    for n in range(first, last):
        price, co2e, legs, spent = labels[n, 0], labels[n, 1], labels[n, 2], labels[n, _SPENT]
        if offer(rows, boards, board, price, co2e, legs, spent, since_s, n) < 0:
            return False
    return True


@part
def _let_in(
    labels: Ints, rows: Ints, entries: Ints, boards: Ints, limits: _Limits, board: int, now_s: int
) -> bool:
    """Offers what has become eligible by now to the board's front; False: out of memory."""
    entry = take(entries, boards, board, now_s)
    while entry != NONE:
        since_s = entries[entry, FROM_S] if limits.slack_cap_min else 0
        first, last = entries[entry, FIRST], entries[entry, LAST]
        if not _offer_all(labels, rows, boards, board, since_s, first, last):
            return False
        entry = take(entries, boards, board, now_s)
    return True


@part
def _write(
    labels: Ints, at: int, price: int, co2e: int, legs: int, spent: int, parent: int, n: int
) -> None:
    labels[at, 0], labels[at, 1], labels[at, 2], labels[at, _SPENT] = price, co2e, legs, spent
    labels[at, _PARENT], labels[at, _CARRIAGE] = parent, n


@part
def _can_go_on(
    rides: Ints,
    k: int,
    rows: Ints,
    boards: Ints,
    limits: _Limits,
    price: int,
    co2e: int,
    legs: int,
    spent: int,
) -> bool:
    target = boards.shape[0] - 2
    if legs + rides[k, AHEAD_LEGS] > limits.legs_max or is_beaten(
        rows,
        boards[target, FIRST_ROW],
        boards[target, SIZE],
        rides[k, AHEAD_S],
        price + rides[k, AHEAD_PRICE],
        co2e + rides[k, AHEAD_CO2E],
        legs + rides[k, AHEAD_LEGS],
        spent,
    ):
        return False
    # Who is eligible there by now, at no worse figures, is so when this label will be.
    for mode in range(2):
        from_s = rides[k, AIR_FROM_S + mode]
        if from_s == NEVER:
            continue
        since_s = from_s if limits.slack_cap_min else 0
        board = 2 * rides[k, AIRPORT] + mode
        first, size = boards[board, FIRST_ROW], boards[board, SIZE]
        if not is_beaten(rows, first, size, price, co2e, legs, spent, since_s):
            return True
    return False


@part
def _take_ride(
    rides: Ints,
    k: int,
    labels: Ints,
    rows: Ints,
    boards: Ints,
    limits: _Limits,
    parent: int,
    price: int,
    co2e: int,
    legs: int,
    spent: int,
) -> bool:
    """The label `parent`, whose figures these are, takes it; False: out of memory."""
    price += rides[k, PRICE]
    co2e += rides[k, CO2E]
    legs += rides[k, LEGS]
    used, at = boards[-1, LABELS_USED], boards[-1, LABELS_END] - 1
    if used >= at:
        return False
    if rides[k, END_S] != NEVER and legs <= limits.legs_max:
        all_price, all_co2e = price + rides[k, END_PRICE], co2e + rides[k, END_CO2E]
        target, end_s = boards.shape[0] - 2, rides[k, END_S]
        done = offer(rows, boards, target, end_s, all_price, all_co2e, legs, spent, at)
        if done < 0:
            return False
        if done:
            boards[-1, LABELS_END] = at
            _write(labels, at, price, co2e, legs, spent, parent, rides[k, CARRIAGE])
    if _can_go_on(rides, k, rows, boards, limits, price, co2e, legs, spent):
        _write(labels, used, price, co2e, legs, spent, parent, rides[k, CARRIAGE])
        boards[-1, LABELS_USED] = used + 1
    return True


@part
def _is_of_use(rides: Ints, k: int, rows: Ints, boards: Ints) -> bool:
    """Whether any label of the board may come from it to something new, judged by the best of each
    number among them.
    """
    board, target = rides[k, BOARD], boards.shape[0] - 2
    first, size = boards[target, FIRST_ROW], boards[target, SIZE]
    price = rows[boards[board, FIRST_ROW], 0] + rides[k, PRICE]
    co2e = boards[board, LEAST] + rides[k, CO2E]
    legs, spent = boards[board, LEAST + 1] + rides[k, LEGS], boards[board, LEAST + 2]
    if not is_beaten(
        rows,
        first,
        size,
        rides[k, AHEAD_S],
        price + rides[k, AHEAD_PRICE],
        co2e + rides[k, AHEAD_CO2E],
        legs + rides[k, AHEAD_LEGS],
        spent,
    ):
        return True
    end_price, end_co2e = price + rides[k, END_PRICE], co2e + rides[k, END_CO2E]
    return rides[k, END_S] != NEVER and not is_beaten(
        rows, first, size, rides[k, END_S], end_price, end_co2e, legs, spent
    )


@part
def _take_all(
    rides: Ints, k: int, labels: Ints, rows: Ints, boards: Ints, limits: _Limits, known: int
) -> bool:
    """The labels at its board, but for the first `known`, take it; False: out of memory."""
    board, now_s = rides[k, BOARD], rides[k, DEPARTS_S]
    first = boards[board, FIRST_ROW]
    for row in range(first, first + boards[board, SIZE]):
        label = rows[row, LABEL]
        if label < known:
            continue
        spent = rows[row, 3]
        if limits.slack_cap_min:
            spent = max(spent, -((now_s - rows[row, 4]) // 60))
        price, co2e, legs = rows[row, 0], rows[row, 1], rows[row, 2]
        if not _take_ride(rides, k, labels, rows, boards, limits, label, price, co2e, legs, spent):
            return False
    return True


@part
def _set_down(
    rides: Ints,
    k: int,
    labels: Ints,
    rows: Ints,
    entries: Ints,
    boards: Ints,
    limits: _Limits,
    first: int,
) -> int:
    """Labels from `first` on wait where it ends; 1: some can go on at this very instant."""
    last = boards[-1, LABELS_USED]
    if first == last:
        return 0
    found = 0
    for mode in range(2):
        from_s = rides[k, AIR_FROM_S + mode]
        board = 2 * rides[k, AIRPORT] + mode
        if from_s == rides[k, DEPARTS_S]:
            found = 1
            since_s = from_s if limits.slack_cap_min else 0
            if not _offer_all(labels, rows, boards, board, since_s, first, last):
                return _OVERFLOW
        elif from_s != NEVER and not put(entries, boards, board, from_s, first, last):
            return _OVERFLOW
    return found


@part
def _depart(
    rides: Ints,
    k: int,
    labels: Ints,
    rows: Ints,
    entries: Ints,
    boards: Ints,
    limits: _Limits,
    known: int,
) -> int:
    """1: goods that took it can take another at the same instant; 0: not; below: no memory."""
    board, now_s = rides[k, BOARD], rides[k, DEPARTS_S]
    if not _let_in(labels, rows, entries, boards, limits, board, now_s):
        return _OVERFLOW
    is_first = board >> 1 == limits.origin
    if not is_first and (boards[board, SIZE] == 0 or not _is_of_use(rides, k, rows, boards)):
        return 0
    # What waits where it ends is let in, too: it may beat what this carriage brings.
    for mode in range(2):
        if rides[k, AIR_FROM_S + mode] == NEVER:
            continue
        board = 2 * rides[k, AIRPORT] + mode
        if not _let_in(labels, rows, entries, boards, limits, board, now_s):
            return _OVERFLOW
    before = boards[-1, LABELS_USED]
    if not is_first:
        if not _take_all(rides, k, labels, rows, boards, limits, known):
            return _OVERFLOW
    elif known == _FRESH:
        spent = -limits.slack_cap_min
        if not _take_ride(rides, k, labels, rows, boards, limits, NONE, 0, 0, 0, spent):
            return _OVERFLOW
    return _set_down(rides, k, labels, rows, entries, boards, limits, before)


@part
def _scan(
    rides: Ints, labels: Ints, rows: Ints, entries: Ints, boards: Ints, limits: _Limits
) -> bool:
    """False: out of memory."""
    known = np.full(rides.shape[0], _FRESH, np.int64)
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
                before = boards[-1, LABELS_USED]
                done = _depart(rides, k, labels, rows, entries, boards, limits, known[k])
                if done < 0:
                    return False
                changes = changes or done > 0
                known[k] = before
        start = end
    return True


@part
def _paths(labels: Ints, rows: Ints, start: int, size: int) -> tuple[Ints, Indices, Indices]:
    """The rows of the targets' front (f × 5), and their carriages one after another.

    Those of row i are at `first[i] … first[i + 1]`.
    """
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
    kept = reach(net, transfer_s, stretches, pairs, costs.usable, task, start)
    rides = make_rides(net, transfer_s, costs, task, kept)
    labels, rows, entries = scratch.labels, scratch.rows, scratch.entries
    boards = no_boards(task.is_target.shape[0])
    boards[-1, LABELS_END] = labels.shape[0]
    limits = _Limits(task.origin, task.legs_max, task.slack_cap_min)
    done = _scan(rides, labels, rows, entries, boards, limits)
    figures, first, carriages = _paths(labels, rows, boards[-2, FIRST_ROW], boards[-2, SIZE])
    return done, figures, first, carriages
