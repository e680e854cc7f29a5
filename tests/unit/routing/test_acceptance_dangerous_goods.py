"""Lithium batteries and other dangerous goods against the rules of `data/`.

The tables here are written by hand: which vehicle takes what from AF-KLM's lithium matrix, limits
from the packing instructions 965 to 970 of the IATA Dangerous Goods Regulations.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.routing.domain.acceptance.goods import DangerousGood
from services.routing.domain.network.records import VehicleKind
from tests.support.acceptance import (
    PARCEL,
    a_consignment,
    a_leg,
    condition_codes,
    refusal_code,
    verdict,
)

Y, N = True, False


def good(un: str, pi: str, section: str | None, **changes: object) -> DangerousGood:
    """All of it is declared, and within every limit."""
    facts = {"net_g_per_package": 2_000, "state_of_charge_pct": 30} | changes
    return DangerousGood(un, pi, section, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("un", "pi", "section", "passenger", "freighter", "truck"),
    [
        ("UN3480", "965", "IA", N, Y, Y),
        ("UN3480", "965", "IB", N, Y, Y),
        ("UN3480", "965", "II", N, N, N),
        ("UN3481", "966", "I", Y, Y, Y),
        ("UN3481", "966", "II", Y, Y, Y),
        ("UN3481", "967", "I", Y, Y, Y),
        ("UN3481", "967", "II", Y, Y, Y),
        ("UN3090", "968", "IA", N, Y, Y),
        ("UN3090", "968", "IB", N, Y, Y),
        ("UN3090", "968", "II", N, N, N),
        ("UN3091", "969", "I", Y, Y, Y),
        ("UN3091", "969", "II", Y, Y, Y),
        ("UN3091", "970", "I", Y, Y, Y),
        ("UN3091", "970", "II", Y, Y, Y),
    ],
)
def test_each_vehicle_takes_what_the_lithium_matrix_says(
    un: str, pi: str, section: str, *, passenger: bool, freighter: bool, truck: bool
) -> None:
    consignment = a_consignment(good(un, pi, section))

    assert verdict(consignment, "passenger").is_allowed == passenger
    assert verdict(consignment, "freighter").is_allowed == freighter
    assert verdict(consignment, "truck").is_allowed == truck


@pytest.mark.parametrize(
    ("un", "pi", "section", "kind", "limit_g"),
    [
        ("UN3480", "965", "IA", "freighter", 35_000),
        ("UN3480", "965", "IB", "freighter", 10_000),
        ("UN3481", "966", "I", "passenger", 5_000),
        ("UN3481", "966", "I", "freighter", 35_000),
        ("UN3481", "966", "II", "passenger", 5_000),
        ("UN3481", "966", "II", "freighter", 5_000),
        ("UN3481", "967", "I", "passenger", 5_000),
        ("UN3481", "967", "I", "freighter", 35_000),
        ("UN3481", "967", "II", "freighter", 5_000),
        ("UN3090", "968", "IA", "freighter", 35_000),
        ("UN3090", "968", "IB", "freighter", 2_500),
        ("UN3091", "969", "I", "passenger", 5_000),
        ("UN3091", "969", "I", "freighter", 35_000),
        ("UN3091", "970", "II", "freighter", 5_000),
    ],
)
def test_a_package_holds_batteries_up_to_the_limit_and_not_a_gram_more(
    un: str, pi: str, section: str, kind: VehicleKind, limit_g: int
) -> None:
    full = a_consignment(good(un, pi, section, net_g_per_package=limit_g))
    over = a_consignment(good(un, pi, section, net_g_per_package=limit_g + 1))

    assert refusal_code(full, kind) is None
    assert refusal_code(over, kind) == "battery_weight"


def test_a_truck_has_no_limit_of_its_own() -> None:
    heavy = good("UN3481", "966", "I", net_g_per_package=36_000, state_of_charge_pct=100)

    assert refusal_code(a_consignment(heavy), "truck") is None


@pytest.mark.parametrize(("pi", "un"), [("965", "UN3480"), ("966", "UN3481")])
def test_loose_and_packed_batteries_fly_at_30_percent_of_charge_at_most(pi: str, un: str) -> None:
    section = "IA" if pi == "965" else "I"

    assert refusal_code(a_consignment(good(un, pi, section, state_of_charge_pct=30))) is None
    over = a_consignment(good(un, pi, section, state_of_charge_pct=31))
    assert refusal_code(over) == "state_of_charge"
    assert refusal_code(over, "truck") is None


def test_batteries_in_equipment_and_of_metal_may_be_charged() -> None:
    assert refusal_code(a_consignment(good("UN3481", "967", "I", state_of_charge_pct=100))) is None
    assert refusal_code(a_consignment(good("UN3091", "969", "I", state_of_charge_pct=100))) is None


@pytest.mark.parametrize(
    ("un", "pi", "section", "pct", "first_day", "before", "after"),
    [
        # Section II of 965 and 968 was removed on 1 January 2022, with grace to 31 March.
        ("UN3480", "965", "II", 30, date(2022, 4, 1), None, "section_withdrawn"),
        # The edition of 2026 extends the charge rule to batteries packed with equipment.
        ("UN3481", "966", "II", 80, date(2026, 1, 1), None, "state_of_charge"),
        # Before the first rule nothing is known of freighters.
        ("UN3480", "965", "IB", 30, date(2016, 4, 1), "no_rule", None),
    ],
)
def test_a_rule_holds_from_its_first_day(
    un: str,
    pi: str,
    section: str,
    pct: int,
    first_day: date,
    before: str | None,
    after: str | None,
) -> None:
    consignment = a_consignment(good(un, pi, section, state_of_charge_pct=pct))
    day_before = first_day - timedelta(days=1)

    assert refusal_code(consignment, "freighter", on=day_before) == before
    assert refusal_code(consignment, "freighter", on=first_day) == after


@pytest.mark.parametrize("code", ["EBI", "EBM"])
@pytest.mark.parametrize("kind", ["passenger", "freighter", "truck"])
def test_codes_of_withdrawn_sections_are_refused_everywhere(code: str, kind: VehicleKind) -> None:
    consignment = a_consignment(handling_codes=frozenset({code, "SPX"}))

    found = verdict(consignment, kind).refusal

    assert found is not None
    assert found.code == "routing.acceptance.section_withdrawn"
    assert found.fix.en == "Pack and declare them under one of these sections: IA, IB."


@pytest.mark.parametrize(
    ("code", "passenger"), [("RBI", N), ("RBM", N), ("RLI", Y), ("ELI", Y), ("RLM", Y), ("ELM", Y)]
)
def test_a_code_of_dangerous_goods_alone_is_treated_as_all_goods_that_have_it(
    code: str, *, passenger: bool
) -> None:
    consignment = a_consignment(handling_codes=frozenset({code, "SPX"}))

    assert verdict(consignment, "passenger").is_allowed == passenger
    assert verdict(consignment, "freighter").is_allowed


def test_a_code_of_goods_that_are_declared_adds_nothing() -> None:
    """RLI alone could be batteries packed with equipment, which fly at 30 % of charge."""
    declared = good("UN3481", "967", "I", state_of_charge_pct=100)
    consignment = a_consignment(declared, handling_codes=frozenset({"RLI", "SPX"}))

    assert condition_codes(consignment, "freighter") == set()


def test_air_france_takes_no_metal_batteries_on_any_aircraft() -> None:
    metal = a_consignment(good("UN3090", "968", "IA"))
    ion = a_consignment(good("UN3480", "965", "IA"))

    assert refusal_code(metal, a_leg(carrier="AF")) == "forbidden"
    assert refusal_code(metal, a_leg(carrier="5Y")) is None
    assert refusal_code(ion, a_leg(carrier="AF")) is None
    found = verdict(metal, a_leg(carrier="AF")).refusal
    assert found is not None
    assert found.detail.en == "AF takes no UN3090 (PI 968, section IA) on a freighter."
    assert found.fix.en == "Book another carrier."


def test_goods_that_no_rule_speaks_of_are_refused_on_every_vehicle() -> None:
    unknown = a_consignment(DangerousGood("UN1950"))

    for kind in ("passenger", "freighter", "truck"):
        assert refusal_code(unknown, kind) == "no_rule"
    assert refusal_code(a_consignment(good("UN3480", "966", "I"))) == "no_rule"
    assert refusal_code(a_consignment(handling_codes=frozenset({"PER", "SPX"}))) == "no_rule"


def test_an_unknown_section_goes_by_the_strictest_one() -> None:
    """Section II takes 5 kg on a freighter, section I 35 kg."""
    heavy = a_consignment(good("UN3481", "967", None, net_g_per_package=6_000))
    light = a_consignment(good("UN3481", "967", None, net_g_per_package=5_000))

    assert refusal_code(heavy) == "battery_weight"
    assert condition_codes(light) == {"section_open"}


def test_an_unknown_packing_instruction_is_open_like_a_section() -> None:
    packed_or_inside = a_consignment(DangerousGood("UN3481", section="I"))

    found = verdict(packed_or_inside, "passenger")

    (section,) = [c for c in found.conditions if c.code.endswith("section_open")]
    assert section.fix.en == "Declare which of these it is: 966 I, 967 I."
    # Batteries packed with equipment must not be charged: what may be these must not, either.
    charged = DangerousGood("UN3481", section="I", state_of_charge_pct=80)
    assert refusal_code(a_consignment(charged)) == "state_of_charge"


def test_a_withdrawn_section_is_none_that_goods_can_be_packed_under() -> None:
    power_bank = a_consignment(DangerousGood("UN3480", "965"))

    assert condition_codes(power_bank) == {"section_open", "state_of_charge_open", "cao_label_open"}
    assert refusal_code(power_bank, "passenger") == "forbidden"


def test_what_is_not_declared_is_a_condition_until_it_is() -> None:
    unknown = DangerousGood("UN3480", "965", "IB")
    declared = DangerousGood(
        "UN3480", "965", "IB", net_g_per_package=900, state_of_charge_pct=25, has_cao_label=True
    )

    assert condition_codes(a_consignment(unknown)) == {"state_of_charge_open", "cao_label_open"}
    assert condition_codes(a_consignment(declared)) == set()
    assert condition_codes(a_consignment(unknown), "truck") == set()


def test_a_package_below_the_limit_cannot_hold_more_batteries_than_that() -> None:
    unknown = DangerousGood("UN3481", "967", "II")
    heavier = a_consignment(unknown, pieces=(PARCEL, replace(PARCEL, weight_g=6_000)))

    assert condition_codes(a_consignment(unknown)) == set()  # one piece of 4 kg, the limit is 5
    assert condition_codes(heavier) == {"battery_weight_open"}


def test_what_is_labelled_for_freighters_does_not_go_with_passengers() -> None:
    labelled = a_consignment(good("UN3481", "966", "I", has_cao_label=True))

    assert refusal_code(labelled, "passenger") == "forbidden"
    assert refusal_code(labelled, "freighter") is None


def test_an_aircraft_that_is_not_known_may_have_passengers() -> None:
    power_bank = a_consignment(good("UN3480", "965", "IB"))

    assert refusal_code(power_bank, a_leg(vehicle="unheard of")) == "forbidden"
    assert refusal_code(power_bank, a_leg("truck", vehicle="unheard of")) is None


def test_a_shipment_of_which_nothing_is_declared_does_not_go_with_passengers() -> None:
    unknown = a_consignment(dangerous_goods=None)

    assert refusal_code(unknown, "passenger") == "goods_not_declared"
    assert condition_codes(unknown, "freighter") == {"goods_open"}


def test_texts_say_what_would_make_it_bookable_in_two_languages() -> None:
    found = verdict(a_consignment(good("UN3480", "965", "IB")), "passenger").refusal

    assert found is not None
    assert found.detail.en == "UN3480 (PI 965, section IB) may not go on a passenger aircraft."
    assert found.detail.zh == "客机不承运 UN3480（包装说明 965 第 IB 部分）。"
    assert found.fix.en == "Book another vehicle: a freighter, a truck."
    assert found.fix.zh == "请改订：货机、卡车。"

    over = good("UN3481", "966", "I", net_g_per_package=7_500)
    found = verdict(a_consignment(over), "passenger").refusal

    assert found is not None
    assert "has 7.5 kg of batteries; a passenger aircraft takes 5 kg." in found.detail.en
    assert found.fix.en == (
        "Pack at most 5 kg of batteries per package, or book another vehicle: a freighter, a truck."
    )
    assert found.fix.zh == "每件所含电池请勿超过 5 千克，或改订：货机、卡车。"


@pytest.mark.parametrize("one", [DangerousGood("UN3480", "965"), DangerousGood("UN1950")])
@pytest.mark.parametrize("kind", ["passenger", "freighter", "truck"])
def test_chinese_sentences_have_no_blanks_before_marks_or_at_their_beginning(
    one: DangerousGood, kind: VehicleKind
) -> None:
    found = verdict(a_consignment(one), kind)

    said = [
        words
        for said in (found.refusal, *found.conditions)
        if said is not None
        for words in (said.detail.zh, said.fix.zh)
    ]
    assert said
    assert [text for text in said if re.search("^ | [，。；：]", text)] == []
