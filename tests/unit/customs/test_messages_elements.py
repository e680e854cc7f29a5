"""What an element may hold, and how its value is written. The rules are those of the schema and the
document of edition 202205; where they differ, a value must satisfy both.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.messages.elements import Element, layout


def element(spec: str) -> Element:
    (one,) = layout(spec)
    return one


@pytest.mark.parametrize(
    ("spec", "fits", "fault", "problem"),
    [
        ("preNo C18", "B" * 18, "B" * 17, "must have 18 characters"),
        ("preNo C18", "B" * 18, "B" * 19, "must have 18 characters"),
        ("gname C..3", "字字字", "字字字字", "may have at most 3 characters"),
        # Characters are code points: one of a supplementary plane counts once.
        ("gname C..3", "𠮷𠮷𠮷", "𠮷𠮷𠮷𠮷", "may have at most 3 characters"),
        ("gname C..3", "a", "", "is missing"),
        ("gname C..3", "a", " \t\r\n", "is missing"),
        ("gname C..3", " abc ", "\u3000", "is missing"),
        ("POD C3-4", "AAA", "AA", "must have 3 to 4 characters"),
        ("POD C3-4", "AAAA", "AAAAA", "must have 3 to 4 characters"),
        ("fFlag C1 =3", "3", "1", "must be 3"),
        ("orderType C1 =E|B|W", "W", "I", "must be E or B or W"),
        ("gnum N5+", "1", "0", "must be 1 or more"),
        ("gnum N5+", "99999", "100000", "has more than 5 digits"),
        ("packNo N9+", "7", "1.5", "must be whole"),
        ("qty N19,5", "0", "-1", "is not a number"),
        ("qty N19,5", "0.5", ".5", "is not a number"),
        ("qty N19,5", "5", "5.", "is not a number"),
        ("qty N19,5", "1000", "1e3", "is not a number"),
        ("qty N19,5", "12", "１２", "is not a number"),
        ("qty N19,5", "1", "+1", "is not a number"),
        ("qty N19,5", "1.12345", "1.123456", "has more than 5 decimals"),
        ("qty N19,5", "1" * 14 + ".12345", "1" * 15 + ".12345", "has more than 19 digits"),
        ("qty N19,5", "1" * 19, "1" * 20, "has more than 19 digits"),
        ("appTime T14", "20261122163000", "2026112216300", "must have 14 characters"),
        ("appTime T14", "20261122235959", "20261122240000", "is not a time"),
        ("ieDate T8", "20261231", "20261301", "is not a time"),
        ("guid G36", "a" * 36, "a" * 35, "must have 36 characters"),
    ],
)
def test_a_value_fits_or_has_a_fault(spec: str, fits: str, fault: str, problem: str) -> None:
    assert element(spec).fault(fits) is None
    assert (element(spec).fault(fault) or "").startswith(problem)


def test_an_optional_element_may_be_absent_or_empty_and_nothing_else_short() -> None:
    optional = element("preNo? C18")

    assert [optional.fault(value) for value in (None, "", "  ")] == [None] * 3
    assert optional.fault("B") == "must have 18 characters"


@pytest.mark.parametrize(
    ("spec", "value", "written"),
    [
        ("gname C..9", " a  b ", "a  b"),
        # The schema collapses white space here before it counts.
        ("gmodel C..9~", " a \t\n b ", "a b"),
        ("gname C..9", "a\x00b", "a b"),
        (
            "guid G36",
            " 01900000-0000-7000-8000-00000000000a ",
            "01900000-0000-7000-8000-00000000000A",
        ),
        ("qty N19,5", " 1.50 ", "1.50"),
    ],
)
def test_a_value_is_written_without_blanks_around_it(spec: str, value: str, written: str) -> None:
    assert element(spec).written(value) == written


def test_lengths_count_after_white_space_is_collapsed() -> None:
    assert element("trafMode C1~").fault(" 5 ") is None
    assert element("trafMode C1~").fault(" ") == "is missing"
    assert element("gmodel C..3~").fault("a   b") is None
    assert element("gname C..3").fault("a   b") is not None


@given(st.integers(0, 10**20), st.integers(0, 7))
def test_a_number_fits_by_its_digits(digits: int, decimals: int) -> None:
    """N19,5: at most 19 digits, at most five of them after the point."""
    text = f"{Decimal(digits).scaleb(-decimals):f}"
    _, _, fraction = text.partition(".")

    fits = sum(character.isdigit() for character in text) <= 19 and len(fraction) <= 5

    assert (element("qty N19,5").fault(text) is None) is fits


@given(st.text(max_size=12), st.integers(1, 10))
def test_a_text_fits_by_its_length(text: str, longest: int) -> None:
    one = element(f"gname C..{longest}")
    length = len(one.written(text))

    assert (one.fault(text) is None) is (1 <= length <= longest)


@pytest.mark.parametrize("slip", ["guid", "guid C", "guid X36", "a C1; a C2", "a C1;; b C1"])
def test_a_slip_in_a_table_is_found_when_it_is_read(slip: str) -> None:
    with pytest.raises(AssertionError):
        layout(slip)
