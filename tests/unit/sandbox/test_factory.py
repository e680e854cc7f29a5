"""The clerk's spreadsheet."""

from stdnum import ean

from deploy.sandbox.factory.goods import FAULTS, HEADERS, rows
from deploy.sandbox.factory.workbook import read, written


def test_the_goods_are_always_the_same_and_no_two_alike() -> None:
    sheet = rows()
    assert sheet == rows()
    assert len({row.sku for row in sheet}) == len(sheet) == 60
    assert all(len(row.sku) <= 20 for row in sheet)
    assert len({row.right["条形码"] for row in sheet}) == 60
    assert all(ean.is_valid(str(row.right["条形码"])) for row in sheet)


def test_each_fault_is_in_a_row_of_its_own_and_changes_one_cell() -> None:
    faulty = [row for row in rows() if row.first != row.right]
    assert len(faulty) == FAULTS
    for row in faulty:
        assert [h for h in HEADERS if row.first[h] != row.right[h]] == list(row.wrong)


def test_a_workbook_reads_as_it_was_written() -> None:
    sheet = rows()
    headers, cells = read(written(HEADERS, [row.first for row in sheet]))
    assert headers == list(HEADERS)
    assert cells == [dict(row.first) for row in sheet]
