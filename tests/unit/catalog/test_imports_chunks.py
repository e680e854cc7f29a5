"""How many rows are in memory at once."""

from pathlib import Path

from services.catalog.domain.imports import SheetRow
from services.catalog.use_cases.imports.taking import CHARACTERS_MAX, Chunk
from tests.support.sheets import sheet_of


def test_chunk_has_its_number_of_rows_and_fewer_if_they_are_long() -> None:
    short = iter([SheetRow(line, ("A", None, 7)) for line in range(10)])
    assert [len(Chunk(4).take(short)) for _ in range(4)] == [4, 4, 2, 0]

    cell = "x" * 1_000_000
    long = iter([SheetRow(line, (cell, cell), length=2_000_000) for line in range(9)])
    taken = Chunk(5000).take(long)
    assert len(taken) == CHARACTERS_MAX // 2_000_000
    assert next(long).line == len(taken)


def test_row_longer_than_a_chunk_is_taken_alone() -> None:
    rows = iter([SheetRow(1, ("x",), length=CHARACTERS_MAX + 1), SheetRow(2, ("x",))])

    assert [row.line for row in Chunk(5000).take(rows)] == [1]


def test_long_documents_count_too(tmp_path: Path) -> None:
    line = '{"sku":"A","description":{"en":"' + "x" * 500_000 + '"}}\n'
    sheet = sheet_of(tmp_path / "x", line.encode() * 100)

    assert len(sheet.sample) < 10
    assert len(Chunk(5000).take(sheet.rows())) < 20
