"""Legs are judged by kind for a search, and one by one for an answer: both say the same."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.acceptance.goods import (
    Consignment,
    DangerousGood,
    Piece,
    SecurityStatus,
)
from services.routing.domain.itineraries.weighing import Judgement
from tests.support.routing import NOW
from tests.support.search_basis import a_basis, a_flight_row

DAY = NOW.date()
# By every kind of vehicle to a country without embargoes, one with, and through one.
BASIS = a_basis(
    *(
        a_flight_row(
            id=f"flt_{n}",
            vehicle=vehicle,
            carrier=carrier,
            mode="road" if vehicle == "truck" else "air",
            destination=destination,
        )
        for n, (vehicle, carrier, destination) in enumerate(
            (vehicle, carrier, destination)
            for vehicle in ("B744F", "B738F", "truck", "A320P")
            for carrier in ("EH", "AF", "Y0")
            for destination in ("LHR", "CDG", "FNJ")
        )
    )
)
goods = st.builds(
    Consignment,
    pieces=st.tuples(st.builds(Piece, weight_g=st.integers(1, 9_000_000))),
    hs_codes=st.sampled_from([None, frozenset({"950300"}), frozenset({"850760", "271019"})]),
    dangerous_goods=st.sampled_from([None, ()])
    | st.tuples(
        st.builds(
            DangerousGood,
            un_number=st.sampled_from(["UN3480", "UN3481", "UN3090", "UN3091", "UN1263"]),
            packing_instruction=st.sampled_from([None, "965", "967", "968"]),
            section=st.sampled_from([None, "IA", "IB", "I", "II"]),
            state_of_charge_pct=st.sampled_from([None, 30, 31]),
        )
    ),
    handling_codes=st.frozensets(st.sampled_from(["ELI", "PER", "CAO", "EBI"]), max_size=2),
    security_status=st.sampled_from([None, *SecurityStatus]),
)


@settings(max_examples=150)
@given(goods)
def test_a_class_is_usable_exactly_if_no_leg_of_it_refuses_the_goods(
    consignment: Consignment,
) -> None:
    judgement = Judgement.of(BASIS.facts, BASIS.rules, consignment, DAY, DAY + timedelta(days=14))

    for number in range(len(BASIS.facts.classes)):
        verdict = judgement.verdict(number, DAY.toordinal())
        assert judgement.is_allowed[0][number] == verdict.is_allowed, BASIS.facts.classes[number]


def test_the_examples_know_goods_that_some_vehicles_take_and_others_do_not() -> None:
    power_banks = Consignment(
        pieces=(Piece(5_000),), dangerous_goods=(DangerousGood("UN3480", "965", "IB"),)
    )

    judgement = Judgement.of(BASIS.facts, BASIS.rules, power_banks, DAY, DAY)

    assert set(judgement.is_allowed[0].tolist()) == {True, False}
