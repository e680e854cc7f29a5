"""The search against an oracle: every possible itinerary of a small timetable, enumerated."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.flights.timetable import (
    HandlingTimes,
    Itinerary,
    OpenFlight,
    Search,
    Timetable,
)
from services.routing.domain.network.records import MODES, Mode

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
AIRPORTS = ("EHU", "LGG", "FRA", "LHR")
STEPS = [f"{a}_{b}" for a in MODES for b in MODES]
DEFAULTS = {("*", step): 120 for step in STEPS}


def a_flight(
    number: int,
    origin: str,
    destination: str,
    departs_min: int,
    duration_min: int = 60,
    *,
    mode: Mode = "air",
    capacity_g: int = 1_000,
    capacity_cm3: int = 6_000,
) -> OpenFlight:
    departs_at = START + timedelta(minutes=departs_min)
    return OpenFlight(
        id=f"flt_{number:032x}",
        number=f"EH{number}",
        mode=mode,
        origin=origin,
        destination=destination,
        departs_at=departs_at,
        arrives_at=departs_at + timedelta(minutes=duration_min),
        cut_off_at=None,
        capacity_g=capacity_g,
        capacity_cm3=capacity_cm3,
    )


def a_search(
    *destinations: str, weight_g: int = 100, volume_cm3: int = 100, road_min: int = 0
) -> Search:
    """`road_min`: so much later than by air may goods leave by road."""
    ready_at: dict[Mode, datetime] = {"air": START, "road": START + timedelta(minutes=road_min)}
    return Search("EHU", ready_at, destinations, weight_g, volume_cm3)


def a_small_world(seed: int) -> tuple[list[OpenFlight], HandlingTimes]:
    """Few airports and coarse times, so that flights meet; connection times that differ a lot.

    Drawn by a generator, not by hypothesis: its preference for small values makes flights alike.
    """
    chance = Random(seed)
    minutes = [0, 30, 120, 300]
    handling = {("*", step): chance.choice(minutes) for step in STEPS}
    for _ in range(chance.randint(0, 4)):
        handling[chance.choice(AIRPORTS), chance.choice(STEPS)] = chance.choice(minutes)
    flights = []
    for number in range(chance.randint(8, 16)):
        # Mostly out of the origin and through the first gateway: there ways can differ.
        origin = chance.choice(("EHU", "EHU", "LGG", "LGG", "FRA", "LHR"))
        destination = chance.choice([a for a in (*AIRPORTS, "LGG") if a != origin])
        flights.append(
            a_flight(
                number,
                origin,
                destination,
                chance.randint(-1, 20) * 30,
                chance.randint(1, 8) * 25,
                mode=chance.choice(MODES),
                capacity_g=chance.choice([50, 100, 5_000, 5_000]),
                capacity_cm3=chance.choice([50, 100, 5_000, 5_000]),
            )
        )
    return flights, HandlingTimes(handling)


def has_room(flight: OpenFlight, search: Search) -> bool:
    return flight.capacity_g >= search.weight_g and flight.capacity_cm3 >= search.volume_cm3


def every_itinerary(
    flights: list[OpenFlight], handling: HandlingTimes, search: Search
) -> Iterator[tuple[OpenFlight, ...]]:
    """All chains of flights from the origin that can be flown, by definition and nothing else."""

    def follow(chain: tuple[OpenFlight, ...]) -> Iterator[tuple[OpenFlight, ...]]:
        if chain:
            yield chain
        for flight in flights:
            if flight in chain or not has_room(flight, search):
                continue
            if not chain:
                is_ready = flight.departs_at >= search.ready_at[flight.mode]
                fits = flight.origin == search.origin and is_ready
            else:
                last = chain[-1]
                wait = handling.connection(last.destination, last.mode, flight.mode)
                fits = flight.origin == last.destination and (
                    flight.departs_at >= last.arrives_at + timedelta(minutes=wait)
                )
            if fits:
                yield from follow((*chain, flight))

    return follow(())


def is_flyable(itinerary: Itinerary, handling: HandlingTimes, search: Search) -> bool:
    legs = itinerary.legs
    return (
        legs[0].origin == search.origin
        and legs[0].departs_at >= search.ready_at[legs[0].mode]
        and legs[-1].destination in search.destinations
        and all(has_room(leg, search) for leg in legs)
        and all(
            a.destination == b.origin
            and b.departs_at
            >= a.arrives_at + timedelta(minutes=handling.connection(a.destination, a.mode, b.mode))
            for a, b in pairwise(legs)
        )
    )


@settings(max_examples=400, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    destinations=st.sets(st.sampled_from(AIRPORTS[1:]), min_size=1, max_size=2),
)
def test_search_arrives_as_early_as_the_best_of_all_itineraries(
    seed: int, destinations: set[str]
) -> None:
    flights, handling = a_small_world(seed)
    search = a_search(*destinations, road_min=60 * (seed % 2))
    arrivals = [
        chain[-1].arrives_at
        for chain in every_itinerary(flights, handling, search)
        if chain[-1].destination in destinations
    ]

    found = Timetable(("v", 1), flights, handling).find(search)

    assert (found and found.arrives_at) == min(arrivals, default=None)
    assert found is None or is_flyable(found, handling, search)


@pytest.mark.parametrize("mode", MODES)
def test_goods_come_by_the_mode_that_connects_in_time(mode: Mode) -> None:
    """Why labels are kept per outgoing mode: who is ready for a flight is not for a truck."""
    same, other = (
        {("LGG", f"{m}_{m}"): 30 for m in MODES},
        {("LGG", "air_road"): 300, ("LGG", "road_air"): 300},
    )
    handling = HandlingTimes(DEFAULTS | same | other)
    inbound = {m: a_flight(n, "EHU", "LGG", 0, mode=m) for n, m in enumerate(MODES)}
    onward = a_flight(3, "LGG", "LHR", 100, mode=mode)

    found = Timetable(("v", 1), [*inbound.values(), onward], handling).find(a_search("LHR"))

    assert found is not None
    assert found.flight_ids == [inbound[mode].id, onward.id]


def test_a_full_flight_is_skipped_in_either_measure() -> None:
    handling = HandlingTimes(DEFAULTS)
    heavy = a_flight(1, "EHU", "LGG", 0, capacity_g=99)
    bulky = a_flight(2, "EHU", "LGG", 10, capacity_cm3=99)
    free = a_flight(3, "EHU", "LGG", 20)
    timetable = Timetable(("v", 1), [heavy, bulky, free], handling)

    found = timetable.find(a_search("LGG"))

    assert found is not None
    assert found.flight_ids == [free.id]
    assert timetable.find(a_search("LGG", weight_g=1_001)) is None


def test_room_is_renewed_without_touching_the_older_copy() -> None:
    flight, following = a_flight(1, "EHU", "LGG", 0), a_flight(2, "EHU", "LGG", 60)
    before = Timetable(
        ("v", 1), [flight, following], HandlingTimes(DEFAULTS), {flight.id: (99, 99)}
    )

    after = before.with_room({following.id: (0, 0)})

    first, second = before.find(a_search("LGG")), after.find(a_search("LGG"))
    assert first is not None
    assert second is not None
    assert (first.flight_ids, second.flight_ids) == ([following.id], [flight.id])


def test_goods_for_the_country_they_are_in_still_fly() -> None:
    handling = HandlingTimes(DEFAULTS)
    flight = a_flight(1, "EHU", "FRA", 0)
    timetable = Timetable(("v", 1), [flight], handling)

    assert timetable.find(a_search("EHU")) is None
    found = timetable.find(a_search("EHU", "FRA"))
    assert found is not None
    assert found.flight_ids == [flight.id]


def test_an_empty_timetable_finds_nothing() -> None:
    timetable = Timetable(("v", 1), [], HandlingTimes(DEFAULTS))

    assert timetable.find(a_search("LGG")) is None
    assert timetable.horizon_at is None
