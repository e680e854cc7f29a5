"""What an enterprise must state before it is registered, and how settings become registrations."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import services.customs.worker as worker_module
from services.customs.clients.reference import regime_tables
from services.customs.domain.messages.parties import Parties, PartyRole
from services.customs.domain.registrations.registration import (
    Particulars,
    Registration,
    problems_of,
)
from services.customs.domain.registrations.resolution import Place, parties_for
from services.customs.schemas.registrations import RegistrationIn
from services.customs.settings import Settings
from tests.support.customs import NOW
from tests.support.worlds.customs import a_registration

DAY = date(2026, 11, 22)


def stated(**changes: Any) -> Particulars:
    return RegistrationIn.model_validate(a_registration(**changes)).to_domain()


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, []),
        ({"uscc": "91420700MAA1RL002N"}, []),
        ({"uscc": "91420700MAA1RL002M"}, ["/uscc customs.registration.uscc"]),
        ({"customs_code": None}, ["/uscc customs.registration.code_missing"]),
        ({"customs_code": None, "roles": ["owner", "ecommerce_platform"]}, []),
        (
            {"customs_code": None, "roles": ["owner", "declarant"]},
            ["/uscc customs.registration.code_missing"],
        ),
        ({"valid_to": "2026-01-02"}, []),
        ({"valid_to": "2026-01-01"}, ["/valid_to customs.registration.validity_empty"]),
        ({"ems_no": "T1"}, ["/ems_no customs.registration.ledger_without_area"]),
        ({"ems_no": "T1", "roles": ["area_enterprise"]}, []),
    ],
)
def test_what_is_stated_must_be_able_to_be_true(changes: dict[str, Any], faults: list[str]) -> None:
    assert [f"{one.pointer} {one.code}" for one in problems_of(stated(**changes))] == faults


def test_roles_and_districts_are_sets() -> None:
    one = stated(roles=["declarant", "owner", "declarant"], districts=["5100", "4700", "5100"])
    other = stated(roles=["owner", "declarant"], districts=["4700", "5100"])

    assert (one.roles, one.districts) == (other.roles, other.districts)
    assert stated().districts is None


def test_the_settings_are_a_park_that_can_declare_retail_lists() -> None:
    """What the worker seeds and what it declares with today name the same enterprises."""
    settings = Settings(database_url="postgresql://nowhere/none")
    enterprises = worker_module.park_enterprises(settings, as_of=DAY)
    assert [problems_of(one) for one in enterprises] == [[]] * 5
    parks = [
        Registration(f"reg_{number}", "park", 1, one, NOW) for number, one in enumerate(enterprises)
    ]
    regime = regime_tables().regime_on("9610", DAY)
    place = Place(settings.customs_code, settings.port_code)

    found = parties_for([], parks, regime, DAY, place=place)

    assert isinstance(found, Parties)
    today = worker_module.parties_of(settings)
    assert replace(found, owner=None, used=(), dxp_ids={}) == today
    assert found.consignor == today.consignor


def test_one_enterprise_in_two_roles_is_registered_once_and_only_defaults_are_made_up() -> None:
    settings = Settings(
        database_url="postgresql://nowhere/none",
        carrier_code="4201960ABC",
        carrier_name="真实物流有限公司",
        operator_code="4201960ABC",
        operator_name="真实物流有限公司",
    )
    enterprises = worker_module.park_enterprises(settings, as_of=DAY)
    (real,) = [one for one in enterprises if not one.synthetic]

    assert real.customs_code == "4201960ABC"
    assert real.roles == (PartyRole.LOGISTICS, PartyRole.OPERATOR)
    assert len(enterprises) == 4
