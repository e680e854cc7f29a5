"""Weights, sizes, prices and counts in cells."""

import pytest

from services.catalog.domain.imports import Cell, CellError, ImportKind
from tests.support.sheets import codes_of, read_cell


@pytest.mark.parametrize(
    ("header", "cell", "grams"),
    [
        ("净重(g)", "240", 240),
        ("净重(g)", 240.0, 240),
        ("净重（KG）", "0.24", 240),
        ("净重 kg", "１.2", 1200),
        ("Net weight", "1.2kg", 1200),
        ("Net weight", "1.2 千克", 1200),
        ("Net weight (kg)", "300g", 300),
        ("Net weight", "1 斤", 500),
        ("Net weight (lb)", "2", 907),
        ("净重(g)", "1,234.5", 1235),
        ("净重(g)", "1.234,5", 1235),
        ("净重(g)", 1.1 + 2.2, 3),
        ("net_weight_g", "240", 240),
        ("净重(g)", "250.000", 250),
        ("净重(g)", "1250.125", 1250),
        ("净重(kg)", "1.250", 1250),
    ],
)
def test_weight(header: str, cell: Cell, grams: int) -> None:
    row = read_cell(header, cell)

    assert row.document["net_weight_g"] == grams
    assert set(codes_of(row)) <= {"cell.rounded"}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("240", "cell.no_unit"),
        (240, "cell.no_unit"),
        ("240cm", "cell.unit"),
        ("1,234g", "cell.separator_unclear"),
        ("1.234g", "cell.separator_unclear"),
        ("50%", "cell.percent"),
        (True, "cell.not_number"),
        ("1.2.3kg", "cell.not_number"),
        ("9" * 70 + "kg", "cell.not_number"),
    ],
)
def test_weight_that_is_not_clear_is_said(cell: Cell, code: str) -> None:
    row = read_cell("Net weight", cell)

    assert "net_weight_g" not in row.document
    assert codes_of(row) == [code]


@pytest.mark.parametrize(
    ("header", "cell", "size"),
    [
        ("尺寸(cm)", "30x20x10", [300, 200, 100]),
        ("尺寸", "30*20*10cm", [300, 200, 100]),
        ("尺寸", "30cm × 20cm × 10cm", [300, 200, 100]),
        ("长*宽*高(mm)", "３０＊２０＊１０", [30, 20, 10]),
        ("包装尺寸(cm)", "30 X 20,5 X 10", [300, 205, 100]),
        ("Size (in)", "10x10x10", [254, 254, 254]),
        ("尺寸", "300毫米*20厘米*10厘米", [300, 200, 100]),
    ],
)
def test_size(header: str, cell: str, size: list[int]) -> None:
    row = read_cell(header, cell)

    assert row.document.get("size_mm") == size
    assert row.findings == ()


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("30x20", "cell.size"),
        ("30x20x10x5", "cell.size"),
        ("axbxc", "cell.size"),
        ("30x20x10", "cell.no_unit"),
        ("30x20x10kg", "cell.unit"),
    ],
)
def test_size_that_is_not_clear_is_said(cell: str, code: str) -> None:
    row = read_cell("包装尺寸", cell)

    assert "size_mm" not in row.document
    assert codes_of(row) == [code]


@pytest.mark.parametrize(
    ("header", "cell", "price"),
    [
        ("单价", "12.50", {"amount": "12.50"}),
        ("单价", 12.5, {"amount": "12.5"}),
        ("单价", 3.3000000000000003, {"amount": "3.3"}),
        ("单价", "1,234.50", {"amount": "1234.50"}),
        ("单价", "1.234,50", {"amount": "1234.50"}),
        ("单价", "1 234,50", {"amount": "1234.50"}),
        ("单价", "1'234.50", {"amount": "1234.50"}),
        ("单价", "12,5", {"amount": "12.5"}),
        ("单价", ".5", {"amount": "0.5"}),
        ("单价", "34.0000", {"amount": "34.00"}),
        ("单价", "0.0950", {"amount": "0.095"}),
        ("单价（美元）", "12.5", {"amount": "12.5", "currency": "USD"}),
        ("Price USD", 12, {"amount": "12", "currency": "USD"}),
        ("价格(元)", "￥12.5", {"amount": "12.5", "currency": "CNY"}),
        ("单价", "US$12.5", {"amount": "12.5", "currency": "USD"}),
        ("单价", "12.5 €", {"amount": "12.5", "currency": "EUR"}),
        ("单价", "12.5元", {"amount": "12.5", "currency": "CNY"}),
        ("单价", "EUR 12,50", {"amount": "12.50", "currency": "EUR"}),
        ("单价", "¥12.5元", {"amount": "12.5", "currency": "CNY"}),
    ],
)
def test_price(header: str, cell: Cell, price: dict[str, str]) -> None:
    row = read_cell(header, cell)

    assert row.document.get("price") == price
    assert row.findings == ()


@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [
        ("单价", "1,234", "cell.separator_unclear"),
        ("单价", "$12", "cell.currency_unclear"),
        ("单价", "¥12", "cell.currency_unclear"),
        ("单价（美元）", "€12", "cell.currency_differs"),
        ("单价", "15%", "cell.percent"),
        ("单价", "面议", "cell.not_number"),
        ("单价", CellError("#DIV/0!"), "cell.error_value"),
        ("单价", "12-15", "cell.range"),
    ],
)
def test_price_that_is_not_clear_is_said(header: str, cell: Cell, code: str) -> None:
    row = read_cell(header, cell)

    assert "price" not in row.document
    assert codes_of(row) == [code]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("中国", "CN"),
        ("cn", "CN"),
        ("CHN", "CN"),
        ("China (Mainland)", "CN"),
        ("Made in China", "CN"),
        ("中国(CN)", "CN"),
        ("P.R. China", "CN"),
        ("UK", "GB"),
        ("Deutschland", "DE"),
        ("Türkiye", "TR"),
        ("中国香港", "HK"),
        ("Korea, Republic of", "KR"),
    ],
)
def test_country(cell: str, code: str) -> None:
    assert read_cell("原产国", cell).document.get("origin_country") == code


@pytest.mark.parametrize("cell", ["Atlantis", "中", "EU", 86])
def test_country_that_is_none_is_said(cell: Cell) -> None:
    assert codes_of(read_cell("原产国", cell)) == ["cell.country"]


@pytest.mark.parametrize(
    ("cell", "count"), [("1,234", 1234), ("12", 12), (12.0, 12), ("12件", 12), ("１２", 12)]
)
def test_count(cell: Cell, count: int) -> None:
    assert read_cell("库存数量", cell, ImportKind.STOCK).document["on_hand"] == count


@pytest.mark.parametrize(
    ("cell", "code"),
    [("1.5", "cell.not_whole"), (1.5, "cell.not_whole"), ("many", "cell.not_number")],
)
def test_count_that_is_not_whole_is_said(cell: Cell, code: str) -> None:
    assert codes_of(read_cell("库存数量", cell, ImportKind.STOCK)) == [code]
