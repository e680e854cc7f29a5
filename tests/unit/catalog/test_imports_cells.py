"""What a cell means: the right value, or a clear fault."""

from datetime import date, datetime

import pytest

from services.catalog.domain.imports import Cell, CellError, ImportKind
from services.catalog.domain.imports.attributes import typed_attributes
from services.catalog.domain.imports.fault_kinds import FAULT_KINDS
from services.catalog.domain.imports.texts import cleaned
from tests.support.sheets import codes_of, read_cell


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (6704100000.0, "6704100000"),
        ("6704100000.0", "6704100000"),
        ("6.704100000E+9", "6704100000"),
        ("6704.11", "670411"),
        ("6704.11.00", "67041100"),
        ("6704 11 00 00", "6704110000"),
        ("'670411", "670411"),
        ('="670411"', "670411"),
        ("６７０４１１", "670411"),
        ("\u200b670411\u00a0", "670411"),
        (6704.11, "670411"),
    ],
)
def test_hs_code_is_read(cell: Cell, code: str) -> None:
    row = read_cell("HS编码", cell)

    assert row.document == {"sku": "A1", "hs_code": code}
    assert row.findings == ()


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("6.7041E9", "cell.digits_lost"),
        ("6.7041E+09", "cell.digits_lost"),
        (40550, "cell.hs_zero_lost"),
        ("4055000", "cell.hs_zero_lost"),
        (6704.1, "cell.hs_code"),
        ("wig", "cell.hs_code"),
        (date(2026, 11, 22), "cell.code_as_date"),
        (CellError("#N/A"), "cell.error_value"),
        ("#N/A", "cell.error_value"),
        (CellError("=B2*2"), "cell.formula"),
        ("=B2*2", "cell.formula"),
        ("67\x0004", "cell.control_character"),
        (True, "cell.not_code"),
    ],
)
def test_hs_code_that_is_lost_is_said(cell: Cell, code: str) -> None:
    row = read_cell("HS编码", cell)

    assert codes_of(row) == [code]
    assert row.document == {"sku": "A1"}
    (finding,) = row.findings
    assert (finding.line, finding.column, finding.field) == (2, "HS编码", "hs_code")
    for text in (finding.detail.en, finding.detail.zh, finding.fix.en, finding.fix.zh):
        assert text
        assert "{" not in text


def test_lost_zero_of_an_hs_code_is_offered_and_not_taken() -> None:
    (finding,) = read_cell("HS编码", 40550).findings

    assert "040550" in finding.fix.en


@pytest.mark.parametrize(
    ("cell", "gtin", "codes"),
    [
        ("4006381333931", "4006381333931", []),
        (4006381333931, "4006381333931", []),
        (4006381333931.0, "4006381333931", []),
        ("4006381333931.0", "4006381333931", []),
        ("400-6381-333931", "4006381333931", []),
        ("４００６３８１３３３９３１", "4006381333931", []),
        # 12 digits that are right by themselves; a wrong check digit is for the rules of products.
        ("012345678905", "012345678905", []),
        ("4006381333932", "4006381333932", []),
        (12345678905, "012345678905", ["cell.zeros_restored"]),
        ("5678905", None, ["cell.gtin"]),
        ("1234565", "01234565", ["cell.zeros_restored"]),
        ("4.00638E+12", None, ["cell.digits_lost"]),
        (4.00638133393112e15, None, ["cell.digits_lost"]),
        ("12345678901", None, ["cell.gtin"]),
        ("N/A", None, []),
    ],
)
def test_gtin(cell: Cell, gtin: str | None, codes: list[str]) -> None:
    row = read_cell("条形码", cell)

    assert row.document.get("gtin") == gtin
    assert codes_of(row) == codes


@pytest.mark.parametrize(
    ("cell", "sku"),
    [(85123, "85123"), (85123.0, "85123"), ("85123A", "85123A"), ("12E5", "12E5"), ("'007", "007")],
)
def test_sku_is_kept_as_written(cell: Cell, sku: str) -> None:
    assert read_cell("Parent SKU", cell).document["parent_sku"] == sku


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.2E+06", "cell.digits_lost"),
        ("85123.0", "cell.code_as_number"),
        (1.5, "cell.code_as_number"),
        (datetime(2026, 1, 2), "cell.code_as_date"),  # noqa: DTZ001 - of a cell
        (False, "cell.not_code"),
    ],
)
def test_sku_that_a_program_has_changed_is_said(cell: Cell, code: str) -> None:
    assert codes_of(read_cell("Parent SKU", cell)) == [code]


@pytest.mark.parametrize("cell", ["是", "Yes", "Y", "TRUE", "√", "1", 1, 1.0, True, "有", "带电"])
def test_yes(cell: Cell) -> None:
    assert read_cell("是否带电", cell).document["battery"] is True


@pytest.mark.parametrize("cell", ["否", "no", "N", "false", "×", "0", 0, False, "无", "不带电"])
def test_no(cell: Cell) -> None:
    assert read_cell("是否带电", cell).document["battery"] is False


