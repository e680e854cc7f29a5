"""Rows that are read many at a time mean what they mean one by one."""

import copy
import json
import tempfile
from pathlib import Path
from random import Random
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.clients.sheets import delimited
from services.catalog.clients.sheets.refusals import SheetRefused
from services.catalog.domain.imports import (
    Cell,
    CellFault,
    ImportKind,
    RowDocument,
    SheetRow,
    documents,
    match_columns,
)
from services.catalog.domain.imports.fault_kinds import ROW_QUOTES
from services.catalog.domain.imports.together import RowsTogether
from services.catalog.domain.products.product import Product
from services.catalog.schemas.imports.rows import read_new_products, read_product
from shared.kernel.errors import AirlaneError
from tests.support.sheets import rows_of, sheet_of
from tests.support.worlds.catalog import a_product

_VALUES: tuple[Any, ...] = (
    *(None, "", " ", "x", "x" * 201, "a\u202eb", "940550", "CN", "wig", "P-1", "6901234567892"),
    *(0, 1, -1, 1.5, 2.0, True, False, [], {}, [1, 2, 3], [1, True, 3], ["a"], {"en": "a"}),
    *({"en": None}, {"a": {"b": None}}, {"EN": "b"}, {"amount": "12.5", "currency": "JPY"}),
    *({"amount": "1", "currency": "XYZ"}, {"amount": "2", "currency": "USD", "more": 1}),
)
_NAMES = (
    *("sku", "title", "hs_code", "origin_country", "net_weight_g", "size_mm", "price", "battery"),
    *("synthetic", "product_type", "parent_sku", "options", "gtin", "brand", "material", "media"),
    *("attributes", "description", "highlights", "warnings", "classifications", "nonsense"),
)
_FULL = a_product(
    sku="A-1",
    gtin="6901234567892",
    brand="Ezhou Lamps",
    description={"en": "Two lines:\nthe second."},
    highlights={"en": ["Hand made"]},
    media=[{"url": "https://media.example/1.jpg", "role": "main"}],
    attributes={"length_in": 2.0},
    parent_sku="P-1",
    options={"colour": "red"},
    classifications=[{"scheme": "CN", "code": "9405500000", "confidence": 0.5}],
)


def _alone(document: dict[str, Any]) -> Product | None:
    try:
        return read_product(document, None)
    except AirlaneError:
        return None


def _has_null(document: dict[str, Any]) -> bool:
    values = list(document.values())
    return None in values or any(None in v.values() for v in values if isinstance(v, dict))


@pytest.mark.parametrize("seed", range(20))
def test_new_products_are_the_same_together_and_one_by_one(seed: int) -> None:
    chance = Random(seed)
    rows: list[dict[str, Any]] = []
    for number in range(60):
        row = copy.deepcopy(chance.choice([a_product(sku=f"A-{number}"), _FULL]))
        for name in chance.sample(_NAMES, chance.choice([0, 0, 1, 2])):
            row[name] = copy.deepcopy(chance.choice(_VALUES))
        if chance.random() < 0.2:
            del row[chance.choice(list(row))]
        rows.append(row)

    together = read_new_products(copy.deepcopy(rows))

    alone = [_alone(row) for row in rows]
    # A null means that something is taken away, so such a row is read by itself.
    assert together == [None if _has_null(r) else p for r, p in zip(rows, alone, strict=True)]
    assert any(together)
    for one, other in zip(together, alone, strict=True):
        assert one is None or other is None or one.is_same(other)


@given(
    st.lists(st.sampled_from(["a", '"', ",", "\n", '""', "\r\n", "\r", "灯", " "]), max_size=40),
    st.integers(1, 30),
)
def test_blocks_of_any_size_give_the_same_rows(pieces: list[str], size: int) -> None:
    content = ("sku,title\nA1,first\n" + "".join(pieces) + '\nA9,"last"\n').encode()
    usual = delimited._BLOCK_CHARS

    def rows(block: int) -> object:
        delimited._BLOCK_CHARS = block  # type: ignore[misc]  # what the test is about
        try:
            with tempfile.TemporaryDirectory() as folder:
                return list(sheet_of(Path(folder) / "a", content).rows())
        except SheetRefused as refused:
            return refused.code
        finally:
            delimited._BLOCK_CHARS = usual  # type: ignore[misc]

    read, whole, careful = rows(size), rows(10_000), _carefully(content)
    assert read == whole == careful


