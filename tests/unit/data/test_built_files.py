"""The files of `data/` can be built again, and a change of their source or rule shows."""

import csv
import gzip
import io
import shutil
from pathlib import Path

import pytest

from deploy.data import (
    airports,
    country_places,
    delivery_regions,
    feeders,
    harmonized_system,
    orders_demo,
)
from deploy.data.__main__ import main
from deploy.data.built_files import BUILT_FILES, DATA, is_same

ORDER_COLUMNS = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def by_name(name: str) -> bytes:
    return (DATA / name).read_bytes()


def test_country_places_are_as_the_installed_time_zone_database_makes_them() -> None:
    (file,) = [file for file in BUILT_FILES if file.name == "country-places.csv"]
    source = file.installed_source()
    assert source is not None

    built = file.build(source)

    assert built == by_name("country-places.csv")


def test_harmonized_system_is_taken_as_it_is() -> None:
    codes = harmonized_system.build_codes(DATA / "hs2022.csv")
    sections = harmonized_system.build_sections(DATA / "hs2022-sections.csv")

    assert codes == by_name("hs2022.csv")
    assert sections == by_name("hs2022-sections.csv")


def test_harmonized_system_of_another_year_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "harmonized-system.csv"
    source.write_bytes(by_name("hs2022.csv").replace(b"I,010129,", b"I,01012,", 1))

    with pytest.raises(harmonized_system.NotHarmonizedSystem, match="5: 1"):
        harmonized_system.build_codes(source)


def test_every_file_says_where_it_is_from() -> None:
    sources = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    names = {path.name for path in DATA.iterdir()} - {"SOURCES.md"}

    assert {name for name in names if name not in sources} == set()


# -- country places ---------------------------------------------------------------------------


def test_a_country_has_the_first_place_of_its_zones(tmp_path: Path) -> None:
    zones = tmp_path / "zone.tab"
    zones.write_text(
        "# country\tposition\tzone\n"
        "US\t+404251-0740023\tAmerica/New_York\tEastern\n"
        "US\t+421953-0830245\tAmerica/Detroit\n"
        "AU\t-3133+15905\tAustralia/Lord_Howe\n",
        encoding="utf-8",
    )

    built = country_places.build(zones).decode()

    assert built.splitlines() == [
        "country,latitude_deg,longitude_deg,place",
        "AU,-31.55,159.08,Lord Howe",
        "US,40.71,-74.01,New York",
    ]


