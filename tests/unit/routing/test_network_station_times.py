"""The most specific row counts: by station, carrier, product, vehicle, handling code, in order."""

from typing import Final

import pytest

from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.network.records import StationTime
from services.routing.domain.network.station_times import StationTimes, steps_without_default

REFERENCE: Final = read_network(DATA)
VEHICLES: Final = {vehicle.vehicle: vehicle for vehicle in REFERENCE.vehicles}


def a_time(key: str, minutes: int) -> StationTime:
    station, carrier, product, vehicle, code = key.split()
    return StationTime(
        step="acceptance",
        station=station,
        carrier=carrier,
        product=product,
        vehicle=vehicle,
        handling_code=code,
        minutes=minutes,
        source="test",
        as_of=None,
        basis="synthetic",
        note="",
    )


def minutes(*times: StationTime, codes: tuple[str, ...] = ("CAO",)) -> int:
    return StationTimes(times).minutes(
        "acceptance",
        station="EHU",
        carrier="E0",
        product="express",
        vehicle=VEHICLES["B77F"],
        codes=codes,
    )


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("EHU * * * *", "* E0 express B77F CAO"),
        ("* E0 * * *", "* * express B77F CAO"),
        ("* * express * *", "* * * B77F CAO"),
        ("* * * B77F *", "* * * freighter CAO"),
        ("* * * freighter *", "* * * * CAO"),
        ("* * * * CAO", "* * * * *"),
        ("EHU E0 * * *", "EHU * express B77F CAO"),
    ],
)
def test_the_more_specific_row_counts_wherever_it_stands(more: str, less: str) -> None:
    specific, general = a_time(more, 10), a_time(less, 99)

    assert minutes(specific, general) == minutes(general, specific) == 10


@pytest.mark.parametrize(
    "other", ["LGG * * * *", "* EH * * *", "* * general * *", "* * * truck *", "* * * * PER"]
)
def test_rows_about_something_else_do_not_count(other: str) -> None:
    assert minutes(a_time("* * * * *", 240), a_time(other, 10)) == 240


def test_of_equally_specific_rows_the_longest_counts() -> None:
    times = a_time("EHU * * * CAO", 180), a_time("EHU * * * PER", 120)

    assert minutes(*times, codes=("PER", "CAO")) == 180


def test_without_any_row_there_is_no_time() -> None:
    with pytest.raises(KeyError, match="acceptance at EHU"):
        minutes(a_time("LGG * * * *", 10))


def test_steps_without_a_default_are_named() -> None:
    assert steps_without_default([a_time("* * * * *", 240)]) == ["availability"]
    assert steps_without_default(REFERENCE.station_times) == []


def test_manifests_of_the_park_close_ninety_minutes_before_departure() -> None:
    times = StationTimes(REFERENCE.station_times)

    def at_home(*codes: str) -> int:
        return times.minutes(
            "acceptance",
            station="EHU",
            carrier="EH",
            product="general",
            vehicle=VEHICLES["B744F"],
            codes=codes,
        )

    assert at_home() == 90
    assert at_home("RBI") == 180
