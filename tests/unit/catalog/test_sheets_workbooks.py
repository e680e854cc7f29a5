"""Workbooks as rows: what Excel and other writers put in cells, and what must not be unpacked."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from services.catalog.clients.sheets import SheetLimits, SheetRefused, SheetTooLarge
from services.catalog.domain.imports import CellError
from tests.support.sheets import Opened, sheet_of
from tests.support.workbooks import raw_workbook, workbook

HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>SKU</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Title (English)</t></is></c></row>'
)


def _second_row(opened: Opened, cells: str, **parts: object) -> tuple[object, ...]:
    rows = f'<sheetData>{HEADER}<row r="2">{cells}</row></sheetData>'
    (row,) = opened(raw_workbook(rows, **parts)).rows()  # type: ignore[arg-type]
    return row.cells


def test_types_of_cells_are_kept(opened: Opened, tmp_path: Path) -> None:
    header = ["SKU", "Title (English)", "Price USD", "EAN", "Battery", "Valid", "HS", "毛重(kg)"]
    day, at = date(2026, 11, 22), datetime(2026, 11, 22, 8, 26)  # noqa: DTZ001 - of a cell
    row = ["A1", "Lamp", 12.5, 4006381333931, True, day, at, "1.2kg"]

    sheet = opened(
        workbook(tmp_path / "x.xlsx", [header, row], formats={5: "yyyy-mm-dd", 6: "d/m/yy h:mm"})
    )

    assert sheet.shape.sheet == "商品"
    assert sheet.shape.columns == tuple(header)
    assert [one.cells for one in sheet.rows()] == [
        ("A1", "Lamp", 12.5, 4006381333931, True, day, at, "1.2kg")
    ]
    assert sheet.rows_total == 1


def test_rows_are_those_that_another_reader_finds(opened: Opened, tmp_path: Path) -> None:
    header = ["SKU", "Title (English)", "Price USD", "Battery"]
    rows: list[list[object]] = [[*header]]
    rows += [
        [f"A{n}", f"<Lamp> & 灯\n{n}", n * 1.1 if n % 3 else n, n % 2 == 0] for n in range(500)
    ]
    path = tmp_path / "x.xlsx"

    sheet = opened(workbook(path, rows))

    others = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert [row.cells for row in sheet.rows()] == [tuple(row) for row in others[1:]]
    assert [row.line for row in sheet.rows()] == list(range(2, 502))


def test_many_texts_wait_on_disk(tmp_path: Path) -> None:
    rows: list[list[object]] = [["SKU", "Brand"]]
    rows += [[f"A{n}", f"品牌{n}" if n % 7 else "Acme"] for n in range(5000)]
    content = workbook(tmp_path / "x.xlsx", rows)

    sheet = sheet_of(tmp_path / "y", content, SheetLimits(texts_in_memory=100))

    assert [list(row.cells) for row in sheet.rows()] == rows[1:]
    assert [row.cells[0] for row in sheet.rows(after_line=5000)] == ["A4999"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A2"><v>6.7041E9</v></c>', 6704100000),
        ('<c r="A2"><v>4006381333931.0</v></c>', 4006381333931),
        ('<c r="A2" t="e"><v>#REF!</v></c>', CellError("#REF!")),
        ('<c r="A2"><f>B2*2</f></c>', CellError("=B2*2")),
        ('<c r="A2"><f>B2*2</f><v>7</v></c>', 7),
        ('<c r="A2" t="str"><f>A&amp;B</f><v>ab</v></c>', "ab"),
        ('<c r="A2" t="b"><v>0</v></c>', False),
        ('<c r="A2" t="s"><v>0</v></c>', "shared & \r one"),
        ('<c t="s" r="A2"><v>1</v></c>', "rich text"),
        ('<c r="A2" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', "ab"),
        ('<c r="A2" t="inlineStr"><is><t><![CDATA[<a>]]></t></is></c>', "<a>"),
        ('<c r="A2" t="d"><v>2026-11-22</v></c>', datetime(2026, 11, 22)),  # noqa: DTZ001
        ('<c r="A2" s="1"><v>381333931</v></c>', "0000381333931"),
        ('<c r="A2" s="2"><v>0.15</v></c>', "15%"),
        ('<c r="A2" s="3"><v>46348</v></c>', date(2026, 11, 22)),
        ('<c r="A2" s="4"><v>46348</v></c>', 46348),
    ],
)
def test_cell_is_read_as_a_person_sees_it(opened: Opened, cell: str, value: object) -> None:
    strings = [
        "<t>shared &amp; _x000D_ one</t>",
        "<r><t>rich</t></r><r><t> text</t></r><rPh><t>RICH</t></rPh>",
    ]
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="0000000000000"/>'
        '<numFmt numFmtId="171" formatCode="[$-804]yyyy&quot;年&quot;m&quot;月&quot;d"/>'
        '<numFmt numFmtId="172" formatCode="#,##0.00&quot;day&quot;"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="9"/><xf numFmtId="171"/>'
        '<xf numFmtId="172"/></cellXfs>'
    )

    cells = _second_row(
        opened,
        cell + '<c r="B2" t="inlineStr"><is><t>x</t></is></c>',
        strings=strings,
        styles=styles,
    )

    assert cells == (value, "x")
    assert type(cells[0]) is type(value)


def test_elements_with_prefixes_and_rows_without_numbers(opened: Opened) -> None:
    sheet = (
        "<x:sheetData><x:row><x:c t='inlineStr'><x:is><x:t>SKU</x:t></x:is></x:c>"
        "<x:c t='inlineStr'><x:is><x:t>Brand</x:t></x:is></x:c></x:row>"
        "<x:row/><x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row></x:sheetData>"
    )

    (row,) = opened(raw_workbook(sheet)).rows()

    assert (row.line, row.cells) == (3, (1, 2))


def test_hidden_sheets_and_sheets_without_goods_are_passed_over(opened: Opened) -> None:
    rows = f'<sheetData>{HEADER}<row r="2"><c r="A2"><v>1</v></c></row></sheetData>'
    states = {"old": "hidden", "older": "veryHidden", "goods": "visible"}

    assert opened(raw_workbook(rows, states=states)).shape.sheet == "goods"


def test_other_sheets_with_goods_are_told(opened: Opened, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "x.xlsx")
    header, goods = ["SKU", "Brand", "Price"], ["A1", "Acme", 5]
    for name, rows in (
        ("Read me", [["How to fill in"]]),
        ("杯子", [header, goods]),
        ("Notes", [["a"], ["b"]]),
        ("Empty", [header]),
        ("灯", [header, goods]),
    ):
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    book.close()

    found = opened((tmp_path / "x.xlsx").read_bytes())

    assert found.shape.sheet == "杯子"
    (finding,) = found.findings
    assert finding.code == "catalog.sheet.others_not_read"
    assert finding.params == {"sheet": "杯子", "others": "灯"}


def test_workbook_of_hidden_sheets_says_so(opened: Opened) -> None:
    rows = f"<sheetData>{HEADER}</sheetData>"

    with pytest.raises(SheetRefused, match="hidden"):
        opened(raw_workbook(rows, states={"a": "hidden", "b": "veryHidden"}))


def test_cell_merged_over_rows_stands_for_each(opened: Opened) -> None:
    merged = (
        f'<sheetData>{HEADER}<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>9</v></c></row>'
        '<row r="3"><c r="A3"><v>2</v></c></row><row r="4"><c r="A4"><v>3</v></c></row>'
        '</sheetData><mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>'
    )

    rows = [row.cells for row in opened(raw_workbook(merged)).rows()]

    assert rows == [(1, 9), (2, 9), (3, None)]


def test_header_of_two_merged_rows(opened: Opened, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["商品资料表", None, None, None, None, None],
        ["SKU", "英文品名", "重量(kg)", None, "尺寸(cm)", None, None],
        [None, None, "净重", "毛重", "长", "宽", "高"],
        ["A1", "Lamp", 1, 2, 3, 4, 5],
    ]

    sheet = opened(workbook(tmp_path / "x.xlsx", rows))

    assert sheet.shape.columns == (
        "SKU",
        "英文品名",
        "重量(kg) › 净重",
        "重量(kg) › 毛重",
        "尺寸(cm) › 长",
        "尺寸(cm) › 宽",
        "尺寸(cm) › 高",
    )
    assert [row.line for row in sheet.rows()] == [4]


def test_dates_may_count_from_1904(opened: Opened) -> None:
    content = raw_workbook(
        f'<sheetData>{HEADER}<row r="2"><c r="A2" s="1"><v>44886</v></c></row></sheetData>',
        styles='<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
        others={},
    )
    old = "<sheets>"
    renewed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old_zip, zipfile.ZipFile(renewed, "w") as new:
        for name in old_zip.namelist():
            data = old_zip.read(name)
            if name == "xl/workbook.xml":
                data = data.replace(old.encode(), b'<workbookPr date1904="1"/>' + old.encode())
            new.writestr(name, data)

    (row,) = opened(renewed.getvalue()).rows()

    assert row.cells[0] == date(2026, 11, 22)


def test_archive_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    bomb = raw_workbook("<sheetData/>", others={"xl/media/a": bytes(30 * 1024 * 1024)})

    with pytest.raises(SheetTooLarge, match="packed size"):
        sheet_of(tmp_path / "x", bomb)


@pytest.mark.parametrize("limits", [SheetLimits(unzipped_max=500), SheetLimits(entries_max=3)])
def test_archive_above_the_limits_is_refused(tmp_path: Path, limits: SheetLimits) -> None:
    with pytest.raises(SheetTooLarge):
        sheet_of(tmp_path / "x", raw_workbook("<sheetData/>"), limits)


def test_entities_are_refused(opened: Opened) -> None:
    evil = '<!DOCTYPE a [<!ENTITY b "bbbb">]>'

    with pytest.raises(SheetRefused, match="damaged"):
        opened(raw_workbook(f"<sheetData>{HEADER}</sheetData>", prolog=evil))


def test_sheet_that_breaks_off_is_damaged(opened: Opened) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 50))
    broken = raw_workbook(f"<sheetData>{HEADER}{rows}<row r=")

    with pytest.raises(SheetRefused, match="damaged"):
        list(opened(broken).rows())


def _zip(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (_zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (_zip(Index__Document_iwa=b"", **{"Index/Document.iwa": b""}), "numbers"),
        (_zip(**{"xl/workbook.bin": b""}), "xlsb"),
        (_zip(readme=b"x"), "ZIP"),
        (b"PK\x03\x04 not really", "damaged"),
        (b"<html><table><tr><td>sku</td></tr></table></html>", "HTML"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "XML"),
        (b'[{"sku":"A1"}]', "json_array"),
        (b"\x1f\x8b\x08", "gzip"),
        (b" \r\n \r\n", "empty"),
        (b"<!-- made by an ERP --><table><tr><td>sku</td></tr></table>", "HTML"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "HTML"),
        ("\ufeff<table><tr><td>sku</td></tr></table>".encode("utf-16-le"), "HTML"),
        ('\ufeff{"sku":"A1"}'.encode("utf-16-le"), "NDJSON"),
        (b"PK\x05\x06" + bytes(18), "ZIP"),
    ],
    ids="pdf xls password ods numbers xlsb zip damaged html xml array gzip empty comment mhtml"
    " html16 ndjson16 empty-zip".split(),
)
def test_other_kinds_of_files_are_refused_by_name(
    opened: Opened, content: bytes, words: str
) -> None:
    with pytest.raises(SheetRefused, match=words) as refused:
        opened(content)

    assert refused.value.fix.zh


def _spoilt(content: bytes, part: str) -> bytes:
    """The archive with a packed part that cannot be unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo(part)
    begin = entry.header_offset + 30 + len(part)
    return content[:begin] + b"\xff" * 20 + content[begin + 20 :]


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"]
)
def test_bytes_that_broke_on_the_way_are_damage(opened: Opened, part: str) -> None:
    good = raw_workbook(f"<sheetData>{HEADER}</sheetData>")

    with pytest.raises(SheetRefused, match="damaged"):
        list(opened(_spoilt(good, part)).rows())


