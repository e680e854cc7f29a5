"""What holds of acceptance whatever the goods: more is never easier, and nothing unknown is waved
through.
"""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.acceptance.goods import (
    Consignment,
    DangerousGood,
    Piece,
    SecurityStatus,
    Size,
)
from services.routing.domain.acceptance.rules import AcceptanceRule, AcceptanceRules
from services.routing.domain.acceptance.verdicts import LegClass, verdicts
from tests.support.acceptance import CODES, a_leg, a_vehicle, an_embargo, the_rules

SMALL: Final = a_vehicle("A320P", "passenger", door_width_cm=182, door_height_cm=123)
RULES: Final = the_rules(
    embargoes=[an_embargo("XX"), an_embargo("YY", hs_prefix="84")], vehicles=[SMALL]
)
LEGS: Final = [
    a_leg(kind, carrier=carrier, destination_country=country)
    for kind, carrier, country in product(CODES, ("EH", "AF"), ("BE", "XX", "YY"))
]
PACKINGS: Final = {
    "UN3480": ("965", ("IA", "IB", "II")),
    "UN3481": ("967", ("I", "II")),
    "UN3090": ("968", ("IA", "IB")),
    "UN3091": ("970", ("I", "II")),
    "UN1950": ("203", ("I",)),
}


@st.composite
def dangerous(draw: st.DrawFn) -> DangerousGood:
    un = draw(st.sampled_from(sorted(PACKINGS)))
    instruction, sections = PACKINGS[un]
    return DangerousGood(
        un,
        draw(st.sampled_from([None, instruction])),
        draw(st.sampled_from([None, *sections])),
        draw(st.none() | st.sampled_from([2_500, 2_501, 5_000, 5_001, 10_001, 35_001])),
        draw(st.none() | st.sampled_from([0, 30, 31, 100])),
        draw(st.sampled_from([None, True, False])),
    )


SIZES: Final = st.builds(
    Size, *(st.sampled_from([100, 1_230, 1_231, 1_820, 1_821, 3_100]) for _ in range(3))
)
PIECES: Final = st.builds(
    Piece,
    weight_g=st.sampled_from([1_000, 5_001, 30_000, 149_999, 150_000, 7_000_000]),
    size=st.none() | SIZES,
    is_tiltable=st.booleans(),
)
CONSIGNMENTS: Final = st.builds(
    Consignment,
    pieces=st.lists(PIECES, min_size=1, max_size=2).map(tuple),
    hs_codes=st.none() | st.frozensets(st.sampled_from(["950300", "847130"])),
    dangerous_goods=st.none() | st.lists(dangerous(), max_size=2).map(tuple),
    handling_codes=st.frozensets(st.sampled_from(["CAO", "ELI", "RBI", "EBI", "PER", "EAW"])),
    security_status=st.none() | st.sampled_from(SecurityStatus),
    documents=st.frozensets(st.just("customs_release")),
)
DAYS: Final = st.sampled_from([date(2016, 3, 31), date(2022, 3, 31), date(2025, 6, 1), date.max])


def allowed(
    consignment: Consignment, on: date, *, rules: AcceptanceRules = RULES, legs: object = LEGS
) -> list[bool]:
    assert isinstance(legs, list)
    return [found.is_allowed for found in verdicts(rules, consignment, legs, on)]


@settings(max_examples=60, deadline=None)
@given(
    consignment=CONSIGNMENTS,
    good=dangerous(),
    code=st.sampled_from(["CAO", "RBI", "PER", "EAW"]),
    piece=PIECES,
    on=DAYS,
)
def test_more_goods_go_nowhere_where_fewer_do_not(
    consignment: Consignment, good: DangerousGood, code: str, piece: Piece, on: date
) -> None:
    declared = consignment.dangerous_goods or ()
    more = [
        replace(consignment, pieces=(*consignment.pieces, piece)),
        replace(consignment, handling_codes=consignment.handling_codes | {code}),
        replace(consignment, hs_codes=(consignment.hs_codes or frozenset()) | {"847130"}),
        replace(consignment, security_status=SecurityStatus.NSC),
    ]
    # What nothing is known of is no less than what is declared.
    if consignment.dangerous_goods is not None:
        more.append(replace(consignment, dangerous_goods=(*declared, good)))

    before = allowed(consignment, on)

    for stricter in more:
        assert all(a or not b for a, b in zip(before, allowed(stricter, on), strict=True))


