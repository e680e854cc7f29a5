"""A list read page by page, against the list itself."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.pages import BadCursor, PageParams, decode_cursor, encode_cursor

Row = tuple[datetime, int, str]
START = datetime(2026, 11, 22, tzinfo=UTC)
ROWS = st.lists(
    st.tuples(
        st.integers(0, 3).map(lambda h: START + timedelta(hours=h)),
        st.integers(-2, 2),
        st.text(st.sampled_from("aé灯"), max_size=2),
    ),
    unique=True,
    max_size=12,
)


@dataclass(frozen=True)
class ThingFilters:
    colour: str | None = None
    made_by: str | None = None


def read(rows: Sequence[Row], rows_max: int, after: tuple[object, ...] | None) -> list[Row]:
    """What a database answers to a window."""
    following = sorted(row for row in rows if after is None or row > after)
    return following[:rows_max]


@given(ROWS, st.integers(1, 13))
def test_pages_hold_every_row_once_in_order_and_the_last_one_ends(
    rows: list[Row], limit: int
) -> None:
    seen: list[Row] = []
    cursor: str | None = None
    sizes: list[int] = []
    while True:
        asked = PageParams(limit, cursor, "/v1/things").of({}, datetime, int, str)
        page = asked.page(
            read(rows, asked.window.rows_max, asked.window.after), lambda row: row, key=tuple
        )
        seen += page.items
        sizes.append(len(page.items))
        cursor = page.next
        if cursor is None:
            break

    assert seen == sorted(rows)
    assert all(size == limit for size in sizes[:-1])
    assert len(sizes) == max(1, -(-len(rows) // limit))


def test_a_window_is_one_row_longer_than_its_page() -> None:
    asked = PageParams(50, None, "/v1/things").of({}, str)

    assert asked.window.rows_max == 51
    assert asked.window.after is None


def test_rows_of_a_page_are_built_and_the_one_too_many_is_not() -> None:
    built: list[int] = []

    def build(row: int) -> int:
        built.append(row)
        return row * 10

    page = PageParams(2, None, "/v1/things").of({}, int).page([1, 2, 3], build, key=lambda n: (n,))

    assert page.items == [10, 20]
    assert built == [1, 2]
    assert page.next is not None


def test_filters_are_the_same_as_a_mapping_or_as_a_dataclass() -> None:
    params = PageParams(1, None, "/v1/things")
    as_mapping = params.of({"colour": "red", "made_by": None}, int)
    as_dataclass = params.of(ThingFilters(colour="red"), int)

    assert as_dataclass.filters == as_mapping.filters
    cursor = as_dataclass.page([1, 2], lambda n: n, key=lambda n: (n,)).next
    assert PageParams(1, cursor, "/v1/things").of({"colour": "red"}, int).window.after == (1,)


@pytest.mark.parametrize(
    ("path", "filters"),
    [
        ("/v1/others", ThingFilters(colour="red")),
        ("/v1/things", ThingFilters(colour="blue")),
        ("/v1/things", ThingFilters(made_by="red")),
        ("/v1/things", ThingFilters(colour="red", made_by="red")),
        ("/v1/things", ThingFilters()),
    ],
)
def test_a_cursor_is_good_for_its_list_and_its_filters_only(
    path: str, filters: ThingFilters
) -> None:
    cursor = (
        PageParams(1, None, "/v1/things")
        .of(ThingFilters(colour="red"), int)
        .page([1, 2], lambda n: n, key=lambda n: (n,))
        .next
    )

    with pytest.raises(BadCursor) as refused:
        PageParams(1, cursor, path).of(filters, int)

    assert refused.value.problems[0].pointer == "/query/cursor"


def sealed(change: Callable[[list[Any]], Any], *key: object) -> str:
    """A cursor of ours whose contents somebody has changed."""
    raw = encode_cursor(key, {})
    held = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    return base64.urlsafe_b64encode(json.dumps(change(held)).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held[:1],
        lambda held: [*held, 1],
        lambda held: ["0" * 12, *held[1:]],
        lambda held: [held[0], "1"],
        lambda held: [held[0], 1.0],
        lambda held: [held[0], True],
        lambda held: [held[0], 2**63],
        lambda held: [held[0], -(2**63)],
        lambda held: {"made_for": held[0]},
        lambda held: 5,
        lambda held: [],
        lambda held: None,
    ],
)
def test_contents_that_are_not_a_key_of_the_list_are_refused(change: Callable[..., Any]) -> None:
    assert decode_cursor(sealed(lambda held: held, 1), {}, int) == (1,)
    with pytest.raises(BadCursor):
        decode_cursor(sealed(change, 1), {}, int)


@pytest.mark.parametrize("number", [0, 2**63 - 1, -(2**63) + 1])
def test_a_key_may_be_as_large_as_a_bigint(number: int) -> None:
    assert decode_cursor(encode_cursor((number,), {}), {}, int) == (number,)


def test_an_instant_keeps_its_offset_and_one_without_is_refused() -> None:
    at = datetime(2026, 11, 22, 8, 0, 0, 7, tzinfo=timezone(timedelta(hours=8)))

    assert decode_cursor(encode_cursor((at,), {}), {}, datetime) == (at,)
    for change in (
        lambda held: [held[0], "2026-11-22T08:00:00"],
        lambda held: [held[0], "today"],
        lambda held: [held[0], 5],
    ):
        with pytest.raises(BadCursor):
            decode_cursor(sealed(change, at), {}, datetime)


def test_what_is_not_base64_is_not_read_over() -> None:
    cursor = encode_cursor((1,), {})

    for at in (0, len(cursor) // 2, len(cursor)):
        with pytest.raises(BadCursor):
            decode_cursor(cursor[:at] + "!" + cursor[at:], {}, int)


@given(st.text(max_size=30))
def test_a_cursor_passes_through_an_address_as_it_is(key: str) -> None:
    try:
        cursor = encode_cursor((key,), {})
    except UnicodeEncodeError:
        return

    assert all(c.isascii() and (c.isalnum() or c in "-_") for c in cursor)
