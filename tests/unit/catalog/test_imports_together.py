"""Rows that are read many at a time mean what they mean one by one."""

import copy
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.clients.sheets import delimited
from services.catalog.clients.sheets.refusals import SheetRefused
from services.catalog.domain.products.product import Product
from services.catalog.schemas.imports.rows import read_new_products, read_product
from shared.kernel.errors import AirlaneError
from tests.support.sheets import sheet_of
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