@pytest.mark.parametrize("cell", ["maybe", 2, "锂电池", date(2026, 1, 1)])
def test_neither_yes_nor_no(cell: Cell) -> None:
    assert codes_of(read_cell("是否带电", cell)) == ["cell.yes_no"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Lamp\u00a0\u200b white\u3000 ", "Lamp  white"),
        ("Lamp\nwhite", "Lamp white"),
        (240, "240"),
        (1.5, "1.5"),
        ("=SUM of parts", "=SUM of parts"),
        ("-20 °C lamp", "-20 °C lamp"),
    ],
)
def test_line_of_text(cell: Cell, text: str) -> None:
    if isinstance(cell, str) and cell.startswith("="):
        assert codes_of(read_cell("品牌", cell)) == ["cell.formula"]
    else:
        assert read_cell("品牌", cell).document["brand"] == text


def test_breaks_stay_in_descriptions() -> None:
    row = read_cell("Description (English)", "First\r\nsecond  ")

    assert row.document["description"] == {"en": "First\nsecond"}


@pytest.mark.parametrize("blank", [None, "", "  ", "\u00a0", "\u3000\u200b"])
@pytest.mark.parametrize(
    "header", "品牌 条形码 HS编码 原产国 净重(kg) 尺寸(cm) 单价 币种 是否带电 主图 父SKU".split()
)
def test_blank_cell_keeps_what_is_there(header: str, blank: Cell) -> None:
    row = read_cell(header, blank)

    assert row.document == {"sku": "A1"}
    assert row.findings == ()


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2026-11-22", "2026-11-22T00:00:00+08:00"),
        ("2026/11/22 8:26", "2026-11-22T08:26:00+08:00"),
        ("2026年11月22日", "2026-11-22T00:00:00+08:00"),
        ("2026-11-22T08:26:00Z", "2026-11-22T08:26:00Z"),
        ("2026-11-22T08:26:00+0900", "2026-11-22T08:26:00+09:00"),
        ("22.11.2026", "2026-11-22T00:00:00+08:00"),
        ("11/22/2026 8:26 PM", "2026-11-22T20:26:00+08:00"),
        ("22/11/2026", "2026-11-22T00:00:00+08:00"),
        ("Nov 22, 2026", "2026-11-22T00:00:00+08:00"),
        ("22-Nov-2026 08:26:30", "2026-11-22T08:26:30+08:00"),
        ("20261122", "2026-11-22T00:00:00+08:00"),
        (46348, "2026-11-22T00:00:00+08:00"),
        (46348.35138889, "2026-11-22T08:26:00+08:00"),
        ("46348", "2026-11-22T00:00:00+08:00"),
        (date(2026, 11, 22), "2026-11-22T00:00:00+08:00"),
        (datetime(2026, 11, 22, 8, 26), "2026-11-22T08:26:00+08:00"),  # noqa: DTZ001 - of a cell
    ],
)
def test_instant(cell: Cell, instant: str) -> None:
    row = read_cell("生效时间", cell, ImportKind.PRICES)

    assert row.document["valid_from"] == instant


def test_zone_of_the_header_counts() -> None:
    row = read_cell("Valid from (UTC)", "2026-11-22 08:26", ImportKind.PRICES)

    assert row.document["valid_from"] == "2026-11-22T08:26:00Z"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("03/04/2026", "cell.date_unclear"),
        ("2026-13-01", "cell.date"),
        ("2026-02-30", "cell.date"),
        ("tomorrow", "cell.date"),
        (12, "cell.date"),
        (True, "cell.date"),
        ("2026-11-22 25:00", "cell.date"),
    ],
)
def test_instant_that_is_not_clear_is_said(cell: Cell, code: str) -> None:
    assert codes_of(read_cell("生效时间", cell, ImportKind.PRICES)) == [code]


@pytest.mark.parametrize(
    ("cell", "store", "market"),
    [
        ("DE", "DE", "DE"),
        ("Amazon.de", "DE", "DE"),
        ("amazon.co.uk", "UK", "GB"),
        ("UK", "UK", "GB"),
        ("Amazon.com", "US", "US"),
        ("www.amazon.com.au", "AU", "AU"),
        ("德国站", "DE", "DE"),
        ("英国", "UK", "GB"),
        ("独立站", "direct", None),
        ("somewhere", None, None),
    ],
)
def test_store_and_market(cell: str, store: str | None, market: str | None) -> None:
    assert read_cell("站点", cell, ImportKind.ORDERS).document.get("store") == store
    assert read_cell("站点", cell, ImportKind.PRICES).document.get("market") == market


def test_addresses_of_images() -> None:
    row = read_cell("图片", "https://a.example/1.jpg, https://a.example/2.jpg?x=1,2")

    assert row.document["media"] == [
        {"url": "https://a.example/1.jpg", "role": "main"},
        {"url": "https://a.example/2.jpg?x=1,2", "role": "gallery"},
    ]
    assert codes_of(read_cell("图片", "a.jpg https://a.example/1.jpg")) == ["cell.url"]


def test_all_faults_have_texts_and_codes_of_their_own() -> None:
    assert len(FAULT_KINDS) > 40
    for code, kind in FAULT_KINDS.items():
        assert kind.code == code
        for text in (kind.text, kind.fix):
            assert text.en
            assert text.zh


def test_long_runs_of_spaces_do_not_take_forever() -> None:
    spaces = " " * 200_000
    assert cleaned(f"\ta{spaces}b") == f"a{spaces}b"
    assert cleaned(f"a{spaces}\r\n{spaces}\u2028b\t") == "a\n\nb"
    schema = {"properties": {"colors": {"type": "array"}}}
    text = f"red{spaces};{spaces}|blue{spaces}x"
    assert typed_attributes({"colors": text}, schema) == {"colors": ["red", f"blue{spaces}x"]}