@pytest.mark.parametrize("method", [9, 12, 14, 99])
def test_ways_of_packing_that_do_not_fit_are_damage(opened: Opened, method: int) -> None:
    content = bytearray(raw_workbook(f"<sheetData>{HEADER}</sheetData>"))
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + place] = method

    with pytest.raises(SheetRefused, match="damaged"):
        opened(bytes(content))


def test_packed_mimetype_that_broke_is_damage(opened: Opened) -> None:
    content = bytearray(_zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"))
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(mark) + place] = 99

    with pytest.raises(SheetRefused, match="damaged"):
        opened(bytes(content))


@pytest.mark.parametrize(
    "numbers", [(1, 9, 5), (1, 2, 2), (1, 0), (1, 2**40), (1, 10**20)], ids=str
)
def test_rows_that_do_not_ascend_are_damage(opened: Opened, numbers: tuple[int, ...]) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A1" t="inlineStr"><is><t>SKU</t></is></c></row>' for n in numbers
    )

    with pytest.raises(SheetRefused, match="damaged"):
        list(opened(raw_workbook(f"<sheetData>{rows}</sheetData>")).rows())


def test_archive_of_a_later_version_is_damage(opened: Opened) -> None:
    content = bytearray(raw_workbook(f"<sheetData>{HEADER}</sheetData>"))
    content[content.index(b"PK\x01\x02") + 6] = 107

    with pytest.raises(SheetRefused, match="damaged"):
        opened(bytes(content))


