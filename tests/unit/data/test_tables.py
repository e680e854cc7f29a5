"""Each rule of a table that was written by hand holds, and goes red for a row that breaks it."""

import shutil
from pathlib import Path

import pytest

from deploy.data.__main__ import CODES
from deploy.data.built_files import DATA
from deploy.data.table import Table, Tables, faults_of
from deploy.data.tables import TABLES

BY_FILE = {table.file: table for table in TABLES}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in DATA.glob("*.csv"):
        shutil.copy(path, tmp_path)
    shutil.copy(CODES, tmp_path)
    return tmp_path


def faults(folder: Path, table: Table) -> list[str]:
    return faults_of(table, Tables(folder, folder / "codes.csv"))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_every_rule_holds_for_the_committed_table(table: Table) -> None:
    assert faults_of(table, Tables(DATA, CODES)) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_a_column_too_few_is_a_fault(folder: Path, table: Table) -> None:
    path = folder / f"{table.file}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(f"{table.columns[-1]}", "x", 1))

    (fault,) = faults(folder, table)

    assert fault.startswith(f"{table.file}: columns are")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_a_row_that_is_there_twice_is_a_fault(folder: Path, table: Table) -> None:
    path = folder / f"{table.file}.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[1]]))

    found = faults(folder, table)

    assert any("is there 2 times" in fault for fault in found)
    assert f"{table.file}: {table.rows + 1} rows instead of {table.rows}" in found


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("routes", "EHU,CAN,", "EHU,XXX,", "EHU-XXX: XXX is not in airports.csv"),
        ("routes", "EHU,CAN,", "PEK,CAN,", "PEK-CAN does not start at EHU"),
        ("routes", "CAN,,domestic", "CAN,,international", "46 international routes instead"),
        ("routes", "CAN,,domestic", "CAN,,international", "EHU-CAN is called international"),
        ("routes", "CAN,,domestic,EH", "CAN,,domestic,ZZ", "EHU-CAN: ZZ is not in carriers.csv"),
        ("routes", "EH,B763F,14,52.0,792", "EH,X,14,52.0,792", "EHU-CAN: X is not in vehicles"),
        ("routes", "LAX,ANC,", "LAX,XXX,", "EHU-LAX: XXX is not in airports.csv"),
        ("routes", "LAX,ANC,", "LAX,,", "EHU-LAX: 11111 km, the great circle has 10931"),
        ("routes", "2022-11-28,reported", "soon,reported", "EHU-SZX: soon is no day"),
        ("routes", '"Hubei TV, 2022-11-28"', "", "EHU-SZX: no source"),
        ("routes", "2022-11-28,reported", "2022-11-28,real", "EHU-SZX is called real"),
        ("routes", ",14,52.0,792", ",0,52.0,792", "EHU-CAN: frequency and payload are not above"),
        ("parallel-routes", "EHU,LGG", "EHU,CGN", "EHU-CGN is no lane of routes.csv"),
        ("parallel-routes", "28,synthetic", "28,reported", "EHU-LGG is called reported"),
        ("routes", "52.0,792", "52.0,795", "EHU-CAN: 795 km, the great circle has 792"),
        ("routes", '"opened 2022-11-27, first cargo route"', "", "EHU-SZX is reported, and no"),
        ("onward-legs", "air,EH,B744F,5", "air,EH,truck,5", "ANC-LAX: a truck goes by air"),
        ("onward-legs", "22,synthetic", "22,reported", "ANC-LAX is called reported"),
        ("onward-legs", "3771", "3671", "ANC-LAX: 3671 km"),
        ("feeders", "\n7005,", "\n7000,", "numbers are not one for each row"),
        ("carriers", "Etihad Airways,607", "Etihad Airways,67", "EY: prefix 67 is not three"),
        ("carriers", "Airways,607,,", "Airways,607,1,9", "EY: only made-up carriers have"),
        ("carriers", "000,6000000", "001,6000000", "E0: 001 may be an airline's"),
        ("vehicles", "truck,road", "truck,air", "truck: a truck goes by air"),
        ("vehicles", "6025,10000", "6025,6000", "B763F: the longest range is 6000 km"),
        ("vehicles", ",60,700", ",600,700", "DHC6P: a piece may be heavier than the payload"),
        ("embargoes", "KP,all", "XX,all", "XX is not in country-places.csv"),
        ("embargoes", "destination,93", "destination,00", "KP 00: there is no such chapter"),
        ("embargoes", "28,reported", "28,synthetic", "KP: an embargo is law, not synthetic"),
        ("embargoes", "禁止向朝鲜供应武器。", "", "KP 93: the reason is missing in a language"),
        ("handling-times", "*,air_air,180", "*,air_air,1800", "* air_air: 1800 minutes"),
        ("handling-times", "*,air_road", "EHU,air_road", "no time for air_road"),
        ("handling-times", "LHR,", "XXX,", "XXX is not in airports.csv"),
        ("station-times", "acceptance,LHR", "acceptance,XXX", "acceptance XXX: XXX is no station"),
        ("station-times", "truck,*,60", "train,*,60", "acceptance *: train is no vehicle"),
        ("station-times", "express,*,*,180", "fast,*,*,180", "acceptance *: fast is no product"),
        ("station-times", ",*,*,180", ",*,*,1800", "acceptance *: 1800 minutes"),
        ("postal-regions", ",BOS JFK,", ",XXX JFK,", "US-NE: XXX is not in airports.csv"),
        ("postal-regions", "US-VI,US,008", "US-VI,US,009", "US-VI: 009 belongs to another"),
        ("postal-regions", "US,US,,", "US,US,9,", "US has no rest"),
        ("marketplaces", "US,true", "US,false", "18 stores are open"),
        ("marketplaces", "US,US,ATVPDKIKX0DER,NA", "US,UK,ATVPDKIKX0DER,XX", "US: UK is not in"),
        ("marketplaces", "US,US,ATVPDKIKX0DER,NA", "US,US,ATVPDKIKX0DER,XX", "US: there is no"),
        ("belts", "9401 9403", "9401 9999x", "home_furnishing: 9999x is not in hs2022.csv"),
        ("acceptance-rules", "968-ia-af,AF", "968-ia-af,QQ", "QQ is not in carriers.csv"),
        ("acceptance-rules", "968-ia-af,AF,*", "968-ia-af,AF,van", "af: van is no kind of vehicle"),
        ("acceptance-rules", "haulier,2026-11-28,synthetic", "haulier,2026-11-28,reported",
         "no source says what trucks take"),
        ("acceptance-rules", "forbidden,,", "forbidden,5,", "a limit of what is not taken"),
        ("acceptance-documents", "2022-01-01,", "2022-01-01,2021-01-01", "ends before it begins"),
        ("acceptance-documents", ",*,GB,", ",*,UK,", "UK is not in country-places.csv"),
        ("codes", "currency,HKD,110", "currency,HKD,116", "currency 116 is listed 2 times"),
        ("codes", "currency,HKD,110", "currency,HKD,11x", "currency 11x is not three digits"),
        ("codes", "currency,HKD,110", "country,XK,110", "XK is not in country-places.csv"),
        ("codes", "currency,HKD,110,港币,listed", "currency,HKD,110,港币,remainder",
         "HKD: 110 is not the code for the rest of Europe"),
        ("codes", "currency,HKD,110", "country,HKD,110", "223, 'currency': 17"),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_named(
    folder: Path, file: str, old: str, new: str, fault: str
) -> None:
    path = folder / f"{file}.csv"
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")

    found = faults(folder, BY_FILE[file])

    assert any(fault in line for line in found), found
