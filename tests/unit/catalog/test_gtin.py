"""Trade item numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from services.catalog.domain.products.gtin import (
    Issuer,
    check_digit,
    comparable,
    is_internal,
    issuer_of,
)


@given(
    digits=st.sampled_from([7, 11, 12, 13]).flatmap(
        lambda n: st.text("0123456789", min_size=n, max_size=n)
    )
)
def test_the_check_digit_is_that_of_gs1(digits: str) -> None:
    whole = f"{digits}{check_digit(digits)}"

    assert ean.is_valid(whole)
    assert sum(ean.is_valid(f"{digits}{last}") for last in range(10)) == 1


def test_the_same_item_in_twelve_and_thirteen_digits_compares_equal() -> None:
    assert comparable("614141000036") == comparable("0614141000036") == "00614141000036"


@pytest.mark.parametrize(
    ("gtin", "issuer"),
    [
        ("6901234567892", Issuer("690", "CN")),
        ("4006381333931", Issuer("400", "DE")),
        ("614141000036", Issuer("061", "US")),
        ("16901234567899", Issuer("690", "CN")),  # a case of twelve: the indicator is no prefix
        ("1230000000000", Issuer("123", "US")),
        ("1500000000000", Issuer("150", None)),
        ("96385074", None),  # prefixes of eight digits are another list
        ("0000096385074", None),  # the same number, filled up
        ("10000096385071", None),  # and a case of it
        ("0000112345671", Issuer("000", None)),
    ],
)
def test_the_prefix_says_who_lent_the_number(gtin: str, issuer: Issuer | None) -> None:
    assert issuer_of(gtin) == issuer


@pytest.mark.parametrize(
    ("gtin", "expected"),
    [
        ("2012345678900", True),
        ("0412345678900", True),
        ("6901234567892", False),
        ("20123451", True),
        ("96385074", False),
        ("00000000", True),  # what a cell is filled with if there is no number
        ("0000000000000", True),
        ("0000020123451", True),
        ("12345670", False),
        ("9521234567899", True),  # the examples of GS1
        ("9511234567890", False),
        ("9791234567896", False),
        ("9991234567897", True),
    ],
)
def test_numbers_that_shops_give_to_themselves_are_told_apart(gtin: str, expected: bool) -> None:
    assert is_internal(gtin) is expected
