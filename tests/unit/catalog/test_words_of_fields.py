"""Whoever types a SKU, a code or an amount wrong is told in words what is asked for."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.catalog.schemas.fields import Amount, Country, Currency, Sku
from services.catalog.schemas.products.product import HsCode
from shared.documents.faults import field_problem


@pytest.mark.parametrize(
    ("field", "value", "en", "zh"),
    [
        (Sku, "blue lamp", "1 to 20 letters, digits", "1 至 20 位"),
        (HsCode, "94055", "6, 8 or 10 digits", "6、8 或 10 位数字"),
        (Country, "Germany", "two capital letters", "两位大写字母"),
        (Currency, "€", "three capital letters", "三位大写字母"),
        (Amount, "12,99", "an amount such as 12.99", "金额"),
    ],
)
def test_a_wrong_form_is_explained_without_a_pattern(
    field: Any, value: str, en: str, zh: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(field).validate_python(value)
    problem = field_problem(refused.value.errors()[0])
    said = problem.text.render("en", problem.params), problem.text.render("zh-CN", problem.params)
    assert problem.code == "field.wrong_format"
    assert said[0].startswith(f"This must be {en}")
    assert zh in said[1]
    assert not any("[" in text for text in said)
