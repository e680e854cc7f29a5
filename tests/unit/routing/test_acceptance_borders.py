"""Security status, embargoes, documents of a border, and handling codes without dangerous goods."""

from datetime import date
from typing import Any

import pytest

from services.routing.domain.acceptance.goods import Consignment, SecurityStatus
from services.routing.domain.acceptance.verdicts import verdict_on_destination
from services.routing.domain.network.records import EmbargoScope, VehicleKind
from tests.support.acceptance import (
    DAY,
    a_consignment,
    a_leg,
    an_embargo,
    condition_codes,
    refusal_code,
    the_rules,
    verdict,
)


def of_status(status: str | None) -> Consignment:
    return a_consignment(
        handling_codes=frozenset(), security_status=SecurityStatus(status) if status else None
    )


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        ("SPX", "passenger", None),
        ("SPX", "freighter", None),
        ("SHR", "passenger", None),
        ("SHR", "freighter", None),
        ("SCO", "passenger", "not_secured"),
        ("SCO", "freighter", None),
        ("NSC", "passenger", "not_secured"),
        ("NSC", "freighter", "not_secured"),
        ("NSC", "truck", None),
        ("SCO", "truck", None),
    ],
)
def test_only_secured_goods_fly(status: str, kind: VehicleKind, code: str | None) -> None:
    assert refusal_code(of_status(status), kind) == code


def test_a_status_that_is_not_known_is_a_condition_that_names_what_is_taken() -> None:
    unknown = of_status(None)

    assert condition_codes(unknown, "truck") == set()
    assert condition_codes(unknown, "freighter") == {"security_open"}
    (condition,) = verdict(unknown, "passenger").conditions
    assert condition.fix.en == "They must be SPX or SHR when they are handed over."
    assert condition.fix.zh == "交运时须为 SPX 或 SHR 状态。"


def test_a_status_among_the_handling_codes_counts_and_the_worst_of_two() -> None:
    def of(*codes: str) -> Consignment:
        return a_consignment(handling_codes=frozenset(codes))

    assert refusal_code(of("SPX"), "passenger") is None
    assert refusal_code(of("SCO"), "passenger") == "not_secured"
    assert refusal_code(of("SPX", "NSC"), "freighter") == "not_secured"


def test_fixes_of_security_are_screening_or_a_freighter() -> None:
    unscreened = verdict(of_status("NSC"), "passenger").refusal
    for_freighters = verdict(of_status("SCO"), "passenger").refusal

    assert unscreened is not None
    assert unscreened.fix.en == "Have them screened: a passenger aircraft takes SPX or SHR."
    assert for_freighters is not None
    assert for_freighters.fix.en == "Book another vehicle: a freighter, a truck."


@pytest.mark.parametrize(
    ("scope", "origin", "transit", "destination"),
    [
        ("all", "forbidden", "forbidden", "forbidden"),
        ("origin", "forbidden", None, None),
        ("transit", None, "forbidden", None),
        ("destination", None, None, "forbidden"),
    ],
)
def test_an_embargo_bars_a_country_in_its_scope(
    scope: EmbargoScope, origin: str | None, transit: str | None, destination: str | None
) -> None:
    rules = the_rules(embargoes=[an_embargo("XX", scope=scope)])
    goods = a_consignment(documents=frozenset({"customs_release", "goods_movement_reference"}))

    def of(**countries: Any) -> str | None:
        found = refusal_code(goods, a_leg(**countries), rules=rules)
        return "forbidden" if found == "embargo" else found

    assert of(origin_country="XX") == origin
    assert of(transit_countries=("XX",)) == transit
    assert of(destination_country="XX") == destination
    assert of() is None


def test_an_embargo_says_its_reason_and_how_long_it_lasts() -> None:
    ending = an_embargo("XX", valid_to=DAY)
    rules = the_rules(embargoes=[ending])

    found = verdict(a_consignment(), a_leg(destination_country="XX"), rules=rules).refusal

    assert found is not None
    assert (found.detail.en, found.detail.zh) == ("Nothing goes to XX.", "禁止运往 XX。")
    assert found.fix.en == "Send other goods, or to another country, or after 2026-11-28."
    day_after = date(2026, 11, 29)
    leg = a_leg(destination_country="XX")
    assert refusal_code(a_consignment(), leg, rules=rules, on=day_after) is None
    assert refusal_code(a_consignment(), leg, rules=rules, on=date(2019, 12, 31)) is None


