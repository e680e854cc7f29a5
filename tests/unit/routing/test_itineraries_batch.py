"""Many shipments at once are answered as each by itself."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.routing.domain.acceptance.goods import (
    Consignment,
    DangerousGood,
    Piece,
    SecurityStatus,
    Size,
)
from services.routing.domain.itineraries.batch import SharedJudgements, ways_by_day
from services.routing.domain.itineraries.choosing import find_booking
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.wish import Wish, at_airport
from tests.support.routing import NOW, hours
from tests.support.search_basis import a_basis, a_flight_row

VEHICLES = ("B744F", "B763F", "AT76F", "A320P", "DHC6P", "unknown")
# A flight of each vehicle on three days.
BASIS = a_basis(
    *(
        a_flight_row(
            id=f"flt_{n}_{day}",
            vehicle=vehicle,
            destination="LGG",
            departs_at=hours(10 + n + 24 * day),
            arrives_at=hours(22 + n + 24 * day),
            cut_off_at=hours(8 + n + 24 * day),
        )
        for n, vehicle in enumerate(VEHICLES)
        for day in range(3)
    ),
    room={f"flt_{n}_{day}": (10**8, 10**9) for n in range(len(VEHICLES)) for day in range(3)},
)

pieces = st.builds(
    Piece,
    st.integers(1, 8_000_000),
    st.integers(1, 3),
    st.none() | st.builds(Size, *[st.integers(1, 4_000)] * 3),
    st.booleans(),
    st.booleans(),
)
dangerous_goods = st.builds(
    DangerousGood,
    st.sampled_from(["UN3480", "UN3481"]),
    st.sampled_from([None, "965", "967"]),
    st.sampled_from([None, "IA", "II"]),
    st.sampled_from([None, 4_000, 20_000]),
)
goods = st.builds(
    Consignment,
    pieces=st.lists(pieces, min_size=1, max_size=2).map(tuple),
    dangerous_goods=st.sampled_from([None, ()]) | st.tuples(dangerous_goods),
    handling_codes=st.frozensets(st.sampled_from(["ELI", "PER", "CAO"]), max_size=2),
    security_status=st.sampled_from([None, SecurityStatus.SPX, SecurityStatus.SCO]),
)


def a_wish(consignment: Consignment) -> Wish:
    return Wish(
        origin="EHU",
        ready_at=NOW,
        destination=at_airport("LGG"),
        goods=consignment,
        weight_g=consignment.weight_g,
        volume_cm3=10_000,
    )


LIGHT, HEAVY = (Consignment(pieces=(Piece(g),)) for g in (1_000, 7_000_000))
LONG = Consignment(pieces=(Piece(1_000, size=Size(5_000, 5_000, 100)),))
CELLS = DangerousGood("UN3480", "965", "IB", 4_000, 30, True)
CELL, CELLS_IN_A_CRATE = (
    Consignment(pieces=(Piece(g),), dangerous_goods=(CELLS,)) for g in (5_000, 400_000)
)


@settings(max_examples=100)
@example([LIGHT, HEAVY, LONG])
@example([CELL, CELLS_IN_A_CRATE])
@given(st.lists(goods, min_size=2, max_size=5))
def test_a_shared_judgement_is_the_shipments_own(consignments: list[Consignment]) -> None:
    shared = SharedJudgements(BASIS)

    for consignment in consignments:
        wish = a_wish(consignment)
        ours = shared.request(wish, NOW.date())
        assert np.array_equal(ours.is_accepted, Request(BASIS, wish, NOW.date()).is_accepted)


def test_the_way_of_a_day_is_what_a_booking_would_take() -> None:
    wish = a_wish(Consignment(pieces=(Piece(2_000),), dangerous_goods=()))
    request = SharedJudgements(BASIS).request(wish, NOW.date())

    for day, (ready_at, way) in enumerate(ways_by_day(request, 4)):
        assert ready_at == NOW + timedelta(days=day)
        later = replace(wish, ready_at=ready_at)
        booked = find_booking(Request(BASIS, later, NOW.date()))
        if booked is None:
            assert (way, day) == (None, 3)
            continue
        assert way is not None
        assert (list(way.flight_ids), way.cost_minor) == (booked.flight_ids, booked.cost_minor)
        assert way.accepted_until == booked.legs[0].latest_acceptance_at
        assert (way.delivered_at, way.wtw_g) == (booked.delivered_at, booked.emissions.wtw_g)
