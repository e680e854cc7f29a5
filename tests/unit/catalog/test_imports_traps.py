"""What factories, shop systems and Excel do to a sheet, from the bytes to the document."""

from pathlib import Path

import pytest

from services.catalog.clients.sheets import SheetRefused
from services.catalog.domain.imports import ImportKind, RowDocument, documents, match_columns
from services.catalog.domain.imports.families import is_sum
from tests.support.sheets import codes_of, read_cell, rows_of, sheet_of


def _read(path: Path, content: str | bytes) -> list[RowDocument]:
    sheet = sheet_of(path, content if isinstance(content, bytes) else content.encode())
    mapping = match_columns(sheet.shape.columns, ImportKind.PRODUCTS, {}, sample=sheet.sample)
    return list(documents(sheet.rows(), mapping))


@pytest.mark.parametrize(
    "content",
    [
        "[SKU],Title\nA1,Lamp\n",
        "[2026] goods\nSKU,Title\nA1,Lamp\n",
        "{SKU},Title\nA1,Lamp\n",
    ],
)
def test_a_csv_may_begin_with_a_bracket(tmp_path: Path, content: str) -> None:
    (row,) = _read(tmp_path / "f", content)

    assert row.document == {"sku": "A1", "title": {"en": "Lamp"}}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('[{"sku": "A1"}, {"sku": "A2"}]', "json_array"),
        ('[\n  {"sku": "A1"}\n]', "json_array"),
        ('{\n  "products": []\n}', "json_array"),
        (b"+/v8-SKU,Title\nA1,Lamp\n", "kind_unknown"),
        ("商品编码,品名,净重\nA1,灯具,5\n".encode("utf-7"), "kind_unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "kind_unknown"),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\0" * 100, "kind_unknown"),
        ("<table><tr><td>SKU</td></tr></table>", "kind_unknown"),
        ("<?xml version='1.0'?><Workbook></Workbook>", "kind_unknown"),
    ],
)
def test_what_is_no_sheet_says_how_to_save_it(
    tmp_path: Path, content: str | bytes, code: str
) -> None:
    with pytest.raises(SheetRefused) as refused:
        _read(tmp_path / "f", content)

    assert refused.value.code == f"catalog.sheet.{code}"
    fix = refused.value.fix.render("en", {})
    assert ("NDJSON" if code == "json_array" else "xlsx") in fix


@pytest.mark.parametrize("units", [",,g,cm,cm,cm,USD", ",,(g),[cm],cm,（cm）,美元"])
def test_units_below_the_header_are_those_of_the_columns(tmp_path: Path, units: str) -> None:
    header = "SKU,英文品名,净重,长,宽,高,单价"

    (row,) = _read(tmp_path / "f", f"{header}\n{units}\nA1,Lamp,5,1,2,3,1.5\n")

    assert row.line == 3
    assert (row.document["net_weight_g"], row.document["size_mm"]) == (5, [10, 20, 30])
    assert row.document["price"] == {"amount": "1.5", "currency": "USD"}


def test_of_two_names_the_one_that_says_more_counts(tmp_path: Path) -> None:
    content = "商品编码,品名,净重,备用\nItem No,Title (English),N.W. (kg),Brand\nA1,Lamp,0.5,Air\n"

    (row,) = _read(tmp_path / "f", content)

    assert row.document["net_weight_g"] == 500
    assert row.document["brand"] == "Air"


@pytest.mark.parametrize(
    ("cell", "grams", "codes"),
    [
        ("1,5 kg", 1500, []),
        ("500克", 500, []),
        ("500 公克", 500, []),
        ("约500g", 500, ["cell.read_as"]),
        ("~0.5kg", 500, ["cell.read_as"]),
        ("500g左右", 500, ["cell.read_as"]),
        ("500g/个", 500, ["cell.read_as"]),
        ("about 500 g", 500, ["cell.read_as"]),
        ("500-600g", None, ["cell.range"]),
        ("500g~600g", None, ["cell.range"]),
        ("毛重500g", None, ["cell.not_number"]),
        ("\u200e500g\u200f", 500, []),
    ],
)
def test_weights(cell: str, grams: int | None, codes: list[str]) -> None:
    row = read_cell("净重", cell)

    assert row.document.get("net_weight_g") == grams
    assert codes_of(row) == codes


@pytest.mark.parametrize(
    "cell",
    [
        *("10*20*30cm", "L10×W20×H30cm", "长10宽20高30cm", "W20×L10×H30cm", "L:10 W:20 H:30 cm"),
        *("L10cm×W20cm×H30cm", "10cm*20cm*30cm", "100×200×300mm", "长度10cm 宽度20cm 高度30cm"),
    ],
)
def test_sizes(cell: str) -> None:
    assert read_cell("尺寸", cell).document.get("size_mm") == [100, 200, 300]


@pytest.mark.parametrize(
    ("cell", "price"),
    [
        ("12.5元", {"amount": "12.5", "currency": "CNY"}),
        ("12.5元/个", {"amount": "12.5", "currency": "CNY"}),
        ("US$12.50 / pc", {"amount": "12.50", "currency": "USD"}),
        ("10-12", "cell.range"),
        ("¥10 ~ 12", "cell.range"),
        ("12.50至15.00元", "cell.range"),
        ("面议", "cell.not_number"),
    ],
)
def test_prices(cell: str, price: object) -> None:
    row = read_cell("价格", cell)

    assert row.document.get("price", *codes_of(row)) == price


@pytest.mark.parametrize("cell", ["4-Mar", "Mar-04", "3月4日"])
def test_a_code_that_excel_has_made_a_date_is_a_fault(cell: str) -> None:
    row = read_cell("父SKU", cell)

    assert "parent_sku" not in row.document
    assert codes_of(row) == ["cell.code_as_date"]


@pytest.mark.parametrize("cell", ["MAR-04", "4-MAR", "Mar-045", "Mark-4", "3-4"])
def test_codes_that_only_look_like_dates_stay(cell: str) -> None:
    assert read_cell("父SKU", cell).document["parent_sku"] == cell


@pytest.mark.parametrize(
    ("cell", "battery"),
    [("内置电池", True), ("With battery", True), ("普货", False), ("No battery", False)],
)
def test_words_for_batteries(cell: str, battery: bool) -> None:
    assert read_cell("是否带电", cell).document["battery"] is battery


@pytest.mark.parametrize("cell", ["广东", "浙江义乌", "湖北省鄂州市", "中国广东", "China"])
def test_chinese_provinces_are_in_china(cell: str) -> None:
    assert read_cell("原产国", cell).document["origin_country"] == "CN"


@pytest.mark.parametrize(
    ("cells", "is_one"),
    [
        (("合计", 5), True),
        (("Total:", 5), True),
        (("", "小计"), True),
        ((None, " 总计："), True),
        (("A1", "合计"), False),
        (("", "Lamp"), False),
        (("SUM-1", 5), False),
    ],
)
def test_rows_that_add_up_others(cells: tuple[str | int | None, ...], is_one: bool) -> None:
    (row,) = rows_of(cells)

    assert is_sum(row, 0) is is_one