def test_password_in_the_archive_is_noticed(opened: Opened) -> None:
    content = bytearray(raw_workbook("<sheetData/>"))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1

    with pytest.raises(SheetRefused, match="password"):
        opened(bytes(content))


@pytest.mark.parametrize(
    "sheet",
    [
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>SKU</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>'
        + "x" * 40_000
        + "</t></is></c></row></sheetData>",
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>',
    ],
    ids=["inline", "shared"],
)
def test_cell_longer_than_any_of_excel_is_refused(opened: Opened, sheet: str) -> None:
    with pytest.raises(SheetTooLarge):
        list(opened(raw_workbook(sheet, strings=["<t>" + "x" * 40_000 + "</t>"])).rows())


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A2" t="s"><v>99</v></c>',
        '<c r="A2"><v>1</v>',
        "<c r='A2'><v>&unknown;</v></c>",
    ],
)
def test_cell_that_no_program_writes_is_damage(opened: Opened, cell: str) -> None:
    with pytest.raises(SheetRefused, match="damaged"):
        _second_row(opened, cell)


def test_row_of_endless_cells_is_refused(opened: Opened) -> None:
    with pytest.raises(SheetTooLarge, match="columns"):
        _second_row(opened, "<c t='n'><v>1</v></c>" * 20_000)
