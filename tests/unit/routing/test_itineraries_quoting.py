"""A quote is made of what the search has priced: the lines add up to the cost of the option."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.acceptance.goods import Consignment, Piece
from services.routing.domain.itineraries.options import find_options
from services.routing.domain.itineraries.quoting import cost_of_option, itinerary_of
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.wish import Destination, Wish, at_airport
from services.routing.domain.network.records import Gateway
from tests.support.routing import NOW, hours
from tests.support.search_basis import a_basis, a_flight_row

# To Frankfurt directly or by truck from Liège, by carriers with contracts of their own.
BASIS = a_basis(
    a_flight_row(id="flt_1", destination="FRA", carrier="Y0"),
    a_flight_row(id="flt_2", destination="LGG", trip="a", capacity_g=10**8, capacity_cm3=10**9),
    a_flight_row(
        id="flt_3",
        origin="LGG",
        destination="FRA",
        mode="road",
        vehicle="truck",
        departs_at=hours(26),
        arrives_at=hours(31),
        cut_off_at=None,
        capacity_g=20_000_000,
        capacity_cm3=80_000_000,
    ),
    room={
        "flt_1": (100_000, 600_000),
        "flt_2": (10**8, 10**9),
        "flt_3": (20_000_000, 80_000_000),
    },
)


def a_request(weight_g: int, volume_cm3: int, product: str, *, to_the_door: bool) -> Request:
    gateway = Gateway("FRA", road_km=20, clearance_h=24, delivery_h=24)
    destination = Destination((gateway,), "DE", "10115")
    if not to_the_door:
        destination = at_airport("FRA")
    wish = Wish(
        origin="EHU",
        ready_at=NOW,
        destination=destination,
        goods=Consignment(pieces=(Piece(weight_g),)),
        weight_g=weight_g,
        volume_cm3=volume_cm3,
        product=product,
    )
    return Request(BASIS, wish, NOW.date())


@settings(max_examples=100)
@given(
    st.integers(1, 300_000),
    st.integers(1, 2_000_000),
    st.sampled_from(["general", "express"]),
    st.booleans(),
)
def test_lines_add_up_to_what_the_search_says(
    weight_g: int, volume_cm3: int, product: str, to_the_door: bool
) -> None:
    request = a_request(weight_g, volume_cm3, product, to_the_door=to_the_door)

    for option in find_options(request):
        cost = cost_of_option(request, option)
        assert cost.total_minor == option.cost_minor
        assert (cost.last_mile is not None) == to_the_door
        assert sum(len(c.charge.surcharges) for c in cost.carriages) > 0


def test_a_quoted_itinerary_is_the_options() -> None:
    request = a_request(200_000, 10_000, "general", to_the_door=True)
    (option,) = find_options(request)

    quoted = itinerary_of(option)

    assert [leg.flight_id for leg in quoted.legs] == ["flt_2", "flt_3"]
    assert quoted.accepted_until == hours(8.5)
    assert quoted.delivered_at == hours(31 + 48)
    assert quoted.emissions.wtw_g == option.emissions.wtw_g > 0
    cost = cost_of_option(request, option)
    assert [(c.key.origin, c.key.destination) for c in cost.carriages] == [
        ("EHU", "LGG"),
        ("LGG", "FRA"),
    ]
