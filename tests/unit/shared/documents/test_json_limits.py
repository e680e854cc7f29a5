"""Where JSON ends: depth, members, numbers, names; and where in it a fault is."""

import json
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.documents import strict_json
from shared.documents.errors import (
    ForbiddenCharacter,
    LoneSurrogate,
    Malformed,
    MalformedJson,
    NestedTooDeep,
    NotFiniteNumber,
    NumberTooLong,
    RepeatedName,
    TooManyValues,
)
from shared.documents.strict_json import DEPTH_MAX, MEMBERS_MAX

NAMES = st.text(st.sampled_from('a/~"'), max_size=3)


def parse(text: str, values_max: int = 100_000) -> object:
    return strict_json.parse(text.encode(), values_max=values_max)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_it_may_be_so_deep_and_no_deeper(opening: str, closing: str) -> None:
    deepest = opening * DEPTH_MAX + "1" + closing * DEPTH_MAX

    assert parse(deepest) == json.loads(deepest)
    with pytest.raises(NestedTooDeep) as refused:
        parse(opening + deepest + closing)
    assert refused.value.params == {"limit": DEPTH_MAX}


def test_many_things_beside_each_other_are_not_deep() -> None:
    wide = "[" + ",".join(["[]"] * 1000) + "]"

    assert parse(wide) == [[]] * 1000


def test_the_depth_is_that_of_the_deepest_part_and_not_the_number_of_parts() -> None:
    deepest = "[" * (DEPTH_MAX - 1) + "]" * (DEPTH_MAX - 1)

    assert parse(f"[{deepest},[],[]]") == json.loads(f"[{deepest},[],[]]")
    with pytest.raises(NestedTooDeep):
        parse(f"[[{deepest}],[],[]]")


def test_what_is_too_deep_for_the_parser_is_too_deep() -> None:
    deep = "[" * (sys.getrecursionlimit() * 5)

    with pytest.raises((NestedTooDeep, MalformedJson)):
        parse(deep + "]" * len(deep))


def test_the_number_of_values_is_bounded_by_commas_and_brackets() -> None:
    assert parse("[1,2,3]", 3) == [1, 2, 3]
    assert parse('{"a":{}}', 2) == {"a": {}}
    for text, values_max in (("[1,2,3]", 2), ('{"a":{}}', 1), ("[[[]]]", 2)):
        with pytest.raises(TooManyValues) as refused:
            parse(text, values_max)
        assert refused.value.params == {"limit": values_max}


def test_a_long_body_is_counted_to_its_end() -> None:
    """It is counted in parts: a part that is left out would hide what is in it."""
    blank = " " * 300_000
    body = "[" + blank + "1," + blank + "2," + blank + "3]"

    assert parse(body, 3) == [1, 2, 3]
    with pytest.raises(TooManyValues):
        parse(body, 2)


def test_an_object_may_have_so_many_members_and_no_more() -> None:
    members = {str(n): n for n in range(MEMBERS_MAX)}

    assert parse(json.dumps(members)) == members
    with pytest.raises(TooManyValues) as refused:
        parse(json.dumps(members | {"one more": 1}))
    assert refused.value.params == {"limit": MEMBERS_MAX}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_a_number_is_finite(number: str) -> None:
    with pytest.raises(NotFiniteNumber) as refused:
        parse(f"[{number}]")
    assert refused.value.params == {"value": number}


def test_a_number_that_overflows_is_shown_by_its_beginning() -> None:
    with pytest.raises(NotFiniteNumber) as refused:
        parse("9" * 400 + ".5")
    assert refused.value.params == {"value": "9" * 40}


@pytest.mark.parametrize("text", ["1e308", "-1.7976931348623157e308", "0.0", "1E-999"])
def test_a_number_that_fits_a_double_is_taken(text: str) -> None:
    assert parse(text) == float(text)


def test_digits_by_the_thousand_are_refused() -> None:
    limit = sys.get_int_max_str_digits()

    assert parse("9" * limit) == 10**limit - 1
    with pytest.raises(NumberTooLong):
        parse("9" * (limit + 1))