# -- airports ---------------------------------------------------------------------------------


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A folder with two routes, two onward legs, and a country that has a feeder only."""
    (tmp_path / "country-airports.csv").write_text("country,airport\nIS,KEF\nVA,\n")
    (tmp_path / "airport-positions.csv").write_text(
        "iata,latitude_deg,longitude_deg\n"
        "LGG,50.63740,5.44322\n" + "".join(f"{c},1.5,-2.25\n" for c in ("ANC", "CGN", "KEF", "ORD"))
    )
    (tmp_path / "routes.csv").write_text("origin,destination\r\nEHU,LGG\r\nEHU,ANC\r\n")
    (tmp_path / "onward-legs.csv").write_text("origin,destination\r\nANC,ORD\r\nLGG,CGN\r\n")
    return tmp_path


def airportsdata(folder: Path, *codes: str) -> Path:
    source = folder / "airports.csv"
    lines = [
        f'"X{code}","{code}","{code} Airport","City","","BE",1,1.5,-2.25,"UTC",""' for code in codes
    ]
    head = '"icao","iata","name","city","subd","country","elevation","lat","lon","tz","lid"'
    source.write_text("\n".join([head, *lines]))
    return source


def test_airports_are_those_of_the_routes_then_those_of_legs_and_countries(network: Path) -> None:
    source = airportsdata(network, "ORD", "CGN", "ANC", "LGG", "EHU", "KEF", "XXX")

    rows = list(csv.DictReader(io.StringIO(airports.build(source, network).decode())))

    assert [row["iata"] for row in rows] == ["EHU", "LGG", "ANC", "CGN", "KEF", "ORD"]
    assert rows[0]["latitude_deg"] == "1.50000"
    assert rows[0]["longitude_deg"] == "-2.25000"


def test_a_position_that_the_package_has_wrong_is_corrected(network: Path) -> None:
    source = airportsdata(network, "ORD", "CGN", "ANC", "LGG", "EHU", "KEF")

    rows = list(csv.DictReader(io.StringIO(airports.build(source, network).decode())))

    assert (rows[1]["latitude_deg"], rows[1]["longitude_deg"]) == ("50.63740", "5.44322")
    assert "position of OurAirports" in rows[1]["source"]


def test_an_airport_that_the_package_lacks_is_named(network: Path) -> None:
    source = airportsdata(network, "ORD", "ANC", "LGG", "EHU", "KEF")

    with pytest.raises(airports.AirportUnknown, match="CGN"):
        airports.build(source, network)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("CGN,1.5,-2.25", "CGN,1.6,-2.25", "CGN: the sources place it 11 km apart"),
        ("CGN,1.5,-2.25\n", "", "CGN is in one source only"),
    ],
)
def test_sources_that_differ_stop_the_build_until_somebody_has_decided(
    network: Path, old: str, new: str, why: str
) -> None:
    source = airportsdata(network, "ORD", "CGN", "ANC", "LGG", "EHU", "KEF")
    positions = network / "airport-positions.csv"
    positions.write_text(positions.read_text().replace(old, new))

    with pytest.raises(airports.PositionUnclear, match=why):
        airports.build(source, network)


# -- feeders ----------------------------------------------------------------------------------


def test_feeders_are_as_the_other_files_make_them() -> None:
    assert feeders.build(DATA, DATA) == by_name("feeders.csv")


def test_delivery_regions_are_as_the_other_files_make_them() -> None:
    assert delivery_regions.build(DATA, DATA) == by_name("delivery-regions.csv")


def test_feeders_keep_their_numbers_when_others_come_before_them(tmp_path: Path) -> None:
    for path in DATA.glob("*.csv"):
        shutil.copy(path, tmp_path)
    present = tmp_path / "feeders.csv"
    lines = present.read_text().splitlines(keepends=True)
    present.write_text("".join([lines[0], *lines[6:]]))

    built = csv.DictReader(io.StringIO(feeders.build(DATA, tmp_path).decode()))

    numbers = {row["number"]: row["destination"] for row in built}
    kept = {line.split(",")[0]: line.split(",")[2] for line in lines[6:]}
    assert kept.items() <= numbers.items()
    assert len(numbers) == len(lines) - 1


# -- the demo's orders ------------------------------------------------------------------------


def retail(folder: Path, invoices: list[tuple[str, str]], packed: bool = False) -> Path:
    lines = [f'{number},22086,"CHAIN, PAPER",6,2010-12-01,2.55,1,{to}' for number, to in invoices]
    content = "\n".join([ORDER_COLUMNS, *lines, ""]).encode()
    source = folder / "retail.csv"
    source.write_bytes(gzip.compress(content) if packed else content)
    return source


@pytest.mark.parametrize("packed", [False, True])
def test_demo_has_all_foreign_invoices_and_every_fortieth_of_the_others(
    tmp_path: Path, packed: bool
) -> None:
    home = [(str(536_000 + n), "United Kingdom") for n in range(81)]
    source = retail(tmp_path, [*reversed(home), ("536100", "France")], packed)

    lines = gzip.decompress(orders_demo.build(source)).decode().splitlines()

    numbers = [line.partition(",")[0] for line in lines]
    assert numbers == ["InvoiceNo", "536080", "536040", "536000", "536100"]
    assert lines[-1] == '536100,22086,"CHAIN, PAPER",6,2010-12-01,2.55,1,France'


def test_the_same_rows_make_the_same_file(tmp_path: Path) -> None:
    source = retail(tmp_path, [("1", "France")])

    assert orders_demo.build(source) == orders_demo.build(source)
    assert orders_demo.build(source)[4:8] == bytes(4)  # no time of the build


def test_a_compressed_file_is_compared_by_its_content() -> None:
    content = b"a,b\n" * 1_000

    assert is_same(gzip.compress(content, 1), gzip.compress(content, 9))
    assert not is_same(gzip.compress(content), gzip.compress(content + b"x"))
    assert not is_same(b"a,b\r\n", b"a,b\n")


# -- the command ------------------------------------------------------------------------------


def test_check_passes_and_says_what_it_could_not_compare(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main([])

    said = capsys.readouterr()
    assert (status, said.err) == (0, "")
    assert "routes.csv               106 rows, every rule holds" in said.out
    assert "hs2022=PATH names its source" in said.out


def test_a_source_that_makes_another_file_is_a_fault(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = retail(tmp_path, [("1", "France")])

    status = main([f"orders-demo={source}", f"hs2022={tmp_path / 'absent.csv'}"])

    said = capsys.readouterr().err
    assert status == 1
    assert f"orders-demo.csv.gz: {source} makes another file" in said
    assert "hs2022.csv" in said
    assert "cannot be used" in said


def test_a_name_that_is_not_built_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["routes=x.csv"])

    assert ended.value.code == 2
    assert "routes: choose from airports, country-places" in capsys.readouterr().err
