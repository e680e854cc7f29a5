"""Planning a booking: when goods can leave, and what is made of what the search found."""

from datetime import timedelta
from typing import Any

import pytest

from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.options import find_options
from services.routing.domain.network.refusal import Refusal
from services.routing.domain.shipments.planning import (
    Plan,
    Unplaced,
    becomes_unroutable,
    decide,
    ready_by_mode,
    request_for,
)
from services.routing.domain.shipments.shipment import ShipmentStatus
from tests.support.routing import NOW, an_unplaced, hours
from tests.support.search_basis import HANDLING, a_basis, a_flight_row

SOON = NOW + timedelta(minutes=1)


def decided(
    basis: SearchBasis, unplaced: Unplaced, *, is_exact: bool = True
) -> Plan | Refusal | None:
    return decide(request_for(basis, unplaced, now=NOW), is_exact=is_exact)


def code_of(decision: Plan | Refusal | None) -> str:
    assert isinstance(decision, Refusal)
    return decision.code


def test_goods_at_the_park_are_handled_first_unless_customs_has_cleared_them() -> None:
    """The cut-off of 90 minutes is part of handling: the search adds it again."""
    handled = ready_by_mode(HANDLING, an_unplaced(), now=NOW)
    cleared = ready_by_mode(HANDLING, an_unplaced(is_cleared=True), now=NOW)
    late = ready_by_mode(HANDLING, an_unplaced(handled_at=hours(-9)), now=NOW)

    assert handled == {"air": hours(2.5), "road": hours(2.5)}
    assert cleared == late == {"air": SOON, "road": SOON}


@pytest.mark.parametrize(
    ("came_by", "came_h", "by_air_h", "by_road_h"),
    [("air", 5, 7, 8), ("road", 5, 6, 5.5), ("air", -9, 0, 0)],
    ids=["from a flight", "from a truck", "not before now"],
)
def test_goods_on_the_way_need_the_connection_of_their_two_modes(
    came_by: Any, came_h: float, by_air_h: float, by_road_h: float
) -> None:
    unplaced = an_unplaced(origin="LGG", first_leg_no=1, came_at=hours(came_h), came_by=came_by)

    ready_by = ready_by_mode(HANDLING, unplaced, now=NOW)

    assert ready_by == {"air": hours(by_air_h), "road": hours(by_road_h)}


def test_a_truck_is_taken_that_only_the_connection_to_a_flight_would_miss() -> None:
    came = an_unplaced(origin="LGG", first_leg_no=1, came_at=hours(0), came_by="road")
    truck = a_flight_row(
        id="flt_truck",
        mode="road",
        vehicle="truck",
        origin="LGG",
        departs_at=hours(0.6),
        arrives_at=hours(9),
        cut_off_at=None,
    )
    flight = a_flight_row(
        id="flt_air",
        origin="LGG",
        departs_at=hours(0.8),
        arrives_at=hours(2),
        cut_off_at=None,
    )

    plan = decided(a_basis(truck, flight), came)

    assert isinstance(plan, Plan)
    assert plan.flight_ids == ["flt_truck"]


def test_what_is_found_becomes_a_plan_with_its_promise() -> None:
    basis = a_basis(a_flight_row())
    london = basis.regions.region_of("GB")
    assert london is not None
    last_mile_h = next(one.last_mile_h for one in london.gateways if one.airport == "LHR")

    plan = decided(basis, an_unplaced())

    assert isinstance(plan, Plan)
    assert plan.flight_ids == ["flt_1"]
    assert plan.cut_off_at == hours(8.5)
    assert plan.promised_at == hours(22 + last_mile_h)
    assert plan.legs[0].synthetic


def test_without_exact_numbers_a_lack_of_room_is_not_a_refusal() -> None:
    full = a_basis(a_flight_row(), room={"flt_1": (0, 0)})

    assert decided(full, an_unplaced(), is_exact=False) is None
    assert code_of(decided(full, an_unplaced())) == "no_capacity"


def test_exact_numbers_without_a_connection_say_so() -> None:
    too_early = a_basis(a_flight_row(departs_at=hours(3.9), cut_off_at=hours(2.4)))

    assert code_of(decided(too_early, an_unplaced())) == "no_departure"


@pytest.mark.parametrize("is_exact", [False, True])
def test_what_no_timetable_could_carry_is_refused_at_once(*, is_exact: bool) -> None:
    nowhere = decided(a_basis(), an_unplaced(country="AQ"), is_exact=is_exact)
    heavy = decided(a_basis(), an_unplaced(weight_g=10**12), is_exact=is_exact)

    assert (code_of(nowhere), code_of(heavy)) == ("no_service", "too_heavy")


def test_a_country_under_embargo_is_refused_by_the_law() -> None:
    refused = decided(a_basis(a_flight_row()), an_unplaced(country="KP"))

    assert code_of(refused).startswith("routing.acceptance.")


@pytest.mark.parametrize("direct_h", [17, 20, 31, 40])
def test_the_cheapest_way_is_booked_of_those_that_deliver_on_the_first_day(direct_h: int) -> None:
    """A direct flight, and a truck behind a shorter one. London is at UTC in November."""
    basis = a_basis(
        a_flight_row(id="flt_direct", arrives_at=hours(direct_h)),
        a_flight_row(id="flt_first", destination="LGG", arrives_at=hours(16)),
        a_flight_row(
            id="flt_truck",
            mode="road",
            vehicle="truck",
            origin="LGG",
            departs_at=hours(19),
            arrives_at=hours(28),
            cut_off_at=None,
        ),
    )
    unplaced = an_unplaced(weight_g=50_000)
    request = request_for(basis, unplaced, now=NOW)
    cost_of = {
        tuple(option.flight_ids): (option.delivered_at, option.cost_minor)
        for option in find_options(request, slack_cap_min=0)
    }

    plan = decided(basis, unplaced)

    assert isinstance(plan, Plan)
    first_day = min(at.date() for at, _ in cost_of.values())
    least = min(cost for at, cost in cost_of.values() if at.date() == first_day)
    assert cost_of[tuple(plan.flight_ids)] == (plan.promised_at, least)
    assert plan.promised_at.date() == first_day


@pytest.mark.parametrize(
    ("status", "expected"),
    [("waiting", True), ("manifested", False), ("departed", False)],
)
def test_only_a_shipment_that_waits_at_the_park_becomes_unroutable(
    status: str, *, expected: bool
) -> None:
    unplaced = an_unplaced(status=ShipmentStatus(status))

    assert becomes_unroutable(unplaced) is expected
