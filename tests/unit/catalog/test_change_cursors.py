"""Cursors of the change feed."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.catalog.schemas.changes import (
    CursorExpired,
    CursorOfAnotherCluster,
    cursor_of,
    place_of,
)
from shared.db.feed import Place
from shared.http.pages import BadCursor

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PLACE = Place(
    cluster=7,
    seen="10:20:11,15",
    target="30:30:",
    last_id=5,
    floor_id=3,
    next_floor_xid=31,
    next_floor_id=9,
    seen_at=NOW - timedelta(days=29),
    target_at=NOW,
    read_at=NOW,
)


def _read(cursor: str, *, cluster: int = 7, days_later: int = 0) -> Place:
    real_now = NOW + timedelta(days=days_later)
    return place_of(cursor, tenant="mer_1", cluster=cluster, real_now=real_now)


def test_a_cursor_holds_the_place() -> None:
    assert _read(cursor_of(PLACE, tenant="mer_1")) == PLACE
    assert _read(cursor_of(Place(7), tenant="mer_1")) == Place(7)


def test_one_that_is_older_than_what_is_kept_says_so() -> None:
    cursor = cursor_of(PLACE, tenant="mer_1")
    assert _read(cursor, days_later=1) == PLACE
    with pytest.raises(CursorExpired):
        _read(cursor, days_later=2)


@pytest.mark.parametrize(
    ("hours_later", "is_good"), [(0, True), (15, True), (16, False)], ids=["now", "before", "after"]
)
def test_one_from_the_beginning_ends_when_its_next_events_may_be_dropped(
    hours_later: int, is_good: bool
) -> None:
    # Days are dropped as a whole, in UTC: that of the 22nd with the end of its 31st day.
    place = replace(PLACE, seen="1:1:", seen_at=None, read_at=NOW - timedelta(days=31))
    real_now = NOW + timedelta(hours=hours_later)
    cursor = cursor_of(place, tenant="mer_1")

    if is_good:
        assert place_of(cursor, tenant="mer_1", cluster=7, real_now=real_now) == place
    else:
        with pytest.raises(CursorExpired) as refusal:
            place_of(cursor, tenant="mer_1", cluster=7, real_now=real_now)
        assert refusal.value.params["since"] == "2026-10-22T08:00:00Z"


def test_one_of_another_database_says_so() -> None:
    with pytest.raises(CursorOfAnotherCluster):
        _read(cursor_of(PLACE, tenant="mer_1"), cluster=8)


@pytest.mark.parametrize(
    "change",
    [
        {"seen": ""},
        {"seen": "20:10:"},
        {"seen": "0:10:"},
        {"seen": "10:20:20"},
        {"seen": "10:20:9"},
        {"seen": "10:20:15,11"},
        {"seen": "10:20:11,11"},
        {"seen": "10:20:\n"},
        {"seen": "１:２:"},
        {"target": "x"},
        {"last_id": -1},
        {"floor_id": 2**63},
        {"seen_at": datetime(2026, 11, 22)},  # noqa: DTZ001 - forged
        {"read_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))},
        {"target_at": datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14)))},
    ],
)
def test_what_the_database_could_not_read_is_refused(change: dict[str, object]) -> None:
    forged = replace(PLACE, **change)  # type: ignore[arg-type]
    with pytest.raises(BadCursor):
        _read(cursor_of(forged, tenant="mer_1"))


@pytest.mark.parametrize("held", [None, [], [1, 2], ["x", {}], {"a": 1}, ["x", {"cluster": "y"}]])
def test_what_is_no_cursor_is_refused(held: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(held).encode()).decode()
    with pytest.raises(BadCursor):
        _read(cursor)
