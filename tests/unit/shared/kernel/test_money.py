"""Amounts against decimal arithmetic, done by the standard library."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.money import MINOR_DIGITS, Money, MoneyError

CURRENCIES = st.sampled_from(sorted(MINOR_DIGITS))
MINOR = st.integers(-(10**14), 10**14)
WHOLE = st.integers(0, 10**12 - 1).map(str)
FRACTION = st.text(st.sampled_from("0123456789"), max_size=4)


@given(WHOLE, FRACTION, CURRENCIES)
def test_an_amount_is_taken_when_its_value_has_the_currencys_decimals(
    whole: str, fraction: str, currency: str
) -> None:
    text = f"{whole}.{fraction}" if fraction else whole
    minor = Decimal(text).scaleb(MINOR_DIGITS[currency])
    may = len(fraction) <= 3 and minor == int(minor)

    if may:
        assert Money.parse(text, currency).amount_minor == minor
    else:
        with pytest.raises(MoneyError):
            Money.parse(text, currency)


@given(MINOR, CURRENCIES)
def test_the_text_of_an_amount_has_all_decimals_of_the_currency(minor: int, currency: str) -> None:
    digits = MINOR_DIGITS[currency]

    text = Money(minor, currency).amount

    assert Decimal(text) == Decimal(minor).scaleb(-digits)
    assert len(text.partition(".")[2]) == digits


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (5, "EUR", "0.05"),
        (-5, "EUR", "-0.05"),
        (-105, "EUR", "-1.05"),
        (0, "EUR", "0.00"),
        (7, "JPY", "7"),
        (-7, "JPY", "-7"),
        (7, "KWD", "0.007"),
    ],
)
def test_small_and_negative_amounts_are_written_in_full(
    minor: int, currency: str, text: str
) -> None:
    assert Money(minor, currency).amount == text


@given(MINOR, MINOR, st.integers(0, 1_000_000), CURRENCIES)
def test_sums_and_multiples_are_those_of_whole_numbers(
    one: int, other: int, quantity: int, currency: str
) -> None:
    assert Money(one, currency) + Money(other, currency) == Money(one + other, currency)
    assert Money(one, currency).times(quantity) == Money(one * quantity, currency)


def test_amounts_of_two_currencies_are_never_added() -> None:
    with pytest.raises(AssertionError):
        Money(1, "EUR") + Money(1, "GBP")


def test_the_largest_amount_has_twelve_digits_before_the_point() -> None:
    largest = "9" * 12 + ".999"

    assert Money.parse(largest, "KWD").amount == largest
    with pytest.raises(MoneyError, match="not an amount"):
        Money.parse("1" + "0" * 12, "KWD")


@pytest.mark.parametrize(
    "text", ["12\n", "1.23\n", "1.2\n", " 1", "1 ", "+1", "1.", ".5", "1,5", "1_0", "00", "1.0000"]
)
def test_what_surrounds_an_amount_is_not_part_of_it(text: str) -> None:
    with pytest.raises(MoneyError, match="not an amount"):
        Money.parse(text, "KWD")


def test_the_message_says_whether_amount_or_currency_is_at_fault() -> None:
    with pytest.raises(MoneyError, match="XXX is not an ISO 4217 currency"):
        Money.parse("nonsense", "XXX")
    with pytest.raises(MoneyError, match="eur is not an ISO 4217 currency"):
        Money(1, "eur")
    with pytest.raises(MoneyError, match=r"EUR has 2 decimals, 1\.005 has more"):
        Money.parse("1.005", "EUR")


def test_decimals_are_those_of_the_iso_list() -> None:
    """One of each kind, and those that changed: ISK and HUF are mistaken for one another."""
    assert MINOR_DIGITS["EUR"] == MINOR_DIGITS["CNY"] == MINOR_DIGITS["HUF"] == 2
    assert MINOR_DIGITS["JPY"] == MINOR_DIGITS["KRW"] == MINOR_DIGITS["ISK"] == 0
    assert MINOR_DIGITS["KWD"] == MINOR_DIGITS["TND"] == 3
    for none in ("XXX", "XTS", "XAU", "BTC"):
        assert none not in MINOR_DIGITS


def test_amounts_of_one_currency_sort_by_their_size() -> None:
    amounts = [Money(3, "EUR"), Money(-1, "EUR"), Money(20, "EUR")]

    assert [m.amount_minor for m in sorted(amounts)] == [-1, 3, 20]