@pytest.mark.parametrize(
    ("text", "position"), [("[1,]", 3), ("", 0), ("[1] 2", 4), ("{'a':1}", 1), ("[01]", 2)]
)
def test_what_is_not_json_is_refused_with_its_position(text: str, position: int) -> None:
    with pytest.raises(MalformedJson) as refused:
        parse(text)
    assert refused.value.params["position"] == position
    assert refused.value.params["reason"]


@pytest.mark.parametrize("body", [b'["\xff"]', b'["\xc0\x80"]', '["é"]'.encode("latin-1")])
def test_what_is_not_utf_8_is_unreadable(body: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        strict_json.parse(body, values_max=10)
    assert type(refused.value) is Malformed


def escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


@given(st.lists(NAMES | st.integers(0, 2), max_size=4), NAMES)
def test_a_repeated_name_is_shown_with_its_place(steps: list[Any], name: str) -> None:
    text = "{" + f'{json.dumps(name)}:1,"other":2,{json.dumps(name)}:3' + "}"
    for step in reversed(steps):
        text = (
            "[" + "0," * step + text + "]"
            if isinstance(step, int)
            else "{" + json.dumps(step) + ":" + text + "}"
        )

    with pytest.raises(RepeatedName) as refused:
        parse(text)

    pointer = "".join(f"/{escaped(str(step))}" for step in [*steps, name])
    assert refused.value.params == {"name": name}
    assert [p.pointer for p in refused.value.problems] == [pointer]


@pytest.mark.parametrize("rest", ['"b" 1', "x", "", '"b":' + "9" * 9_000, '"b":' + "[" * 9_000])
def test_what_follows_a_repeated_name_may_be_no_json_at_all(rest: str) -> None:
    with pytest.raises(Malformed):
        parse('{"x":{"a":1,"a":2},' + rest)


def test_of_several_repeated_names_the_first_object_in_the_text_is_shown() -> None:
    with pytest.raises(RepeatedName) as refused:
        parse('{"x":[{"a":1},{"b":1,"b":2}],"y":{"c":1,"c":2}}')
    assert refused.value.problems[0].pointer == "/x/1/b"


@pytest.mark.parametrize(
    ("text", "kind", "pointer"),
    [
        (r'{"a":["x","b\u0000"]}', ForbiddenCharacter, "/a/1"),
        (r'{"a":{"b\u0000":1}}', ForbiddenCharacter, "/a"),
        (r'"\u0000"', ForbiddenCharacter, "/"),
        (r'{"\u0000":1}', ForbiddenCharacter, "/"),
        (r'{"a":["\ud83d"]}', LoneSurrogate, "/a/0"),
        (r'{"a":["\uDE00x"]}', LoneSurrogate, "/a/0"),
        (r'{"a":1,"b":{"\udc00":2}}', LoneSurrogate, "/b"),
    ],
)
def test_what_an_escape_smuggles_in_is_refused_with_its_place(
    text: str, kind: type[Exception], pointer: str
) -> None:
    with pytest.raises(kind) as refused:
        parse(text)
    assert [p.pointer for p in refused.value.problems] == [pointer]  # type: ignore[attr-defined]


def test_escapes_of_characters_that_are_fit_to_be_seen_pass() -> None:
    text = r'{"\u706f":"\ud83d\ude00 \u00e9 \\u0000 \\ud800"}'

    assert parse(text) == {"灯": "😀 é \\u0000 \\ud800"}


def test_the_place_of_a_repeated_name_is_found_in_time_that_grows_with_the_length() -> None:
    names = [str(n) for n in range(20_000)]
    body = "{" + ",".join(f'"{name}":1' for name in [*names, names[-1]]) + "}"

    begun_s = time.thread_time()
    with pytest.raises(RepeatedName) as refused:
        parse(body)

    assert refused.value.params == {"name": names[-1]}
    assert time.thread_time() - begun_s < 1