def _carefully(content: bytes) -> object:
    """Without blocks that are taken apart at once."""
    plain = delimited._plain_rows
    delimited._plain_rows = lambda *_: None
    try:
        with tempfile.TemporaryDirectory() as folder:
            return list(sheet_of(Path(folder) / "a", content).rows())
    except SheetRefused as refused:
        return refused.code
    finally:
        delimited._plain_rows = plain


_HEADER = (
    *(
        "SKU",
        "英文品名",
        "中文品名",
        "海关编码",
        "原产国",
        "净重(g)",
        "毛重(g)",
        "长(cm)",
        "宽(cm)",
    ),
    *("高(cm)", "单价", "币种", "是否带电", "品牌", "描述", "条码", "Image 1", "Image 2"),
)
_USUAL: tuple[tuple[Cell, ...], ...] = (
    ("A-1", "A-2", "B_3", 12345, "00123"),
    ("Makeup brush", "Lamp", "  spaced "),
    ("化妆刷", "灯", ""),
    ("960330", "9603.30", 940550),
    ("CN", "中国"),
    ("120", 120, 120.0, "0.12kg"),
    ("150", 150, "1,500"),
    ("12", 12, 12.5, True),
    ("8", 8),
    ("6", 6),
    ("12.50", 12.5, "US$9.90"),
    ("USD", "美元", ""),
    ("否", "是", True, 0),
    ("Airlane", "", None),
    ("<p>Two</p><p>lines</p>", "Text", ""),
    ("6901234567892", 6901234567892, ""),
    ("https://media.example/1.jpg", ""),
    ("https://media.example/2.jpg", ""),
)
_ODD: tuple[Cell, ...] = ("", None, " ", "-", "无", "=A1", "#N/A", "x", 1, True, 1.0, "1.250", "1")


@pytest.mark.parametrize("empty", ["keep", "clear"])
@pytest.mark.parametrize("oddity", [0.0, 0.02, 0.2])
@pytest.mark.parametrize("seed", range(8))
def test_cells_mean_the_same_together_and_row_by_row(
    seed: int, oddity: float, empty: Literal["keep", "clear"]
) -> None:
    chance = Random(seed)
    width = chance.randint(1, len(_HEADER))
    columns = sorted(chance.sample(range(len(_HEADER)), width))
    rows = rows_of(
        *(
            [chance.choice(_ODD if chance.random() < oddity else _USUAL[at]) for at in columns]
            for _ in range(200)
        )
    )
    broken = SheetRow(500, ("A1",), CellFault(ROW_QUOTES))
    ready = SheetRow(501, (), document={"sku": "A2"})
    rows = [*rows[:50], broken, ready, *rows[50:]]
    header = tuple(_HEADER[at] for at in columns)
    mapping = match_columns(
        header,
        ImportKind.PRODUCTS,
        {},
        sample=rows_of(*[row.cells for row in rows if row.fault is None and row.cells]),
        constants={"origin_country": "CN", "price.currency": "USD"},
    )

    together = RowsTogether(mapping, empty=empty)
    # What was known of the rows before changes nothing.
    for part in (rows[:120], rows[120:], rows):
        read = together.reader_of(part)
        found = documents(part, mapping, empty=empty, read=read)
        assert [*map(_looks, found)] == [*map(_looks, documents(part, mapping, empty=empty))]


def _looks(row: RowDocument) -> object:
    """As JSON: for Python 1 is True."""
    document = json.dumps(row.document, sort_keys=True)
    return row.line, document, row.findings, row.is_of_cells
