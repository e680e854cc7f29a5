"""Planning a booking: when goods can leave, and what is made of what the search found."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.flights.timetable import (
    HandlingTimes,
    Itinerary,
    OpenFlight,
    Search,
    Timetable,
)
from services.routing.domain.network.refusal import Refusal
from services.routing.domain.shipments.planning import (
    Plan,
    SearchBasis,
    Unplaced,
    becomes_unroutable,
    decide,
    ready_at,
    search_for,
)
from services.routing.domain.shipments.reachability import Network
from services.routing.domain.shipments.shipment import ShipmentStatus
from tests.support.routing import NOW, an_unplaced, hours

HANDLING = HandlingTimes(
    {
        ("EHU", "cut_off"): 90,
        ("*", "air_air"): 120,
        ("*", "air_road"): 180,
        ("*", "road_air"): 60,
        ("*", "road_road"): 30,
    }
)
REFERENCE = read_network(DATA)
NETWORK = Network.of(
    hub="EHU",
    routes=REFERENCE.routes,
    airports=REFERENCE.airports,
    places=REFERENCE.country_places,
)
NEXT_CUT_OFF = NOW + timedelta(minutes=91)


def to_heathrow(**changes: Any) -> OpenFlight:
    facts: dict[str, Any] = {
        "id": "flt_1",
        "number": "EH1",
        "mode": "air",
        "origin": "EHU",
        "destination": "LHR",
        "departs_at": hours(10),
        "arrives_at": hours(22),
        "cut_off_at": hours(8.5),
        "capacity_g": 100_000,
        "capacity_cm3": 600_000,
    }
    return OpenFlight(**(facts | changes))


def basis(*flights: OpenFlight, room: dict[str, tuple[int, int]] | None = None) -> SearchBasis:
    return SearchBasis(Timetable(("v", 1), flights, HANDLING, room), NETWORK, HANDLING, {"*": 48})


def decided(
    plan: SearchBasis, unplaced: Unplaced, *, is_exact: bool = True
) -> Plan | Refusal | None:
    search = search_for(plan, unplaced, now=NOW)
    return decide(plan, unplaced, search, plan.timetable.find, is_exact=is_exact)


def test_goods_at_the_park_are_handled_first_unless_customs_has_cleared_them() -> None:
    def ready(**facts: Any) -> set[datetime]:
        return set(ready_at(HANDLING, an_unplaced(**facts), now=NOW).values())

    assert ready() == {hours(4)}
    assert ready(is_cleared=True) == ready(handled_at=hours(-9)) == {NEXT_CUT_OFF}


@pytest.mark.parametrize(
    ("came_by", "came_h", "air_h", "road_h"),
    [("air", 5, 7, 8), ("road", 5, 6, 5.5), ("air", -9, 0, 0)],
    ids=["from a flight", "from a truck", "not before now"],
)
def test_goods_on_the_way_need_the_connection_from_the_mode_they_came_by_to_the_next(
    came_by: Any, came_h: float, air_h: float, road_h: float
) -> None:
    unplaced = an_unplaced(origin="LGG", first_leg_no=1, came_at=hours(came_h), came_by=came_by)

    assert ready_at(HANDLING, unplaced, now=NOW) == {"air": hours(air_h), "road": hours(road_h)}


def test_what_is_found_becomes_a_plan_with_its_promise() -> None:
    plan = decided(basis(to_heathrow()), an_unplaced())

    assert isinstance(plan, Plan)
    assert plan.flight_ids == ["flt_1"]
    assert plan.cut_off_at == hours(8.5)
    assert plan.promised_at == hours(22 + 48)
    assert plan.legs[0].synthetic


def test_without_exact_numbers_a_lack_of_room_is_not_a_refusal() -> None:
    full = basis(to_heathrow(), room={"flt_1": (0, 0)})

    assert decided(full, an_unplaced(), is_exact=False) is None
    refusal = decided(full, an_unplaced())
    assert isinstance(refusal, Refusal)
    assert refusal.code == "no_capacity"


def test_exact_numbers_without_a_connection_say_so() -> None:
    too_early = basis(to_heathrow(departs_at=hours(3.9)))

    refusal = decided(too_early, an_unplaced())

    assert isinstance(refusal, Refusal)
    assert refusal.code == "no_departure"


@pytest.mark.parametrize("is_exact", [False, True])
def test_what_no_timetable_could_carry_is_refused_at_once(*, is_exact: bool) -> None:
    nowhere = decided(basis(), an_unplaced(country="TK"), is_exact=is_exact)
    heavy = decided(basis(), an_unplaced(weight_g=10**12), is_exact=is_exact)

    assert isinstance(nowhere, Refusal)
    assert isinstance(heavy, Refusal)
    assert (nowhere.code, heavy.code) == ("no_service", "too_heavy")


@pytest.mark.parametrize(
    ("status", "expected"),
    [("waiting", True), ("manifested", False), ("departed", False)],
)
def test_only_a_shipment_that_waits_at_the_park_becomes_unroutable(
    status: str, *, expected: bool
) -> None:
    unplaced = an_unplaced(status=ShipmentStatus(status))

    assert becomes_unroutable(unplaced) is expected


def test_search_for_something_that_needs_no_room_tells_a_full_timetable_from_an_empty_one() -> None:
    full = basis(to_heathrow(), room={"flt_1": (0, 0)})
    unplaced = an_unplaced()
    search = search_for(full, unplaced, now=NOW)
    searched: list[int] = []

    def find(one: Search) -> Itinerary | None:
        searched.append(one.weight_g)
        return full.timetable.find(one)

    decide(full, unplaced, search, find, is_exact=True)

    assert searched == [500, 0]
