"""Workbooks as other programs write them, and as nobody should: cells in any order, parts named in
another case, numbers that are none, and files that are small only while they are packed.
"""

import io
import random
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest

from services.catalog.clients.sheets import SheetLimits, SheetRefused, SheetTooLarge
from services.catalog.domain.imports import CellError
from tests.support.sheets import Opened, sheet_of
from tests.support.workbooks import raw_workbook

LETTERS = "ABCD"
NAMES = ("SKU", "Title (English)", "Brand", "Material")
DATES = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'


def _text(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADER = (
    '<row r="1">'
    + "".join(_text(f"{one}1", name) for one, name in zip(LETTERS, NAMES, strict=True))
    + "</row>"
)


def _rows(opened: Opened, rows: str, **parts: object) -> list[tuple[int, tuple[object, ...]]]:
    content = raw_workbook(f"<sheetData>{HEADER}{rows}</sheetData>", **parts)  # type: ignore[arg-type]
    return [(row.line, row.cells) for row in opened(content).rows()]


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("prefix", ["", "<!-- a comment -->"], ids=["plain", "parsed"])
def test_cells_stand_where_their_references_say(opened: Opened, quote: str, prefix: str) -> None:
    chance = random.Random(5)
    rows, expected = [], []
    for line in range(2, 60, 3):
        filled = chance.sample(LETTERS, chance.randint(1, 4))
        cells = "".join(_text(f"{letter}{line}", f"{letter}-{line}") for letter in filled)
        rows.append(f"<row spans={quote}1:4{quote} r={quote}{line}{quote}>{prefix}{cells}</row>")
        whole = (f"{one}-{line}" if one in filled else None for one in LETTERS)
        expected.append((line, tuple(whole)))

    assert _rows(opened, "".join(rows)) == expected


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A2" t="s"></c>', None),
        ('<c r="A2" t="s"><v></v></c>', None),
        ('<c r="A2" t="b"><v>true</v></c>', True),
        ('<c r="A2" t="b"><v>false</v></c>', False),
        ('<c r="A2"><v>1E999</v></c>', CellError("1E999")),
        ('<c r="A2"><v>NaN</v></c>', CellError("NaN")),
        ('<c r="A2"><v>²</v></c>', CellError("²")),
        ('<c r="A2"><v>12 pieces</v></c>', CellError("12 pieces")),
        ('<c r="A2" s="1"><v>1e999</v></c>', CellError("1e999")),
        ('<c r="A2" s="1"><v>2958465.9999999</v></c>', 2958465.9999999),
        ('<c r="A2" s="1"><v>2958465</v></c>', date(9999, 12, 31)),
        ('<c r="A2" t="d"><v>2026-11-22T08:00:00Z</v></c>', datetime(2026, 11, 22, 8)),  # noqa: DTZ001
        ('<c r="A2" t="d"><v>08:00</v></c>', CellError("08:00")),
        ('<c r="A2" t="inlineStr"><is><t>_xD800_a_x000A_</t></is></c>', "_xD800_a\n"),
    ],
)
def test_cell_that_is_odd_costs_no_more_than_itself(
    opened: Opened, cell: str, value: object
) -> None:
    ((_, cells),) = _rows(opened, f'<row r="2">{cell}{_text("B2", "x")}</row>', styles=DATES)

    assert cells == (value, "x", None, None)
    assert type(cells[0]) is type(value)


@pytest.mark.parametrize("reference", ["$A$2", "2", "É2"])
def test_cell_without_a_place_is_damage(opened: Opened, reference: str) -> None:
    with pytest.raises(SheetRefused, match="damaged"):
        _rows(opened, f'<row r="2">{_text(reference, "a")}</row>')


def _repacked(
    content: bytes,
    *,
    renamed: tuple[str, str] = ("", ""),
    changed: Mapping[str, bytes] | None = None,
) -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = (changed or {}).get(Path(name).stem, old.read(name))
            new.writestr(name.replace(*renamed) if renamed[0] else name, part)
    return packed.getvalue()


