"""Numbers, weights, amounts and times as CEB messages write them."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.messages.numbering import cop_no, new_guid
from services.customs.domain.messages.values import amount, compact_time, kilograms, number
from shared.kernel.money import MINOR_DIGITS


@given(st.decimals(min_value=0, max_value=10**9, places=5))
def test_a_number_keeps_its_value_and_has_no_needless_digits(value: Decimal) -> None:
    text = number(value)

    assert Decimal(text) == value
    assert re.fullmatch(r"(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", text)


@given(st.integers(0, 10**9))
def test_kilograms_are_grams_with_the_point_moved(weight_g: int) -> None:
    assert Decimal(kilograms(weight_g)) * 1000 == weight_g


@given(st.integers(0, 10**12), st.sampled_from(sorted(MINOR_DIGITS)))
def test_an_amount_has_the_digits_of_its_currency(minor: int, currency: str) -> None:
    text = amount(minor, currency)

    assert Decimal(text) * 10 ** MINOR_DIGITS[currency] == minor


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_time_is_china_time_to_the_second(at: datetime) -> None:
    read = datetime.strptime(compact_time(at) + "+0800", "%Y%m%d%H%M%S%z")

    assert timedelta(0) <= at - read < timedelta(seconds=1)


@pytest.mark.parametrize(("prefix", "start"), [("AL", "AL"), ("DP", "DP")])
def test_a_document_number_shows_what_it_numbers_and_fits(prefix: str, start: str) -> None:
    made = cop_no("dec_" + "f" * 32, prefix=prefix)

    assert made.startswith(start)
    assert len(made) == 28


def test_new_guids_differ_have_the_form_of_the_specification_and_sort_by_time() -> None:
    guids = [new_guid() for _ in range(20)]

    assert guids == sorted(set(guids))
    assert all(re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", guid) for guid in guids)
