"""Conditions on requests, against the rules of RFC 9110 §13 written down once more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.conditions import (
    Conditions,
    EntityTagMalformed,
    ExistsAlready,
    NothingToMatch,
    etag_of,
)
from shared.kernel.errors import PreconditionFailed, PreconditionRequired

OPAQUE = st.text(st.sampled_from("ab,*/W é'"), max_size=3).filter(lambda t: " " not in t)
TAG = st.tuples(st.booleans(), OPAQUE)
FIELD = st.none() | st.just("*") | st.lists(TAG, min_size=1, max_size=3)
Field = None | str | list[tuple[bool, str]]


def written(field: Field) -> str | None:
    if field is None or isinstance(field, str):
        return field
    return ", ".join(("W/" if weak else "") + f'"{opaque}"' for weak, opaque in field)


def conditions(if_match: str | None, if_none_match: str | None) -> Conditions:
    given = {"if-match": if_match, "if-none-match": if_none_match}
    return Conditions.of(
        {n.encode(): v.encode("latin-1") for n, v in given.items() if v is not None}
    )


def matches(field: Field, current: str | None, *, strongly: bool) -> bool:
    if current is None or field is None:
        return False
    if isinstance(field, str):
        return True
    return any(opaque == current and not (strongly and weak) for weak, opaque in field)


@given(FIELD, FIELD, st.none() | OPAQUE)
def test_changes_are_let_through_as_the_rfc_says(
    if_match: Field, if_none_match: Field, current: str | None
) -> None:
    wanted: type[Exception] | None = None
    if if_match is not None and not matches(if_match, current, strongly=True):
        wanted = NothingToMatch if current is None else PreconditionFailed
    elif matches(if_none_match, current, strongly=False):
        wanted = ExistsAlready
    elif if_match is None and if_none_match is None and current is not None:
        wanted = PreconditionRequired
    asked = conditions(written(if_match), written(if_none_match))
    tag = None if current is None else f'"{current}"'
    if wanted is None:
        asked.check_change(tag)
    else:
        with pytest.raises(wanted):
            asked.check_change(tag)


@given(FIELD, FIELD, OPAQUE)
def test_reads_are_answered_as_the_rfc_says(
    if_match: Field, if_none_match: Field, current: str
) -> None:
    asked = conditions(written(if_match), written(if_none_match))
    if if_match is not None and not matches(if_match, current, strongly=True):
        with pytest.raises(PreconditionFailed):
            asked.is_known(f'"{current}"')
    else:
        known = matches(if_none_match, current, strongly=False)
        assert asked.is_known(f'"{current}"') is known


@pytest.mark.parametrize("value", ["1", "", ",", 'W"1"', '"1" "2"', '"1', "'1'", '*, "1"', 'w/"1"'])
def test_a_tag_that_is_none_is_malformed(value: str) -> None:
    with pytest.raises(EntityTagMalformed):
        conditions(value, None)
    with pytest.raises(EntityTagMalformed):
        conditions(None, value)


@pytest.mark.parametrize("value", ['"1"', ' "1" ', ', "1",', '"0","1"', '"0"\t, W/"1", "1"'])
def test_lists_are_read_with_their_white_space_and_empty_elements(value: str) -> None:
    conditions(value, None).check_change('"1"')


def test_a_change_that_is_there_already_needs_no_tag_and_is_no_creation() -> None:
    conditions('"old"', None).check_change('"1"', is_applied=True)
    conditions(None, None).check_change('"1"', is_applied=True)
    with pytest.raises(ExistsAlready):
        conditions(None, "*").check_change('"1"', is_applied=True)


def test_a_tag_follows_the_content() -> None:
    assert etag_of(b"a") == etag_of(b"a") != etag_of(b"b")
