"""The reference files as they are: complete, consistent, and honest about what is made up."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.network.files import FILES, NetworkFileWrong

REFERENCE = read_network(DATA)


def test_there_are_106_routes_from_the_park_and_45_of_them_are_international() -> None:
    own = [r for r in REFERENCE.routes if r.scope != "onward"]

    assert len(own) == 106
    assert {r.origin for r in own} == {"EHU"}
    assert sum(r.scope == "international" for r in own) == 45
    assert len(REFERENCE.routes) - len(own) == 52


def test_every_route_connects_known_airports_and_says_its_basis() -> None:
    known = {a.iata for a in REFERENCE.airports}

    for route in REFERENCE.routes:
        assert {route.origin, route.destination} <= known
        assert route.basis in ("reported", "synthetic")
        assert route.basis != "reported" or route.note, "reported by whom, when?"
    assert sum(route.basis == "reported" for route in REFERENCE.routes) == 23


def test_flight_numbers_leave_room_for_several_departures_a_day() -> None:
    numbers = sorted(r.number for r in REFERENCE.routes)
    most_a_day = max(-(-r.weekly_frequency // 7) for r in REFERENCE.routes)

    assert all(b - a >= most_a_day for a, b in pairwise(numbers))


def test_only_the_made_up_carrier_has_waybills_to_issue() -> None:
    synthetic = {c.awb_prefix for c in REFERENCE.carriers if c.basis == "synthetic"}

    assert {s.awb_prefix for s in REFERENCE.waybill_stock} == synthetic == {"000"}


def test_appended_rows_do_not_renumber_others(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    with (folder / "routes.csv").open("a", encoding="utf-8") as file:
        file.write("EHU,VIE,international,B763F,1,52.0,7700,synthetic,\n")

    numbers = {r.id: r.number for r in read_network(folder).routes}

    assert numbers.pop("EHU-VIE-air") not in numbers.values()
    assert numbers == {r.id: r.number for r in REFERENCE.routes}


def test_a_changed_file_changes_the_digest_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    assert read_network(folder).digest == REFERENCE.digest

    with (folder / "handling-times.csv").open("a", encoding="utf-8") as file:
        file.write("LGG,air_air,240,synthetic,\n")
    assert read_network(folder).digest != REFERENCE.digest

    with (folder / "handling-times.csv").open("a", encoding="utf-8") as file:
        file.write("LGG,air_road,soon,synthetic,\n")
    with pytest.raises(NetworkFileWrong, match=r"handling-times\.csv, line 11: .*soon"):
        read_network(folder)


def _copy(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path
