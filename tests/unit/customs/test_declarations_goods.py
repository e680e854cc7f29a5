"""What a line is declared as: name, declaration elements, bar code."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from services.customs.domain.declarations.goods import (
    ELEMENTS,
    bar_code,
    is_gtin,
    model_of,
    name_zh,
)
from services.customs.domain.tariff.tariff import Element
from tests.support.customs import a_line


@pytest.mark.parametrize(
    ("title_zh", "name"),
    [
        ("台灯", "台灯"),
        ("  台\t灯  A3 ", "台 灯 A3"),
        ("Lamp", None),
        ("123", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_has_chinese_characters_and_single_blanks(
    title_zh: str | None, name: str | None
) -> None:
    assert name_zh(a_line(title_zh=title_zh)) == name


@pytest.mark.parametrize(
    ("changes", "text", "missing"),
    [
        ({}, "无品牌||玻璃", []),
        ({"brand": "Unbranded", "specification": {"model": "A|3"}}, "无品牌|A/3|玻璃", []),
        ({"brand": " NO  BRAND "}, "无品牌||玻璃", []),
        ({"brand": "Ezhou Lamps", "specification": {"use": "家用"}}, "Ezhou Lamps||玻璃|家用", []),
        ({"brand": None}, "||玻璃", ["品牌"]),
        ({"brand": None, "material": " "}, "", ["品牌", "材质"]),
        ({"material": None, "specification": {"material": "铁"}}, "无品牌||铁", []),
    ],
)
def test_elements_are_joined_in_their_order(
    changes: dict[str, Any], text: str, missing: list[str]
) -> None:
    model = model_of(a_line(**changes), ELEMENTS)

    assert (model.text, [element.name_zh for element in model.missing]) == (text, missing)


def test_what_is_optional_gives_way_where_there_is_no_room() -> None:
    elements = (
        Element("品牌", ("brand",), "required"),
        Element("型号", ("model",)),
        Element("用途", ("use",)),
    )
    line = a_line(brand="B" * 100, specification={"model": "M" * 100, "use": "U" * 100})

    assert model_of(line, elements).text == "|".join(("B" * 100, "M" * 100))


@given(
    st.integers(0, 10**14).map(str)
    | st.integers(10**6, 10**13 - 1).map(lambda n: f"{n}{ean.calc_check_digit(str(n))}")
    | st.text(max_size=14)
)
def test_a_trade_item_number_is_what_the_kept_library_says(text: str) -> None:
    if not text.isascii() or not text.isdigit():
        assert not is_gtin(text)
    else:
        assert is_gtin(text) == (ean.is_valid(text) and len(text) in {8, 12, 13, 14})


def test_goods_without_a_trade_item_number_are_declared_without() -> None:
    assert bar_code(a_line(gtin="6901234567892")) == "6901234567892"
    assert bar_code(a_line(gtin="6901234567890")) == bar_code(a_line()) == "无"