def test_parts_are_found_in_any_case(opened: Opened) -> None:
    row = '<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    content = raw_workbook(f"<sheetData>{HEADER}{row}</sheetData>", strings=["<t>A1</t>"])

    sheet = opened(_repacked(content, renamed=("sharedStrings", "SharedStrings")))

    assert [one.cells[0] for one in sheet.rows()] == ["A1"]


def test_sheet_that_is_named_twice_is_read_once(opened: Opened) -> None:
    content = raw_workbook(f"<sheetData>{HEADER}<row r='2'>{_text('A2', 'a')}</row></sheetData>")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = archive.read("xl/workbook.xml")
    twice = book.replace(b"</sheets>", b'<sheet name="again" r:id="rId1"/></sheets>')

    assert opened(_repacked(content, changed={"workbook": twice})).findings == ()


@pytest.mark.parametrize("part", ["workbook", "styles", "sharedStrings", "sheet1"])
@pytest.mark.parametrize("before", [b"", b"<!-- parsed -->"], ids=["plain", "parsed"])
def test_element_that_does_not_end_is_damage(opened: Opened, part: str, before: bytes) -> None:
    content = raw_workbook(f"<sheetData>{HEADER}</sheetData>")
    endless = before + b"<x y='" + b"a" * 6_000_000 + b"'/>"

    with pytest.raises(SheetRefused, match="damaged"):
        opened(_repacked(content, changed={part: endless})).sample  # noqa: B018 - reads


def test_merged_cells_have_a_limit(opened: Opened) -> None:
    merged = "<mergeCells>" + '<mergeCell ref="A1:A2"/>' * 110_000 + "</mergeCells>"

    with pytest.raises(SheetTooLarge):
        opened(
            raw_workbook(
                f"<sheetData>{HEADER}<row r='2'>{_text('A2', 'a')}</row></sheetData>{merged}"
            )
        )


def test_styles_have_a_limit(opened: Opened) -> None:
    styles = "<cellXfs>" + "<xf/>" * 70_000 + "</cellXfs>"

    with pytest.raises(SheetTooLarge):
        _rows(opened, "", styles=styles)


def test_texts_that_are_empty_do_not_stay_in_memory(tmp_path: Path) -> None:
    row = '<row r="2"><c r="A2" t="s"><v>4999</v></c></row>'
    content = raw_workbook(
        f"<sheetData>{HEADER}{row}</sheetData>", strings=[*[""] * 4999, "<t>last</t>"]
    )

    sheet = sheet_of(tmp_path / "x", content, SheetLimits(texts_in_memory=1000))

    assert not isinstance(sheet._texts.strings, list)  # type: ignore[attr-defined]
    assert [one.cells[0] for one in sheet.rows()] == ["last"]


def test_rows_without_numbers_are_counted_from_the_first(opened: Opened) -> None:
    cell = '<c r="{}" t="str"><v>{}</v></c>'
    header = cell.format("A1", "SKU") + cell.format("B1", "Brand")
    rows = f"<row>{header}</row><row/><row>{cell.format('A3', 'A1')}</row>"

    sheet = opened(raw_workbook(f"<sheetData>{rows}</sheetData>"))

    assert sheet.shape.header_line == 1
    assert [(row.line, row.cells) for row in sheet.rows()] == [(3, ("A1", None))]


@pytest.mark.parametrize("prefix", ["", "<!-- parsed -->"], ids=["plain", "parsed"])
def test_formula_without_a_value_is_told(opened: Opened, prefix: str) -> None:
    cell = '<c r="A2"><f>B2*2</f></c>'

    ((_, cells),) = _rows(opened, f'<row r="2">{prefix}{cell}{_text("B2", "x")}</row>')

    assert cells == (CellError("=B2*2"), "x", None, None)


def test_archive_that_is_none_says_why(opened: Opened) -> None:
    with pytest.raises(SheetRefused, match="not a zip"):
        opened(b"PK\x03\x04" + b"x" * 100)


def test_row_that_breaks_off_is_named(opened: Opened) -> None:
    content = raw_workbook(f"<sheetData>{HEADER}</c></row></sheetData>")

    with pytest.raises(SheetRefused, match="row 2"):
        list(opened(content).rows())
