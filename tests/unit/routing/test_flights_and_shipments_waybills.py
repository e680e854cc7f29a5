"""Numbers with a check digit: published vectors, and what the digit catches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.flights.master_waybill import (
    SERIALS,
    MasterWaybillInvalid,
    check_digit,
    checked_master_waybill,
    master_waybill,
)
from services.routing.domain.shipments.house_waybill import (
    CHARACTERS_MAX,
    house_waybill,
    is_house_waybill,
)

serials = st.integers(0, SERIALS - 1)


@pytest.mark.parametrize(("serial", "digit"), [(1234567, 5), (8114074, 3), (0, 0), (9999999, 2)])
def test_check_digit_is_the_serial_modulo_seven(serial: int, digit: int) -> None:
    assert check_digit(serial) == digit


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("176-12345675", "176-12345675"),
        ("02081140743", "020-81140743"),
        (" 020-81140743 ", "020-81140743"),
    ],
)
def test_published_numbers_are_valid(given: str, number: str) -> None:
    assert checked_master_waybill(given) == number


@pytest.mark.parametrize(
    "number",
    [
        "176-12345674",
        "176-12345677",  # a last digit of 7, 8 or 9 is never right
        "176-1234567",
        "17612345-675",
        "AB6-12345675",
        "１７６-12345675",
        "",
    ],
)
def test_wrong_numbers_are_refused(number: str) -> None:
    with pytest.raises(MasterWaybillInvalid):
        checked_master_waybill(number)


@given(prefix=st.from_regex(r"\A[0-9]{3}\Z"), serial=serials)
def test_every_issued_master_waybill_checks(prefix: str, serial: int) -> None:
    number = master_waybill(prefix, serial)

    assert checked_master_waybill(number) == number
    assert checked_master_waybill(number.replace("-", "")) == number


@given(st.lists(st.integers(0, 26 * 26 * SERIALS - 1), min_size=2, unique=True))
def test_house_waybills_are_unique_valid_and_short(numbers: list[int]) -> None:
    waybills = [house_waybill(n) for n in numbers]

    assert len(set(waybills)) == len(numbers)
    assert all(is_house_waybill(w) and len(w) <= CHARACTERS_MAX for w in waybills)


def test_house_waybills_count_through_the_series() -> None:
    assert house_waybill(1) == "EHAA00000011"
    assert house_waybill(SERIALS) == "EHAB00000000"
    assert house_waybill(26 * SERIALS + 1234567) == "EHBA12345675"


def test_house_waybills_fit_a_house_manifest() -> None:
    """Cargo-IMP FHL: a house waybill serial number has up to twelve letters and digits."""
    assert CHARACTERS_MAX == 12
    assert len(house_waybill(26 * 26 * SERIALS - 1)) == 12


@pytest.mark.parametrize(("number", "is_one"), [("EHUAA00000011", True), ("EHUAA00000012", False)])
def test_numbers_of_thirteen_characters_stay_valid(number: str, *, is_one: bool) -> None:
    assert is_house_waybill(number) == is_one


@given(number=st.integers(0, SERIALS - 1), place=st.integers(4, 11), digit=st.integers(0, 9))
def test_a_wrong_digit_is_noticed_unless_it_differs_by_seven(
    number: int, place: int, digit: int
) -> None:
    waybill = house_waybill(number)
    changed = waybill[:place] + str(digit) + waybill[place + 1 :]

    if abs(int(waybill[place]) - digit) in (0, 7):
        assert is_house_waybill(changed) == (changed == waybill or place < 11)
    else:
        assert not is_house_waybill(changed)
