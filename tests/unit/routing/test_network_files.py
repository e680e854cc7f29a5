"""The reference files as they are: complete, consistent, and honest about what is made up."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.network.files import FILES, NetworkFileWrong

REFERENCE = read_network(DATA)


def test_there_are_106_routes_from_the_park_and_45_of_them_are_international() -> None:
    own = {(r.destination, r.scope) for r in REFERENCE.routes if r.origin == "EHU"}

    assert len(own) == 106
    assert sum(scope == "international" for _, scope in own) == 45


def test_every_route_connects_known_airports_and_says_its_basis() -> None:
    known = {a.iata for a in REFERENCE.airports}

    for route in REFERENCE.routes:
        assert {route.origin, *route.via, route.destination} <= known
        assert route.source
        assert route.as_of
        assert route.basis in ("reported", "synthetic")
        assert route.basis != "reported" or route.note, "reported by whom, when?"
    assert sum(route.basis == "reported" for route in REFERENCE.routes) == 23


def test_flight_numbers_leave_room_for_several_departures_a_day() -> None:
    numbers = sorted(r.number for r in REFERENCE.routes)
    most_a_day = max(-(-r.weekly_frequency // 7) for r in REFERENCE.routes)

    assert all(b - a >= most_a_day for a, b in pairwise(numbers))


def test_whoever_flies_has_waybills_to_issue_and_is_made_up() -> None:
    synthetic = {c.carrier for c in REFERENCE.carriers if c.basis == "synthetic"}
    stock = {s.carrier for s in REFERENCE.waybill_stock}

    assert {r.carrier for r in REFERENCE.routes} == stock == synthetic
    assert len(stock) > 1
    assert {s.awb_prefix for s in REFERENCE.waybill_stock} == {"000"}, "no airline's prefix"


def test_two_carriers_never_issue_the_same_waybill(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    _change(folder / "carriers.csv", "6000000,7999999", "5999999,7999999")

    with pytest.raises(NetworkFileWrong, match="EH and E0 have numbers of 000 in common"):
        read_network(folder)


def test_several_carriers_serve_a_lane() -> None:
    carriers = {r.carrier for r in REFERENCE.routes if (r.origin, r.destination) == ("EHU", "LGG")}

    assert carriers == {"EH", "E0"}


def test_north_america_is_reached_by_through_flights() -> None:
    stops = {
        r.destination: list(r.via)
        for r in REFERENCE.routes
        if r.carrier == "EH" and r.origin == "EHU" and r.via
    }

    assert stops == {"LAX": ["ANC"], "JFK": ["ANC"], "ORD": ["ANC"]}


def test_appended_rows_do_not_renumber_others(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    with (folder / "routes.csv").open("a", encoding="utf-8") as file:
        file.write("EHU,VIE,,international,EH,B77F,1,52.0,8211,made up,2026-11-28,synthetic,\n")

    numbers = {r.id: r.number for r in read_network(folder).routes}

    assert numbers.pop("EHU-VIE-air") not in numbers.values()
    assert numbers == {r.id: r.number for r in REFERENCE.routes}


def test_a_changed_file_changes_the_digest_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    assert read_network(folder).digest == REFERENCE.digest

    with (folder / "handling-times.csv").open("a", encoding="utf-8") as file:
        file.write("LGG,air_air,240,made up,2026-11-28,synthetic,\n")
    assert read_network(folder).digest != REFERENCE.digest

    with (folder / "handling-times.csv").open("a", encoding="utf-8") as file:
        file.write("LGG,air_road,soon,made up,2026-11-28,synthetic,\n")
    with pytest.raises(NetworkFileWrong, match=r"handling-times\.csv, line 11: .*soon"):
        read_network(folder)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("EHU,ORD,ANC,", "EHU,ORD,,", "EHU-ORD-air: B744F carries .* kg on the 11637 km EHU-ORD"),
        ("B744F,1,105.0,7977", "B738F,1,22.0,7977", "EHU-BUD.*B738F reaches not that far"),
        ("B744F,1,105.0,7977", "B744F,1,112.7,7977", "EHU-BUD-air: B744F carries 112600 kg"),
        ("B744F,1,105.0,7977", "A380,1,105.0,7977", "EHU-BUD-air: no vehicle is called A380"),
        ("B744F,1,105.0,7977", "truck,1,20.0,7977", "EHU-BUD-air: truck does not go by air"),
        ("EHU,ORD,ANC,", "EHU,ORD,XXX,", "EHU-ORD-air: XXX is no known airport"),
    ],
)
def test_a_route_that_its_vehicle_cannot_fly_is_refused(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    folder = _copy(tmp_path)
    _change(folder / "routes.csv", old, new)

    with pytest.raises(NetworkFileWrong, match=fault):
        read_network(folder)


def _change(path: Path, old: str, new: str) -> None:
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")


def _copy(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path


def test_there_are_23_stores_19_of_them_open_and_the_british_one_is_not_named_by_its_country() -> (
    None
):
    stores = {store.store: store for store in REFERENCE.stores}

    assert len(stores) == 23
    assert sum(store.is_open for store in REFERENCE.stores) == 19
    assert stores["UK"].country == "GB"
    assert not stores["TR"].is_open
