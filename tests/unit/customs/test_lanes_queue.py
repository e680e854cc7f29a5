"""Each parcel joins the lane where it is screened first, by its cut-off."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.lanes.queue import (
    JoiningParcel,
    LaneParcel,
    LaneQueue,
    assign_lanes,
    expected_wait,
    in_queue_order,
)

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

queues = st.lists(st.tuples(st.integers(1, 100), st.integers(0, 50)), min_size=1, max_size=4).map(
    lambda lanes: [LaneQueue(n, *values) for n, values in enumerate(lanes, start=1)]
)
cut_offs = st.none() | st.integers(0, 5).map(lambda hours: START + timedelta(hours=hours))
parcels = st.lists(cut_offs, max_size=40).map(
    lambda found: [JoiningParcel(f"dec_{n:02}", "mer_1", at) for n, at in enumerate(found)]
)


@given(queues, parcels)
def test_each_parcel_joins_the_lane_with_the_least_expected_wait(
    park: list[LaneQueue], joining: list[JoiningParcel]
) -> None:
    assigned = assign_lanes(park, joining)

    assert assigned.keys() == {parcel.declaration_id for parcel in joining}
    # From one parcel to the next, in the order in which they were assigned.
    ahead = {queue.lane: queue.waiting for queue in park}
    for lane in assigned.values():
        waits_h = {q.lane: (ahead[q.lane] + 1) / q.capacity_per_hour for q in park}
        assert lane == min(waits_h, key=lambda number: (waits_h[number], number))
        ahead[lane] += 1


@given(queues, parcels)
def test_parcels_are_assigned_by_cut_off_and_those_without_one_come_last(
    park: list[LaneQueue], joining: list[JoiningParcel]
) -> None:
    by_id = {parcel.declaration_id: parcel.cut_off_at for parcel in joining}

    order = [by_id[declaration_id] for declaration_id in assign_lanes(park, joining)]

    known = [at for at in order if at is not None]
    assert order == sorted(known) + [None] * (len(order) - len(known))


def test_expected_wait_counts_the_parcel_itself() -> None:
    assert expected_wait(LaneQueue(1, 60, waiting=0)) == timedelta(minutes=1)
    assert expected_wait(LaneQueue(1, 60, waiting=2), more=1) == timedelta(minutes=4)


def test_nothing_is_assigned_where_nothing_joins() -> None:
    assert assign_lanes([], []) == {}


def test_a_park_without_lanes_takes_no_parcels() -> None:
    with pytest.raises(AssertionError, match="no security lanes"):
        assign_lanes([], [JoiningParcel("dec_1", "mer_1", None)])


def test_the_earliest_cut_off_is_next_then_the_longest_waiting() -> None:
    def a_parcel(name: str, cut_off_h: int | None, queued_h: int) -> LaneParcel:
        cut_off_at = None if cut_off_h is None else START + timedelta(hours=cut_off_h)
        queued_at = START + timedelta(hours=queued_h)
        return LaneParcel(name, "ord_1", None, "mer_1", None, None, cut_off_at, queued_at)

    waiting = [
        a_parcel("d", None, 0),
        a_parcel("c", 2, 3),
        a_parcel("b", 2, 1),
        a_parcel("a", 1, 9),
    ]

    assert [parcel.declaration_id for parcel in in_queue_order(waiting)] == ["a", "b", "c", "d"]
