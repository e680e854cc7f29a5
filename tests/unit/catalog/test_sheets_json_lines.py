"""NDJSON as rows: strict, and a bad line costs one row."""

from pathlib import Path

import pytest

from services.catalog.clients.sheets import SheetLimits, SheetTooLarge
from tests.support.sheets import Opened, sheet_of


def test_objects_are_documents(opened: Opened) -> None:
    sheet = opened(b'\xef\xbb\xbf{"sku": "A1", "price": {"amount": "1"}}\r\n\n{"sku": "A2"}')

    assert [(row.line, row.document) for row in sheet.rows()] == [
        (1, {"sku": "A1", "price": {"amount": "1"}}),
        (3, {"sku": "A2"}),
    ]
    assert [row.line for row in sheet.rows(after_line=1)] == [3]
    assert sheet.shape.has_bom


def test_reason_of_an_earlier_failure_is_left_out(opened: Opened) -> None:
    (row,) = opened(b'{"sku": "A1", "_reason": "no title"}').rows()

    assert row.document == {"sku": "A1"}


@pytest.mark.parametrize(
    "line",
    [
        '{"sku": "A1"',
        "[1]",
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": {"b": 1, "b": 2}}',
        '{"a": "\\u0000"}',
        '{"a": "\\ud800"}',
        '{"a": ' + "[" * 65 + "]" * 65 + "}",
        '{"a": ' + "9" * 5000 + "}",
        '{"a": "' + "x" * 2000 + '"}',
        "{" + ",".join(f'"a{n}":1' for n in range(1001)) + "}",
    ],
    ids="cut array nan infinite twice nul half deep digits long members".split(),
)
def test_bad_line_is_one_bad_row(tmp_path: Path, line: str) -> None:
    content = f'{{"sku": "A1"}}\n{line}\n{{"sku": "A2"}}\n'
    limits = SheetLimits(line_max=1000 if "x" * 2000 in line else 100_000)

    first, bad, last = sheet_of(tmp_path / "x", content.encode(), limits).rows()

    assert first.document == {"sku": "A1"}
    assert (bad.line, bad.document) == (2, None)
    assert bad.fault is not None
    assert (last.line, last.document) == (3, {"sku": "A2"})


@pytest.mark.parametrize("text", ['{"a": "\\\\u0000 [[[[ \\" {"}', '{"a": "\\ud83d\\ude00"}'])
def test_what_looks_bad_and_is_not(opened: Opened, text: str) -> None:
    (row,) = opened(text.encode()).rows()

    assert row.fault is None


def test_more_rows_than_the_limit_are_refused(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path / "x", b'{"a": 1}\n' * 11, SheetLimits(rows_max=10))

    with pytest.raises(SheetTooLarge):
        list(sheet.rows())


def test_many_objects_beside_each_other_are_not_deep(opened: Opened) -> None:
    line = '{"a": [' + ",".join(['{"b": [1]}'] * 200) + "]}"
    (row,) = opened(line.encode()).rows()
    assert row.fault is None
