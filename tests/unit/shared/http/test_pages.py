"""Cursors that cannot be forged into a fault, pages that miss nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from httpx2 import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from shared.http import PageParams, decode_cursor, encode_cursor
from shared.http.pages import BadCursor

KEYS = st.tuples(
    st.text(st.characters(exclude_characters="\0", codec="utf-8")),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.datetimes(timezones=st.just(UTC)),
)
FILTERS = st.dictionaries(st.text(max_size=5), st.one_of(st.none(), st.text(), st.integers()))


@given(KEYS, FILTERS)
def test_a_cursor_gives_back_its_key(key: tuple[Any, ...], filters: dict[str, Any]) -> None:
    assert decode_cursor(encode_cursor(key, filters), filters, str, int, datetime) == key


@given(KEYS, FILTERS)
def test_a_cursor_of_another_filter_or_list_is_refused(
    key: tuple[Any, ...], filters: dict[str, Any]
) -> None:
    cursor = encode_cursor(key, filters)
    with pytest.raises(BadCursor):
        decode_cursor(cursor, {**filters, "another": 1}, str, int, datetime)
    for shape in ((str, int), (int, int, datetime), (str, str, datetime), (str, bool, datetime)):
        with pytest.raises(BadCursor):
            decode_cursor(cursor, filters, *shape)


def test_a_cursor_is_of_one_list_even_without_filters() -> None:
    first = PageParams(1, None, "/v1/declarations").of({}, str)

    page = first.page(["dec_1", "dec_2"], str, key=lambda row: (row,))

    second = PageParams(1, page.next, "/v1/declarations").of({}, str)
    assert second.window.after == ("dec_1",)
    with pytest.raises(BadCursor):
        PageParams(1, page.next, "/v1/messages").of({}, str)


def test_a_page_that_is_not_full_goes_on_after_what_it_has_passed() -> None:
    asked = PageParams(2, None, "/v1/products").of({}, str)

    for shown in ([], ["prd_1"]):
        page = asked.page(shown, str, key=lambda row: (row,), passed="prd_7")

        assert page.items == shown
        following = PageParams(2, page.next, "/v1/products").of({}, str)
        assert following.window.after == ("prd_7",)
    assert asked.page(["prd_1"], str, key=lambda row: (row,)).next is None


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_text_as_a_cursor_is_only_ever_a_bad_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(text, {}, str)


@pytest.mark.parametrize("value", ["a\0b", "\ud800", 2**63, True, 1.5, None, []])
def test_a_key_the_database_cannot_take_is_refused(value: object) -> None:
    try:
        cursor = encode_cursor((value,), {})
    except UnicodeEncodeError:
        return  # cannot even be written
    with pytest.raises(BadCursor):
        decode_cursor(cursor, {}, str if isinstance(value, str) else int)


async def test_pages_show_every_row_once(merchant: AsyncClient) -> None:
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 3}
    for _ in range(4):
        page = (await merchant.get("/v1/things", params=params)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    assert seen == [str(n) for n in range(1, 8)]
    other = await merchant.get("/v1/things", params=params | {"colour": "red"})
    assert other.status_code == 422
    assert other.json()["code"] == "request.bad_cursor"
    assert other.json()["errors"][0]["pointer"] == "/query/cursor"