def test_an_embargo_on_some_goods_bars_these_alone() -> None:
    rules = the_rules(embargoes=[an_embargo("XX", hs_prefix="84")])
    leg = a_leg(destination_country="XX")

    def of(*codes: str) -> Consignment:
        return a_consignment(hs_codes=frozenset(codes))

    assert refusal_code(of("950300", "847130"), leg, rules=rules) == "embargo"
    assert refusal_code(of("950300", "610910"), leg, rules=rules) is None
    unknown = a_consignment(hs_codes=None)
    assert condition_codes(unknown, leg, rules=rules) == {"hs_code_open"}
    assert condition_codes(unknown, a_leg(), rules=rules) == set()


def test_goods_for_a_country_under_embargo_go_nowhere_whichever_way() -> None:
    rules = the_rules(embargoes=[an_embargo("XX", scope="destination")])

    def to(country: str) -> bool:
        return verdict_on_destination(
            rules, a_consignment(), origin="CN", destination=country, on=DAY
        ).is_allowed

    assert not to("XX")
    assert to("BE")


def test_goods_leave_china_once_customs_has_released_them() -> None:
    unreleased = a_consignment(documents=frozenset())

    assert condition_codes(unreleased, a_leg()) == {"document_open"}
    assert condition_codes(unreleased, a_leg(destination_country="CN")) == set()
    assert condition_codes(a_consignment(), a_leg()) == set()
    (condition,) = verdict(unreleased, a_leg()).conditions
    assert condition.fix.en == "Have the export release by customs before they are loaded."
    assert condition.fix.zh == "装载前须取得海关出口放行。"


def test_a_truck_to_britain_needs_a_goods_movement_reference_since_2022() -> None:
    leg = a_leg("truck", origin_country="FR", destination_country="GB")

    assert condition_codes(a_consignment(), leg) == {"document_open"}
    assert condition_codes(a_consignment(), leg, on=date(2021, 12, 31)) == set()
    by_air = a_leg("freighter", origin_country="FR", destination_country="GB")
    assert condition_codes(a_consignment(), by_air) == set()


@pytest.mark.parametrize("code", ["PAC", "EAW", "EAP", "ECC", "XPS", "QRT", "BUP", "LIC"])
def test_codes_that_ask_for_nothing_special_bar_nothing(code: str) -> None:
    consignment = a_consignment(handling_codes=frozenset({code, "SPX"}))

    for kind in ("passenger", "freighter", "truck"):
        assert refusal_code(consignment, kind) is None


def test_cargo_aircraft_only_is_kept_off_passenger_aircraft() -> None:
    labelled = a_consignment(handling_codes=frozenset({"CAO", "SPX"}))

    assert refusal_code(labelled, "passenger") == "forbidden"
    assert refusal_code(labelled, "freighter") is None
    assert refusal_code(labelled, "truck") is None


def test_verdicts_come_in_the_order_of_the_classes_with_the_first_refusal() -> None:
    rules = the_rules(embargoes=[an_embargo("XX")])
    barred_twice = a_leg("passenger", destination_country="XX")

    assert refusal_code(of_status("NSC"), barred_twice, rules=rules) == "embargo"


def test_the_days_on_which_rules_turn_are_known() -> None:
    of_two_days = an_embargo("XX", valid_from=date(2026, 11, 30), valid_to=date(2026, 12, 1))
    rules = the_rules(embargoes=[of_two_days])

    assert rules.turning_days(date(2026, 11, 28), date(2026, 12, 5)) == [
        date(2026, 11, 28),
        date(2026, 11, 30),
        date(2026, 12, 2),
    ]
    assert rules.turning_days(date(2022, 3, 31), date(2022, 4, 2)) == [
        date(2022, 3, 31),
        date(2022, 4, 1),
    ]
