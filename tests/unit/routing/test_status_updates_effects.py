"""What a report means: for its flight, against an oracle, and for each shipment on it."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.flights.flight import FlightStatus
from services.routing.domain.shipments.shipment import ShipmentStatus
from services.routing.domain.status_updates.effects import (
    FLIGHT_FACTS,
    Boarding,
    Consigned,
    Effect,
    Landing,
    Traveller,
    board,
    concerned,
    deliver,
    deliverable,
    effects_so_far,
    land,
    moved_by,
    reported,
)
from services.routing.domain.status_updates.plausible import check_time
from shared.kernel.errors import Invalid
from tests.support.routing import a_flight, a_traveller, hours

IN_ORDER = [Effect.BOARD, Effect.LAND, Effect.DELIVER]
STATUSES = [
    FlightStatus.CLOSED,
    FlightStatus.DEPARTED,
    FlightStatus.ARRIVED,
    FlightStatus.ARRIVED,
]
REPORTS = st.lists(st.tuples(st.sampled_from(FLIGHT_FACTS), st.integers(0, 9)), max_size=8)


def how_far(codes: set[str]) -> int:
    """The rule: a fact takes effect once it and all before it are reported."""
    return next((n for n, code in enumerate(FLIGHT_FACTS) if code not in codes), 3)


@given(reports=REPORTS)
def test_facts_take_effect_once_and_in_order_whatever_order_they_are_reported_in(
    reports: list[tuple[str, int]],
) -> None:
    """Among what is plausible. Of each fact the last report counts, unless a fact before it has
    turned out to be later: then it was wrong.
    """
    flight = a_flight(status=FlightStatus.CLOSED, departs_at=hours(0), arrives_at=hours(3))
    known: dict[str, datetime] = {}
    taken: list[Effect] = []
    departures = 0
    for code, hour in reports:
        try:
            check_time(code, flight, at=hours(hour))
        except Invalid:
            continue
        known[code] = hours(hour)
        later = FLIGHT_FACTS[FLIGHT_FACTS.index(code) + 1 :]
        known = {c: at for c, at in known.items() if c not in later or at >= hours(hour)}

        report = reported(flight, code, at=hours(hour))

        flight = report.flight
        taken += report.effects
        far = how_far(set(known))
        assert taken == IN_ORDER[:far]
        assert tuple(taken) == effects_so_far(flight)
        assert flight.status is STATUSES[far]
        departures += (
            report.replaces is not None and code == "DEP"
        ) or Effect.BOARD in report.effects
        assert flight.version == departures, "only a departure is an event of the flight"
    facts = (flight.departed_at, flight.arrived_at, flight.delivered_at)
    assert facts == tuple(known.get(code) for code in FLIGHT_FACTS)


@given(reports=REPORTS, again=st.sampled_from(FLIGHT_FACTS))
def test_a_repeated_report_changes_nothing(reports: list[tuple[str, int]], again: str) -> None:
    flight = a_flight(status=FlightStatus.CLOSED)
    for code, at in [*reports, (again, 9)]:
        flight = reported(flight, code, at=hours(at)).flight

    report = reported(flight, again, at=hours(9))

    assert (report.flight, report.effects, report.replaces) == (flight, (), None)


def test_the_real_arrival_replaces_a_wrong_one_before_and_after_it_took_effect() -> None:
    flight = a_flight(status=FlightStatus.CLOSED, departs_at=hours(0), arrives_at=hours(11))
    too_early = reported(flight, "ARR", at=hours(-5)).flight

    departed = reported(too_early, "DEP", at=hours(0))
    assert (departed.flight.arrived_at, departed.effects) == (None, (Effect.BOARD,))

    landed = reported(departed.flight, "ARR", at=hours(10))
    assert (landed.effects, landed.replaces) == ((Effect.LAND,), None)
    corrected = reported(landed.flight, "ARR", at=hours(11))
    assert corrected.flight.arrived_at == hours(11)
    assert (corrected.effects, corrected.replaces) == ((), hours(10))


FIRST = a_flight(status=FlightStatus.DEPARTED, departed_at=hours(2))
ONWARD = replace(FIRST, origin="LGG", destination="LHR", cut_off_at=None)
WAITING_TO_GO_ON = a_traveller(
    status=ShipmentStatus.DEPARTED, location="LGG", leg_no=1, next_leg_no=1, came_at=hours(1)
)


def test_only_what_is_on_the_manifest_leaves_the_park() -> None:
    listed = a_traveller()
    booked, cancelled = (
        a_traveller(status=status) for status in (ShipmentStatus.BOOKED, ShipmentStatus.CANCELLED)
    )

    boarding = board(FIRST, [booked, listed, cancelled])

    assert boarding == Boarding(first=(listed.id,), onward=(), missed=())


@pytest.mark.parametrize(
    ("came_h", "boards"),
    [(1, True), (2, True), (2.1, False), (None, False)],
    ids=["before", "the same minute", "after", "not reported"],
)
def test_further_on_flies_what_had_landed_before_the_flight_left(
    came_h: float | None, *, boards: bool
) -> None:
    came_at = None if came_h is None else hours(came_h)
    traveller = replace(WAITING_TO_GO_ON, came_at=came_at)

    boarding = board(ONWARD, [traveller])

    assert boarding.onward == ((traveller.id,) if boards else ())
    assert boarding.missed == (() if boards else (traveller.id,))


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(WAITING_TO_GO_ON, location="AMS"),
        replace(WAITING_TO_GO_ON, location=None, next_leg_no=0),
        replace(WAITING_TO_GO_ON, next_leg_no=2),
        replace(WAITING_TO_GO_ON, status=ShipmentStatus.DELIVERED),
    ],
    ids=["at another airport", "still on the flight before", "further on", "delivered"],
)
def test_who_is_not_waiting_for_the_flight_neither_boards_nor_misses_it(
    elsewhere: Traveller,
) -> None:
    assert board(ONWARD, [elsewhere]) == Boarding((), (), ())


ABOARD = a_traveller(status=ShipmentStatus.DEPARTED, location=None)


def test_the_last_airport_is_the_one_without_a_flight_after_it() -> None:
    ends, goes_on = replace(ABOARD, id="shp_1"), replace(ABOARD, id="shp_2", onward_flight_id="f2")
    lost_its_way = replace(ABOARD, id="shp_3", seeks_flight=True)

    landing = land([ends, goes_on, lost_its_way])

    assert landing == Landing(at_last=("shp_1",), between=("shp_2", "shp_3"), left_already=())


def test_flights_that_left_before_their_goods_were_known_to_have_landed_are_named_once() -> None:
    waiting = [
        replace(ABOARD, id=f"shp_{n}", onward_flight_id=flight, onward_departed_at=hours(3))
        for n, flight in enumerate(["f2", "f1", "f2"])
    ]

    assert land(waiting).left_already == ("f1", "f2")


@pytest.mark.parametrize(
    "other",
    [
        a_traveller(),
        replace(ABOARD, next_leg_no=1),
        replace(ABOARD, location="LGG"),
        replace(ABOARD, status=ShipmentStatus.DELIVERED),
    ],
    ids=["left behind", "on the next flight", "landed already", "delivered already"],
)
def test_who_is_not_aboard_does_not_land(other: Traveller) -> None:
    assert land([other]) == Landing((), (), ())


def test_delivered_with_a_flight_is_who_came_to_the_last_airport_with_it() -> None:
    came = a_traveller(status=ShipmentStatus.ARRIVED, location="LGG", next_leg_no=1)
    came_later = replace(came, id="later", next_leg_no=2)
    waits = replace(came, id="waits", status=ShipmentStatus.DEPARTED)
    done = replace(came, id="done", status=ShipmentStatus.DELIVERED)

    assert deliver([came, came_later, waits, done]) == (came.id,)


@pytest.mark.parametrize("status", list(ShipmentStatus))
def test_other_statuses_are_about_what_is_on_the_manifest_or_has_flown(
    status: ShipmentStatus,
) -> None:
    is_concerned = status in (
        ShipmentStatus.MANIFESTED,
        ShipmentStatus.DEPARTED,
        ShipmentStatus.ARRIVED,
        ShipmentStatus.DELIVERED,
    )
    here, not_yet = a_traveller(status=status), a_traveller(status=status, leg_no=1)

    assert concerned([here, not_yet]) == ((here.id,) if is_concerned else ())


@pytest.mark.parametrize("status", list(ShipmentStatus))
def test_a_house_waybill_delivers_what_is_on_its_way_and_a_master_only_what_arrived(
    status: ShipmentStatus,
) -> None:
    shipment = Consigned("shp_1", status)
    by_house = status in (ShipmentStatus.DEPARTED, ShipmentStatus.ARRIVED)

    assert bool(deliverable([shipment], by_house=True)) == by_house
    assert bool(deliverable([shipment], by_house=False)) == (status is ShipmentStatus.ARRIVED)


def test_a_fact_has_moved_those_that_flew_and_a_departure_also_those_aboard() -> None:
    flown = a_traveller(status=ShipmentStatus.ARRIVED, location="LGG", next_leg_no=1)
    aboard = a_traveller(status=ShipmentStatus.DEPARTED, location=None)
    missed = replace(WAITING_TO_GO_ON, location="LGG")

    assert moved_by("ARR", [flown, aboard, missed]) == (flown.id,)
    assert moved_by("DEP", [flown, aboard, missed]) == (flown.id, aboard.id)