@settings(max_examples=60, deadline=None)
@given(
    consignment=CONSIGNMENTS,
    good=dangerous(),
    net_g=st.integers(0, 40_000),
    pct=st.integers(0, 100),
    extra=st.integers(1, 10_000),
    on=DAYS,
)
def test_heavier_and_fuller_batteries_go_nowhere_where_lighter_ones_do_not(
    consignment: Consignment, good: DangerousGood, net_g: int, pct: int, extra: int, on: date
) -> None:
    lighter = replace(good, net_g_per_package=net_g, state_of_charge_pct=pct)
    heavier = replace(lighter, net_g_per_package=net_g + extra)
    fuller = replace(lighter, state_of_charge_pct=pct + 1)

    before = allowed(replace(consignment, dangerous_goods=(lighter,)), on)

    for stricter in (heavier, fuller):
        after = allowed(replace(consignment, dangerous_goods=(stricter,)), on)
        assert all(a or not b for a, b in zip(before, after, strict=True))


@settings(max_examples=60, deadline=None)
@given(consignment=CONSIGNMENTS, good=dangerous(), size=SIZES, on=DAYS)
def test_what_is_allowed_without_condition_is_allowed_whatever_turns_out(
    consignment: Consignment, good: DangerousGood, size: Size, on: date
) -> None:
    """Each fact that is not known takes the worst value that it can have."""
    consignment = replace(consignment, dangerous_goods=(good,))
    heaviest_g = consignment.heaviest_g
    _, sections = PACKINGS[good.un_number]
    worst = [
        replace(
            consignment,
            pieces=tuple(
                replace(p, size=size, is_tiltable=False) if p.size is None else p
                for p in consignment.pieces
            ),
            hs_codes=consignment.hs_codes or frozenset({"847130"}),
            security_status=consignment.security_status or SecurityStatus.NSC,
            dangerous_goods=(
                replace(
                    good,
                    section=good.section or section,
                    net_g_per_package=(
                        heaviest_g if good.net_g_per_package is None else good.net_g_per_package
                    ),
                    state_of_charge_pct=(
                        100 if good.state_of_charge_pct is None else good.state_of_charge_pct
                    ),
                ),
            ),
        )
        for section in sections
    ]

    for leg, found in zip(LEGS, verdicts(RULES, consignment, LEGS, on), strict=True):
        if found.is_allowed and not found.conditions:
            for turned_out in worst:
                assert allowed(turned_out, on, legs=[leg]) == [True]


@settings(max_examples=40, deadline=None)
@given(consignment=CONSIGNMENTS, on=DAYS)
def test_rules_of_other_days_have_no_say(consignment: Consignment, on: date) -> None:
    def holds(rule: AcceptanceRule) -> bool:
        return (rule.valid_from or on) <= on <= (rule.valid_to or on)

    of_the_day = replace(RULES, rules=tuple(rule for rule in RULES.rules if holds(rule)))

    assert allowed(consignment, on) == allowed(consignment, on, rules=of_the_day)


@settings(max_examples=40, deadline=None)
@given(consignment=CONSIGNMENTS, chosen=st.sampled_from(RULES.rules), on=DAYS)
def test_a_rule_that_forbids_never_opens_a_leg(
    consignment: Consignment, chosen: AcceptanceRule, on: date
) -> None:
    barred = replace(chosen, verdict="forbidden", valid_from=None, valid_to=None)
    stricter = replace(RULES, rules=(*RULES.rules, barred))

    after = allowed(consignment, on, rules=stricter)

    assert all(a or not b for a, b in zip(allowed(consignment, on), after, strict=True))


@settings(max_examples=25, deadline=None)
@given(consignment=CONSIGNMENTS, on=DAYS, order=st.permutations(LEGS))
def test_each_class_is_judged_by_itself(
    consignment: Consignment, on: date, order: list[LegClass]
) -> None:
    together = verdicts(RULES, consignment, order, on)

    assert together == [verdicts(RULES, consignment, [leg], on)[0] for leg in order]
