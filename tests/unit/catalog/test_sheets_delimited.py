"""CSV files of all kinds as rows: encodings, delimiters, quotes, broken lines."""

import pytest

from services.catalog.clients.sheets import Sheet, SheetRefused
from tests.support.sheets import Opened


def _cells(sheet: Sheet) -> list[tuple[int, tuple[object, ...]]]:
    return [(row.line, row.cells) for row in sheet.rows()]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
def test_encoding_is_found_by_content(opened: Opened, encoding: str) -> None:
    sheet = opened("货号,英文品名\nA1,White lamp 白色\n".encode(encoding))

    assert sheet.shape.columns == ("货号", "英文品名")
    assert _cells(sheet) == [(2, ("A1", "White lamp 白色"))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(opened: Opened, delimiter: str) -> None:
    rows = [["SKU", "Title (English)", "Price USD"], ["A1", "a, b; c", "1,5"]]
    quoted = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)

    sheet = opened(quoted.encode())

    assert sheet.shape.delimiter == delimiter
    assert _cells(sheet) == [(2, ("A1", "a, b; c", "1,5"))]


@pytest.mark.parametrize("line_break", ["\r", "\n", "\r\n"])
def test_line_breaks_and_blank_lines(opened: Opened, line_break: str) -> None:
    lines = ["sku,title", "A1,x", "", ",", '"A2","two', 'lines"', "A3,z"]

    sheet = opened(line_break.join(lines).encode())

    assert _cells(sheet) == [
        (2, ("A1", "x")),
        (5, ("A2", f"two{line_break}lines")),
        (7, ("A3", "z")),
    ]


def test_hint_of_excel_names_the_delimiter(opened: Opened) -> None:
    sheet = opened(b"sep=;\nsku;title\nA1;a,b\n")

    assert sheet.shape.delimiter == ";"
    assert _cells(sheet) == [(3, ("A1", "a,b"))]


def test_quote_that_is_never_closed_costs_one_row(opened: Opened) -> None:
    sheet = opened(b'sku,title\nA1,"open\nA2,x\nA3,"5"" pipe"\nA4,"bad" end\nA5,y\n')

    rows = list(sheet.rows())

    assert [(row.line, row.fault.code if row.fault else None) for row in rows] == [
        (2, "catalog.row.quotes"),
        (3, None),
        (4, None),
        (5, "catalog.row.quotes"),
        (6, None),
    ]
    assert rows[2].cells == ("A3", '5" pipe')


def test_rows_too_long_and_too_short_are_faults(opened: Opened) -> None:
    sheet = opened(b"sku,title,brand\nA1,a,b,,\nA2,a,b,c\nA3,a\n")

    rows = list(sheet.rows())

    assert rows[0].cells == ("A1", "a", "b")
    assert [row.fault and row.fault.code for row in rows] == [
        None,
        "catalog.row.too_many_cells",
        "catalog.row.too_few_cells",
    ]


def test_reading_goes_on_after_a_line(opened: Opened) -> None:
    sheet = opened(b'sku,title\nA1,"x\ny"\nA2,x\nA3,x\n')

    assert [row.line for row in sheet.rows(after_line=2)] == [4, 5]
    assert [row.line for row in sheet.rows(after_line=4)] == [5]


def test_bytes_that_are_no_text_are_refused_with_their_place(opened: Opened) -> None:
    content = b"sku,title\n" + "货物名称货物名称".encode() + b"\nA1,\xff\xff\xff\n"

    with pytest.raises(SheetRefused, match="encoding_unknown") as refused:
        opened(content)

    assert refused.value.params == {"offset": content.index(b"\xff"), "line": 3}


def test_western_european_text_is_not_read_as_chinese(opened: Opened) -> None:
    with pytest.raises(SheetRefused, match="encoding_unknown"):
        opened("sku;title\nA1;Müller Größe für Kühe\nA2;Äpfel Öl Übel\n".encode("cp1252"))
