"""Cursors of the change feed."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

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
