"""The search against an oracle: every possible itinerary of a small timetable, enumerated."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.timetable import (
    MODES,
    Flight,
    HandlingTimes,
    Itinerary,
    Mode,
    Search,
    Timetable,
)

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
AIRPORTS = ("EHU", "LGG", "FRA", "AMS", "LHR")
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
) -> Flight:
    departs_at = START + timedelta(minutes=departs_min)
    return Flight(
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


def a_search(*destinations: str, weight_g: int = 100, volume_cm3: int = 100) -> Search:
    return Search("EHU", START, destinations, weight_g, volume_cm3)


@st.composite
def timetables(draw: st.DrawFn) -> list[Flight]:
    flights = []
    for number in range(draw(st.integers(0, 11))):
        origin = draw(st.sampled_from(AIRPORTS))
        flights.append(
            a_flight(
                number,
                origin,
                draw(st.sampled_from([a for a in AIRPORTS if a != origin])),
                draw(st.integers(-60, 900)),
                draw(st.integers(1, 300)),
                mode=draw(st.sampled_from(MODES)),
                capacity_g=draw(st.sampled_from([50, 100, 5_000])),
                capacity_cm3=draw(st.sampled_from([50, 100, 5_000])),
            )
        )
    return flights


handling_times = st.dictionaries(
    st.tuples(st.sampled_from(AIRPORTS), st.sampled_from(STEPS)), st.integers(0, 240), max_size=8
).map(lambda own: HandlingTimes(DEFAULTS | own))


def has_room(flight: Flight, search: Search) -> bool:
    return flight.capacity_g >= search.weight_g and flight.capacity_cm3 >= search.volume_cm3


def every_itinerary(
    flights: list[Flight], handling: HandlingTimes, search: Search
) -> Iterator[tuple[Flight, ...]]:
    """All chains of flights from the origin that can be flown, by definition and nothing else."""

    def follow(chain: tuple[Flight, ...]) -> Iterator[tuple[Flight, ...]]:
        if chain:
            yield chain
        for flight in flights:
            if flight in chain or not has_room(flight, search):
                continue
            if not chain:
                fits = flight.origin == search.origin and flight.departs_at >= search.ready_at
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
        and legs[0].departs_at >= search.ready_at
        and legs[-1].destination in search.destinations
        and all(has_room(leg, search) for leg in legs)
        and all(
            a.destination == b.origin
            and b.departs_at
            >= a.arrives_at + timedelta(minutes=handling.connection(a.destination, a.mode, b.mode))
            for a, b in pairwise(legs)
        )
    )


@settings(max_examples=200, deadline=None)
@given(
    flights=timetables(),
    handling=handling_times,
    destinations=st.sets(st.sampled_from(AIRPORTS[1:]), min_size=1, max_size=2),
)
def test_search_arrives_as_early_as_the_best_of_all_itineraries(
    flights: list[Flight], handling: HandlingTimes, destinations: set[str]
) -> None:
    search = a_search(*destinations)
    arrivals = [
        chain[-1].arrives_at
        for chain in every_itinerary(flights, handling, search)
        if chain[-1].destination in destinations
    ]

    found = Timetable("v", flights, handling).find(search)

    assert (found and found.arrives_at) == min(arrivals, default=None)
    assert found is None or is_flyable(found, handling, search)


def test_a_later_truck_beats_an_earlier_flight_when_its_connection_is_shorter() -> None:
    """Why labels are kept per outgoing mode: the first to arrive is not the first to go on."""
    handling = HandlingTimes(DEFAULTS | {("LGG", "air_air"): 300, ("LGG", "road_air"): 30})
    by_air = a_flight(1, "EHU", "LGG", 0)
    by_road = a_flight(2, "EHU", "LGG", 0, 90, mode="road")
    onward = a_flight(3, "LGG", "LHR", 150)

    found = Timetable("v", [by_air, by_road, onward], handling).find(a_search("LHR"))

    assert found is not None
    assert found.flight_ids == [by_road.id, onward.id]


def test_a_full_flight_is_skipped_in_either_measure() -> None:
    handling = HandlingTimes(DEFAULTS)
    heavy = a_flight(1, "EHU", "LGG", 0, capacity_g=99)
    bulky = a_flight(2, "EHU", "LGG", 10, capacity_cm3=99)
    free = a_flight(3, "EHU", "LGG", 20)
    timetable = Timetable("v", [heavy, bulky, free], handling)

    found = timetable.find(a_search("LGG"))

    assert found is not None
    assert found.flight_ids == [free.id]
    assert timetable.find(a_search("LGG", weight_g=1_001)) is None


def test_room_is_renewed_without_touching_the_older_copy() -> None:
    flight, following = a_flight(1, "EHU", "LGG", 0), a_flight(2, "EHU", "LGG", 60)
    before = Timetable("v", [flight, following], HandlingTimes(DEFAULTS), {flight.id: (99, 99)})

    after = before.with_room({following.id: (0, 0)})

    first, second = before.find(a_search("LGG")), after.find(a_search("LGG"))
    assert first is not None
    assert second is not None
    assert (first.flight_ids, second.flight_ids) == ([following.id], [flight.id])


def test_goods_for_the_country_they_are_in_still_fly() -> None:
    handling = HandlingTimes(DEFAULTS)
    flight = a_flight(1, "EHU", "FRA", 0)
    timetable = Timetable("v", [flight], handling)

    assert timetable.find(a_search("EHU")) is None
    found = timetable.find(a_search("EHU", "FRA"))
    assert found is not None
    assert found.flight_ids == [flight.id]


def test_an_empty_timetable_finds_nothing() -> None:
    timetable = Timetable("v", [], HandlingTimes(DEFAULTS))

    assert timetable.find(a_search("LGG")) is None
    assert timetable.horizon_at is None
