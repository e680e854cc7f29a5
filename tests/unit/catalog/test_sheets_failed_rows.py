"""Failed rows as a file of the same kind, which reads the same when it is sent again."""

from pathlib import Path

import pytest

from services.catalog.clients.sheets import (
    Sheet,
    SheetLimits,
    open_sheet,
    write_failed_rows,
)
from services.catalog.domain.imports import (
    ImportKind,
    RowDocument,
    documents,
    match_columns,
)
from tests.support.sheets import Opened
from tests.support.workbooks import raw_workbook, workbook


def _read(sheet: Sheet) -> list[RowDocument]:
    mapping = match_columns(sheet.shape.columns, ImportKind.PRODUCTS, {}, sample=sheet.sample)
    return list(documents(sheet.rows(), mapping))


def _again(sheet: Sheet, target: Path, reasons: list[tuple[int, str]]) -> Sheet:
    assert write_failed_rows(sheet, target, reasons) == len(reasons)
    return open_sheet(target, filename=None, limits=SheetLimits())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "^"])
def test_rows_of_csv_read_the_same_again(
    opened: Opened, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [
        ["SKU", "英文品名", "净重(kg)", "price"],
        ["A1", 'a "quoted", and ; text', "1,2", "¥5"],
        ["A2", "ok", "1", "2"],
        ["A3", "=1+1", "-1", "two\nlines"],
    ]
    lines = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    hint = f"sep={delimiter}\n" if delimiter == "^" else ""
    content = (hint + "\r\n".join(lines)).encode(encoding)
    sheet = opened(content)
    before = _read(sheet)
    reasons = [(before[0].line, "=cmd()"), (before[2].line, "no title")]

    again = _again(sheet, tmp_path / "failed", reasons)

    assert (again.shape.encoding, again.shape.delimiter) == (sheet.shape.encoding, delimiter)
    assert again.shape.has_bom == sheet.shape.has_bom
    assert [row.cells for row in again.rows()] == [
        (*rows[1], "· =cmd()"),
        (*rows[3], "no title"),
    ]
    assert [one.document for one in _read(again)] == [before[0].document, before[2].document]


def test_row_that_is_broken_does_not_pass_when_it_is_sent_again(
    opened: Opened, tmp_path: Path
) -> None:
    sheet = opened(b'sku,title,brand\nA1,a,b,c\nA2,a\nA3,"b" c,x\nA4,"open,x\n')
    faults = [row.fault and row.fault.code for row in sheet.rows()]

    again = _again(sheet, tmp_path / "failed", [(row.line, "wrong") for row in sheet.rows()])

    assert all(faults)
    assert all(row.fault for row in again.rows())


def test_reason_of_an_earlier_failure_is_replaced(opened: Opened, tmp_path: Path) -> None:
    sheet = opened("sku,导入失败原因 / reason,brand\nA1,old,b\n".encode())

    again = _again(sheet, tmp_path / "failed", [(2, "new")])

    assert again.shape.columns == ("sku", "brand", "导入失败原因 / reason")
    assert [row.cells for row in again.rows()] == [("A1", "b", "new")]


def test_rows_of_a_workbook_read_the_same_again(opened: Opened, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["SKU", "英文品名", "条码", "净重(kg)", "品牌", "HS"],
        ["A1", "=1+1 as text", 4006381333931, 1.1 + 2.2, "-Brand", "940550"],
        [85123, "x", "0012345678905", "1.2kg", None, 6704.11],
        [True, "x", 381333931, 3, "@b", "040550"],
    ]
    sheet = opened(workbook(tmp_path / "x.xlsx", rows, formats={2: "0000000000000"}))
    before = _read(sheet)

    again = _again(sheet, tmp_path / "failed", [(2, "=x"), (3, "why"), (4, "why")])

    assert again.shape.sheet == sheet.shape.sheet
    assert [one.document for one in _read(again)] == [one.document for one in before]
    assert [[f.code for f in one.findings] for one in _read(again)] == [
        [f.code for f in one.findings] for one in before
    ]
    assert [row.cells[-1] for row in again.rows()] == ["· =x", "why", "why"]


def test_objects_read_the_same_again(opened: Opened, tmp_path: Path) -> None:
    sheet = opened('{"sku": "A1", "title": {"en": "灯"}}\n{"a": 1}\n{"b": broken\n'.encode())

    again = _again(sheet, tmp_path / "failed", [(1, "no price"), (3, "not JSON")])

    assert (tmp_path / "failed").read_text(encoding="utf-8").count('"_reason": "no price"') == 1
    assert [row.document for row in again.rows()] == [
        {"sku": "A1", "title": {"en": "灯"}},
        {"_line": '{"b": broken'},
    ]


def test_row_that_is_broken_fails_in_every_round_with_its_last_reason(
    opened: Opened, tmp_path: Path
) -> None:
    sheet: Sheet = opened(b"SKU,Title (English),Brand\n1,2\n1,2,3\n1,2,3,4,5\n")

    for turn in range(4):
        rows = list(sheet.rows())
        assert [row.fault is None for row in rows] == [False, True, False], turn
        sheet = _again(sheet, tmp_path / f"{turn}", [(row.line, f"why {turn}") for row in rows])

    lines = (tmp_path / "3").read_text().splitlines()
    assert lines[1:] == ["1,2,⚠ why 3", "1,2,3,why 3", "1,2,3,4,5,⚠ why 3"]


@pytest.mark.parametrize("name", ["a/b", "'x'", ":", "[1]", " ", "x" * 40])
def test_sheet_of_any_name_is_written(opened: Opened, tmp_path: Path, name: str) -> None:
    head = '<c r="A1" t="str"><v>SKU</v></c><c r="B1" t="str"><v>Brand</v></c>'
    row = '<c r="A2" t="str"><v>A1</v></c><c r="B2"><v>1e999</v></c>'
    rows = f'<sheetData><row r="1">{head}</row><row r="2">{row}</row></sheetData>'
    sheet = opened(raw_workbook(rows, states={name: "visible"}))

    again = _again(sheet, tmp_path / "x.xlsx", [(2, "why")])

    assert [one.cells for one in again.rows()] == [("A1", "1e999", "why")]
