"""The tariff: the longest beginning of a code wins, bad rows are named, and what is shipped."""

import csv
from pathlib import Path

import pytest

from services.customs.clients.reference import platforms, tariff_of
from services.customs.domain.declarations.rulebook import Rulebook, parse_platforms
from services.customs.domain.messages.parties import Party
from services.customs.domain.tariff.nomenclature import is_goods_code, parse_nomenclature
from services.customs.domain.tariff.tariff import Element, Tariff, parse_tariff
from shared.settings import SettingsError
from tests.support.customs import CODES, PARTIES, TARIFF

DATA = Path(__file__).resolve().parents[3] / "data"
HEADER = "prefix,unit1,unit2,elements,controls,basis"


def a_tariff(*rows: str) -> Tariff:
    tariff, faults = parse_tariff("\n".join((HEADER, *rows)), TARIFF.units, TARIFF.nomenclature)
    assert not faults
    return tariff


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("9405500010", "9405500010"),
        ("9405500090", "940550"),
        ("94055000", "940550"),
        ("940550", "940550"),
        ("940521", "9405"),
        ("940310", "94"),
        ("610910", None),
        ("", None),
    ],
)
def test_the_longest_beginning_wins(code: str, prefix: str | None) -> None:
    tariff = a_tariff("94,035,,,,x", "9405,035,,,,x", "940550,035,,,,x", "9405500010,035,,,,x")
    row = tariff.row_of(code)

    assert (None if row is None else row.prefix) == prefix


def test_a_short_code_has_what_its_long_ones_agree_on() -> None:
    tariff = a_tariff(
        "9405500010,035,,,,x",
        "9405500090,035,,,licence,x",
        "9405210010,001,035,,,x",
        "9405210090,001,,,,x",
    )
    agreed, differing = tariff.row_of("940550"), tariff.row_of("94052100")

    assert agreed is not None
    assert (agreed.unit1, agreed.unit2, agreed.controls) == ("035", None, ("licence",))
    assert differing is not None
    assert (differing.unit1, differing.unit2) == (None, None)
    assert tariff.row_of("9405") is None
    assert tariff.row_of("9405500020") is None


def test_elements_have_names_keys_and_a_need() -> None:
    row = a_tariff("94,035,,品牌=brand!;材质=main_material/material?;型号=model,,x").row_of("94")

    assert row is not None
    assert row.elements == (
        Element("品牌", ("brand",), "required"),
        Element("材质", ("main_material", "material"), "expected"),
        Element("型号", ("model",), "optional"),
    )


def test_every_bad_row_of_an_operators_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "tariff.csv"
    rows = [
        HEADER,
        "9405500000,035,,品牌=brand!,,own",
        "94055,035,,,,own",
        "9405500000,035,,,,own",
        "9405510000,35,,,,own",
        "9405520000,035,999,,,own",
        "9405530000,035,,品牌,,own",
        "9405540000,035,,,quota,own",
        "9405550000,035",
    ]
    file.write_text("\ufeff" + "\n".join(rows), encoding="utf-8")

    with pytest.raises(SettingsError) as refusal:
        tariff_of(file)

    said = str(refusal.value)
    for line in range(3, 10):
        assert f"line {line}: " in said
    assert "line 2: " not in said


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    other = tmp_path / "gbk.csv"
    other.write_bytes("编码".encode("gbk"))
    headless = tmp_path / "headless.csv"
    headless.write_text("code\n1\n")

    for file in (tmp_path / "none.csv", other, headless):
        with pytest.raises(SettingsError, match="CUSTOMS_TARIFF_FILE"):
            tariff_of(file)


def test_an_operators_file_takes_the_place_of_the_sample(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(f"{HEADER}\n9405500000,036,,品牌=brand!,,own\n", encoding="utf-8")
    own = tariff_of(file)

    assert own.row_of("610910") is None
    assert Rulebook(PARTIES, CODES, own).version != Rulebook(PARTIES, CODES, TARIFF).version
    assert "tariff/sample-" in Rulebook(PARTIES, CODES, TARIFF).version
    assert "sample" not in Rulebook(PARTIES, CODES, own).version


def test_the_sample_has_a_row_for_every_subheading_and_is_marked() -> None:
    rows = {code: TARIFF.row_of(code) for code in TARIFF.nomenclature.subheadings}

    assert None not in rows.values()
    assert {row.basis for row in TARIFF.rows.values()} == {"sample"}


def test_subheadings_are_those_of_the_projects_table() -> None:
    with (DATA / "hs2022.csv").open(encoding="utf-8") as file:
        codes = {row["hscode"] for row in csv.DictReader(file) if len(row["hscode"]) == 6}
    with (DATA / "hs2022-zh.csv").open(encoding="utf-8") as file:
        names = {row["code"]: row["name_zh"] for row in csv.DictReader(file)}

    assert TARIFF.nomenclature.subheadings == {code for code in codes if is_goods_code(code)}
    for heading, name in TARIFF.nomenclature.headings.items():
        assert names[heading] == name


@pytest.mark.parametrize("row", ["9405,灯,5", "9405,灯,50\n9405,灯,60"])
def test_a_heading_that_cannot_be_right_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match="bad row"):
        parse_nomenclature(f"heading,name_zh,subheadings\n{row}\n")


def test_goods_are_sold_on_the_platform_of_their_store() -> None:
    with (DATA / "marketplaces.csv").open(encoding="utf-8") as file:
        stores = {row["code"]: row["domain"] for row in csv.DictReader(file)}
    rulebook = Rulebook(PARTIES, CODES, TARIFF, platforms())

    assert {store: party.name for store, party in platforms().items()} == stores
    assert rulebook.platform_of("DE") == Party("无", "amazon.de")
    assert rulebook.platform_of("direct") == rulebook.platform_of(None) == PARTIES.platform


@pytest.mark.parametrize("row", ["DE,,amazon.de,x", "DE,无,a,x\nDE,无,b,x"])
def test_a_platform_that_cannot_be_right_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match="bad row"):
        parse_platforms(f"store,code,name,basis\n{row}\n")
