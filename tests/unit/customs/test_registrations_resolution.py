"""Whose enterprises a declaration names: the merchant's own, the park's where the law allows it, or
a finding that says whose move it is.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.customs.clients.reference import regime_tables
from services.customs.domain.messages.parties import (
    NO_PLATFORM_CODE,
    OWNER_NOT_REGISTERED,
    Parties,
    PartyRole,
    SiteParties,
    UsedRegistration,
)
from services.customs.domain.registrations.findings import KINDS, ROLE_NAMES, PartyFinding
from services.customs.domain.registrations.registration import Particulars, Registration
from services.customs.domain.registrations.resolution import Place, parties_for, site_parties

DAY = date(2026, 11, 22)
PLACE = Place("4700", "4700")
# Written from the law as the issue tells it, not read from the tables: who may fill a role.
RETAIL_ROLES = ("owner", "ecommerce_firm", "ecommerce_platform")
NUMBERS = count(1)


def a_registration(*roles: str, tenant: str = "park", **changes: Any) -> Registration:
    number = next(NUMBERS)
    stated = Particulars(
        name=f"企业{number}",
        name_en=None,
        customs_code=f"4201{number:06d}",
        uscc=None,
        roles=tuple(PartyRole(role) for role in roles),
        districts=None,
        certificate_no=None,
        dxp_id="DXPENT0000000000",
        ems_no="T4201W000001",
        valid_from=date(2026, 1, 1),
        valid_to=None,
        source="made up",
        as_of=DAY,
        synthetic=True,
    )
    recorded_at = datetime(2026, 1, 1, tzinfo=UTC)
    version = 1 + number % 3
    return Registration(
        f"reg_{number:032x}", tenant, version, replace(stated, **changes), recorded_at
    )


def the_parks(*left_out: str) -> list[Registration]:
    roles = (*RETAIL_ROLES, "logistics", "declarant", "site_operator")
    return [a_registration(role) for role in roles if role not in left_out]


def resolved(
    own: list[Registration], parks: list[Registration], mode: str = "9610", **how: Any
) -> Parties | tuple[PartyFinding, ...]:
    regime = regime_tables().regime_on(mode, DAY)
    return parties_for(own, parks, regime, DAY, place=PLACE, **how)


def parties(*args: Any, **how: Any) -> Parties:
    found = resolved(*args, **how)
    assert isinstance(found, Parties), found
    return found


def findings(*args: Any, **how: Any) -> dict[str, tuple[str, str]]:
    """Code and whose move, by role."""
    found = resolved(*args, **how)
    assert not isinstance(found, Parties), "nothing is missing"
    return {one.role.value: (one.code, one.owner) for one in found}


@dataclass(frozen=True)
class Held:
    """What one side has in one role: days until its first day and from its last, None: nothing."""

    begins_in: int
    ends_in: int | None

    def registered(self, role: str, tenant: str) -> Registration:
        ends = None if self.ends_in is None else DAY + timedelta(days=self.ends_in)
        begins = DAY + timedelta(days=self.begins_in)
        return a_registration(role, tenant=tenant, valid_from=begins, valid_to=ends)

    @property
    def counts(self) -> bool:
        return self.begins_in <= 0 and (self.ends_in is None or self.ends_in > 0)


VALIDITIES = st.none() | st.tuples(st.integers(-2, 1), st.none() | st.integers(1, 3)).map(
    lambda days: Held(days[0], None if days[1] is None else days[0] + days[1])
)


@settings(max_examples=300)
@given(
    mode=st.sampled_from(["9610", "9710", "9810"]),
    own=st.fixed_dictionaries(dict.fromkeys(RETAIL_ROLES, VALIDITIES)),
    parks=st.fixed_dictionaries(dict.fromkeys(RETAIL_ROLES, VALIDITIES)),
)
def test_own_then_the_parks_where_allowed_then_a_finding(
    mode: str, own: dict[str, Held | None], parks: dict[str, Held | None]
) -> None:
    mine = {role: held.registered(role, "mer_1") for role, held in own.items() if held}
    theirs = {role: held.registered(role, "park") for role, held in parks.items() if held}
    found = resolved([*mine.values()], [*the_parks(*RETAIL_ROLES), *theirs.values()], mode)

    expected: dict[str, Registration | None] = {}
    for role in RETAIL_ROLES:
        # Who sells is the consignor, unless another is registered.
        as_roles = [role, "ecommerce_firm"] if role == "owner" else [role]
        allowed = mode == "9610" or role == "ecommerce_platform"
        sides = [(own, mine), (parks, theirs)] if allowed else [(own, mine)]
        candidates = [(held[one], side.get(one)) for held, side in sides for one in as_roles]
        fit = [registered for held, registered in candidates if held and held.counts]
        expected[role] = fit[0] if fit else None
    if None in expected.values():
        assert not isinstance(found, Parties)
        assert {one.role.value for one in found} == {r for r, e in expected.items() if e is None}
    else:
        assert isinstance(found, Parties)
        used = {one.role.value: (one.registration_id, one.version) for one in found.used}
        assert {role: used[role] for role in RETAIL_ROLES} == {
            role: (one.id, one.version) for role, one in expected.items() if one
        }


def test_a_finding_says_whose_move_it_is() -> None:
    assert findings([], the_parks("ecommerce_firm", "owner"))["ecommerce_firm"] == (
        "customs.party.missing",
        "merchant",
    )
    business = findings([], the_parks("declarant"), mode="9710")
    assert business["ecommerce_firm"] == ("customs.party.own_missing", "merchant")
    assert business["declarant"] == ("customs.party.park_missing", "park")
    expired = a_registration("logistics", valid_to=DAY)
    assert findings([], [*the_parks("logistics"), expired])["logistics"] == (
        "customs.party.not_valid",
        "park",
    )


def test_a_site_operator_may_be_unknown_and_an_area_may_not() -> None:
    assert parties([], the_parks("site_operator")).operator is None
    own = [a_registration("ecommerce_firm", tenant="mer_1")]
    assert findings(own, the_parks(), mode="1210") == {
        "area_enterprise": ("customs.party.missing", "merchant")
    }

    area = a_registration("area_enterprise", tenant="mer_1")
    found = parties([*own, area], the_parks(), mode="1210")
    assert found.area == area.party(PartyRole.AREA)
    assert found.ems_no == "T4201W000001"


def test_what_a_registration_lacks_for_its_role_is_a_finding() -> None:
    declarant = a_registration("declarant", dxp_id=None)
    assert findings([], [*the_parks("declarant"), declarant]) == {
        "declarant": ("customs.party.no_dxp_id", "park")
    }
    own = [
        a_registration("ecommerce_firm", tenant="mer_1"),
        a_registration("area_enterprise", tenant="mer_1", ems_no=None),
    ]
    assert findings(own, the_parks(), mode="1210") == {
        "area_enterprise": ("customs.party.no_ledger", "merchant")
    }


def test_of_several_that_could_be_one_must_be_chosen() -> None:
    shops = [a_registration("ecommerce_platform", tenant="mer_1") for _ in range(2)]

    assert findings(shops, the_parks()) == {
        "ecommerce_platform": ("customs.party.ambiguous", "merchant")
    }
    chosen = parties(shops, the_parks(), choice={PartyRole.PLATFORM: shops[0].id})
    assert chosen.platform == shops[0].party(PartyRole.PLATFORM)


def test_an_enterprise_acts_in_its_districts_only() -> None:
    elsewhere = a_registration("logistics", districts=("5100",))
    here = a_registration("logistics", districts=("4700", "5100"))

    assert findings([], [*the_parks("logistics"), elsewhere])["logistics"] == (
        "customs.party.other_district",
        "park",
    )
    both = parties([], [*the_parks("logistics"), elsewhere, here])
    assert both.carrier == here.party(PartyRole.LOGISTICS)


def test_enterprises_without_a_code_are_named_by_the_word_of_their_role() -> None:
    platform = a_registration("ecommerce_platform", tenant="mer_1", customs_code=None)
    maker = a_registration("owner", tenant="mer_1", customs_code=None)
    found = parties([platform, maker], the_parks())

    assert found.platform.code == NO_PLATFORM_CODE
    assert found.consignor.code == OWNER_NOT_REGISTERED
    assert found.consignor.name == maker.stated.name
    assert UsedRegistration(PartyRole.OWNER, maker.id, maker.version) in found.used


@pytest.mark.parametrize("code", KINDS)
def test_every_finding_is_told_in_both_languages(code: str) -> None:
    params = dict.fromkeys(
        (
            "mode",
            "message_type",
            "day",
            "name",
            "names",
            "district",
            "valid_from",
            "valid_to",
            "registration_id",
        ),
        "…",
    )
    finding = PartyFinding(code, "park", PartyRole.DECLARANT, params)

    for locale, role in (("en", "declarant"), ("zh-CN", "申报单位")):
        told = finding.text(locale) + finding.fix(locale)  # type: ignore[arg-type]
        assert role in told
        assert "{" not in told
    assert ROLE_NAMES.keys() == set(PartyRole)


def site(*parks: Registration, day: date = DAY) -> SiteParties | tuple[PartyFinding, ...]:
    return site_parties(parks, regime_tables().regime_on("9610", day), day, place=PLACE)


def test_reports_about_goods_name_the_parks_enterprises_of_the_day() -> None:
    declarant, carrier, operator = (
        a_registration(role) for role in ("declarant", "logistics", "site_operator")
    )

    found = site(declarant, carrier, operator)

    assert isinstance(found, SiteParties)
    named = [found.declarant.name, found.carrier.name, found.operator and found.operator.name]
    assert named == [one.stated.name for one in (declarant, carrier, operator)]
    assert (found.dxp_id, found.customs_code) == (declarant.stated.dxp_id, "4700")
    # Only CEB507 and CEB215 name the operator of the site.
    without = site(declarant, carrier)
    assert isinstance(without, SiteParties)
    assert without.operator is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_to": DAY}, "customs.party.not_valid"),
        ({"valid_from": DAY + timedelta(days=1)}, "customs.party.not_valid"),
        ({"districts": ("4600",)}, "customs.party.other_district"),
        ({"roles": ()}, "customs.party.park_missing"),
    ],
)
def test_a_report_has_nobody_to_name(changes: dict[str, Any], code: str) -> None:
    found = site(a_registration("declarant"), a_registration("logistics", **changes))

    assert isinstance(found, tuple)
    assert [(one.code, one.role) for one in found] == [(code, PartyRole.LOGISTICS)]
    assert "logistics firm" in found[0].text("en")
