"""Numbers, codes and files of any content, against rules written down once more."""

import csv
import io
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.catalog.clients.sheets import (
    SheetLimits,
    SheetRefused,
    SheetTooLarge,
    open_sheet,
    write_failed_rows,
)
from services.catalog.domain.imports import CellFault, ImportKind, documents, match_columns
from services.catalog.domain.imports.numbers import decimal_of
from tests.support.sheets import read_cell, sheet_of

_NUMBERS = st.decimals(-(10**9), 10**9, places=3, allow_nan=False, allow_infinity=False)
# What people type and programs write; not the surrogates that no encoding has.
_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=20)


def _written(number: Decimal, *, thousands: str, decimal: str, places: int) -> str:
    """The number as a person writes it, by Python's own formatting."""
    plain = f"{number:,.{places}f}"
    return plain.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


@given(
    _NUMBERS,
    st.sampled_from([("", "."), (",", "."), (".", ","), (" ", ","), ("'", "."), ("", ",")]),
    st.sampled_from([0, 1, 2, 3]),
)
def test_number_is_the_one_that_was_written(
    number: Decimal, marks: tuple[str, str], places: int
) -> None:
    thousands, decimal = marks
    rounded = round(number, places)
    text = _written(rounded, thousands=thousands, decimal=decimal, places=places)

    known = decimal_of(text, decimal)
    unknown = decimal_of(text, None)

    assert known == rounded
    # Without the column's mark it is the same, or said to be unclear. A point alone is the
    # decimal mark, as everywhere in this API.
    one_point = text.count(".") == 1 and "," not in text
    assert unknown == rounded or isinstance(unknown, CellFault) or one_point


@given(st.text("0123456789.,' -+eE", max_size=15))
@example("1,234")
def test_text_of_digits_is_a_number_or_a_fault(text: str) -> None:
    found = decimal_of(text, None)

    if isinstance(found, Decimal):
        assert found.is_finite()
        digits = [c for c in text if c.isdigit()]
        assert digits


@given(st.floats(min_value=0.001, max_value=1e12))
def test_amount_of_a_number_has_the_fifteen_digits_of_excel(number: float) -> None:
    amount = read_cell("price", number).document["price"]["amount"]

    assert Decimal(amount) == Decimal(f"{number:.15g}")
    assert "E" not in amount


@given(st.integers(0, 10**11 - 1).map(lambda n: f"{n:011d}"))
def test_zeros_come_back_to_a_gtin_and_nothing_else_changes(digits: str) -> None:
    total = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(digits))
    full = f"{digits}{-total % 10}"

    read = read_cell("EAN", int(full)).document.get("gtin")

    # Fewer digits than nine after the zeros prove nothing, or are a GTIN of 8 digits.
    if len(str(int(full))) >= 9:
        assert read == full
    else:
        assert read is None or read.zfill(12) == full


def _as_bytes(rows: list[list[str]], delimiter: str, encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode(encoding)


# Cells that say the names of one column again and again are no better header.
@example([["", "synthetic|合成数据|示例数据", "synthetic|合成数据|示例数据"]], ",", "utf-8")
@given(
    st.lists(st.lists(_CELLS, min_size=3, max_size=3), max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]),
)
def test_what_a_writer_of_csv_wrote_is_read_and_written_again(
    rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    header = ["货号 SKU", "英文品名 Title", "品牌 Brand"]
    # So much Chinese that no other encoding explains the bytes.
    first = ["A1", "我们的产品是白色的心形烛台一个", "品牌"]
    content = _as_bytes([header, first, *rows], delimiter, encoding)

    with tempfile.TemporaryDirectory() as folder:
        sheet = sheet_of(Path(folder) / "a", content)
        read = list(sheet.rows())
        filled = [tuple(row) for row in [first, *rows] if any(cell.strip() for cell in row)]

        assert sheet.shape.columns == tuple(header)
        assert [row.cells for row in read] == filled

        target = Path(folder) / "b"
        write_failed_rows(sheet, target, [(row.line, "=why?") for row in read])
        again = open_sheet(target, filename=None, limits=SheetLimits())
        assert [row.cells[:-1] for row in again.rows()] == filled


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_rows_or_a_refusal(content: bytes, has_header: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            sheet = sheet_of(Path(folder) / "a", (b"sku,title\n" if has_header else b"") + content)
        except (SheetRefused, SheetTooLarge):
            return
        mapping = match_columns(sheet.shape.columns, ImportKind.PRODUCTS, {}, sample=sheet.sample)
        rows = list(documents(sheet.rows(), mapping))
        lines = [row.line for row in rows]
        assert lines == sorted(set(lines))


@given(st.lists(st.sampled_from(["a", '"', ",", "\n", '""', "b c", "\r\n"]), max_size=30))
def test_quotes_in_any_place_lose_no_other_row(pieces: list[str]) -> None:
    middle = "".join(pieces).replace("\r", "").strip("\n")
    content = f'sku,title\nA1,first\n{middle}\nA9,"last"\n'

    with tempfile.TemporaryDirectory() as folder:
        rows = list(sheet_of(Path(folder) / "a", content.encode()).rows())

    assert rows[0].cells == ("A1", "first")
    # The last row is read by itself unless an open quote has a partner in it.
    if middle.count('"') % 2 == 0:
        assert rows[-1].cells == ("A9", "last")


@pytest.mark.parametrize("mark", [None, ".", ","])
@given(text=st.from_regex(r"[0-9]{1,3}([.,][0-9]{3}){1,3}", fullmatch=True))
def test_groups_of_three_are_thousands_or_unclear(mark: str | None, text: str) -> None:
    found = decimal_of(text, mark)

    candidates = {Decimal(text.replace(",", "").replace(".", ""))}
    last = max(text.rfind("."), text.rfind(","))
    head = text[:last].replace(",", "").replace(".", "")
    candidates.add(Decimal(f"{head}.{text[last + 1 :]}"))
    assert isinstance(found, CellFault) or found in candidates
