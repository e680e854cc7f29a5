"""Who appears in messages, and the numbers of documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.customs.worker as worker_module
from services.customs.domain.messages.numbering import cop_no, guid_text
from services.customs.domain.messages.parties import (
    PartyRole,
    credit_code_check_character,
    is_party_code,
)
from services.customs.settings import Settings
from shared.kernel.ids import new_id
from shared.settings import SettingsError


def test_a_party_code_needs_its_check_character_or_the_form_of_a_registration() -> None:
    assert is_party_code("91110000600037341L")  # a published example
    assert not is_party_code("91110000600037341M")
    assert is_party_code("4201960ABC")
    assert not is_party_code("42019")
    assert not is_party_code("91110000600037341I")


def test_default_parties_have_valid_check_characters() -> None:
    settings = Settings(database_url="postgresql://nowhere/none")
    parties = worker_module.parties_of(settings)

    named = [parties.of(role) for role in PartyRole]
    assert sum(party is not None for party in named) == 6
    for party in filter(None, named):
        assert credit_code_check_character(party.code[:17]) == party.code[17]


def test_a_wrong_check_character_stops_the_worker_with_a_line() -> None:
    settings = Settings(database_url="postgresql://nowhere/none", carrier_code="91420700MAA1RL004X")
    with pytest.raises(SettingsError, match="CUSTOMS_CARRIER_CODE"):
        worker_module.parties_of(settings)


@given(st.sets(st.integers(0, 2**128 - 1), max_size=20))
def test_cop_numbers_fit_and_differ_as_ids_do(values: set[int]) -> None:
    numbers = {cop_no(f"dec_{value:032x}") for value in values}

    assert len(numbers) == len(values)
    assert all(len(number) == 28 and number.isalnum() for number in numbers)


def test_a_guid_is_written_in_upper_case() -> None:
    assert guid_text("0193abcd" + "0" * 24) == "0193ABCD-0000-0000-0000-000000000000"


def test_new_ids_give_numbers_in_order() -> None:
    numbers = [cop_no(new_id("dec")) for _ in range(5)]

    assert numbers == sorted(numbers)
