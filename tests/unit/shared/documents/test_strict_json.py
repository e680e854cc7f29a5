"""JSON is read as the standard library reads it, less what is refused; and never for long."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.documents import strict_json
from shared.documents.errors import ForbiddenCharacter, LoneSurrogate, TooManyValues
from shared.kernel.errors import AirlaneError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=20,
)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [s for k, v in value.items() for s in [k, *strings(v)]]
    if isinstance(value, list):
        return [s for v in value for s in strings(v)]
    return [value] if isinstance(value, str) else []


def floats(value: Any) -> list[float]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [f for v in inner for f in floats(v)]
    return [value] if isinstance(value, float) else []


@given(VALUES, st.booleans())
def test_what_it_takes_is_what_was_sent_and_what_it_refuses_is_bad(value: Any, bom: bool) -> None:
    is_bad = (
        any("\0" in s for s in strings(value))
        or any("\ud800" <= c <= "\udfff" for s in strings(value) for c in s)
        or not all(map(math.isfinite, floats(value)))
    )
    body = json.dumps(value).encode("utf-8-sig" if bom else "utf-8")
    try:
        assert strict_json.parse(body, values_max=1000) == value
        assert not is_bad
    except AirlaneError:
        assert is_bad


@pytest.mark.parametrize("backslashes", range(1, 7))
def test_only_an_odd_number_of_backslashes_begins_an_escape(backslashes: int) -> None:
    for escape, refusal in (("u0000", ForbiddenCharacter), ("uD800", LoneSurrogate)):
        body = ('["' + "\\" * backslashes + escape + '"]').encode()
        if backslashes % 2:
            with pytest.raises(refusal):
                strict_json.parse(body, values_max=10)
        else:
            assert strict_json.parse(body, values_max=10) == json.loads(body)


def test_an_absurd_body_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def parsed(text: str) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(strict_json._DECODER, "decode", parsed)
    for body in (
        b'["NaN"' + b",1" * 4_000_000 + b"]",
        b'["' + b"\\u0000" * 100 + b'",' + b"[" * 960 + b"]" * 960 + b",1" * 4_000_000 + b"]",
    ):
        with pytest.raises(TooManyValues):
            strict_json.parse(body, values_max=100_000)


def test_an_object_has_so_many_members() -> None:
    body = json.dumps({str(n): n for n in range(1001)}).encode()
    with pytest.raises(TooManyValues):
        strict_json.parse(body, values_max=100_000)
