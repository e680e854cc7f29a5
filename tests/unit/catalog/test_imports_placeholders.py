"""Cells that say in words or signs that there is no value."""

import pytest

from services.catalog.domain.imports import ImportKind, Severity, typed_attributes
from tests.support.sheets import codes_of, read_cell

_SAID = ["NULL", "null", "N/A", "n/a", "-", "--", "—", "/", "无", "暂无", "#", " - ", "None"]


@pytest.mark.parametrize("nothing", _SAID)
@pytest.mark.parametrize(
    "header",
    [
        "品牌",
        "材质",
        "条形码",
        "parent_sku",
        "产品类型",
        "options.color",
        "英文描述",
        "卖点1（英文）",
        "主图",
    ],
)
def test_optional_values_are_not_there_and_nothing_is_said(header: str, nothing: str) -> None:
    row = read_cell(header, nothing)

    assert (row.document, row.findings) == ({"sku": "A1"}, ())


@pytest.mark.parametrize("nothing", _SAID)
@pytest.mark.parametrize(
    "header", ["英文品名", "净重(g)", "海关编码", "原产国", "单价", "币种", "尺寸(cm)"]
)
def test_values_that_every_product_has_are_not_there_and_a_warning_says_why(
    header: str, nothing: str
) -> None:
    row = read_cell(header, nothing)

    assert row.document == {"sku": "A1"}
    assert [(one.code, one.severity) for one in row.findings] == [
        ("catalog.cell.nothing", Severity.WARNING)
    ]
    assert row.findings[0].value == nothing


@pytest.mark.parametrize("nothing", [*_SAID, "NA"])
def test_a_code_that_every_row_needs_cannot_be_nothing(nothing: str) -> None:
    row = read_cell("订单号", nothing, ImportKind.ORDERS)

    assert "order_number" not in row.document
    assert codes_of(row) == ["cell.code_nothing"]


@pytest.mark.parametrize(
    ("header", "cell", "path", "value"),
    [
        ("原产国", "NA", "origin_country", "NA"),
        ("是否带电", "无", "battery", False),
        ("是否带电", "-", "battery", None),
        ("attributes.closure", "none", "attributes", {"closure": "none"}),
        ("attributes.region", "NA", "attributes", {"region": "NA"}),
        ("attributes.closure", "--", "attributes", None),
    ],
)
def test_words_that_are_a_value_of_their_column_are_kept(
    header: str, cell: str, path: str, value: object
) -> None:
    assert read_cell(header, cell).document.get(path) == value


@pytest.mark.parametrize(
    ("word", "rule", "kept"),
    [
        ("无", {"type": "integer"}, False),
        ("无", {"type": "boolean"}, True),
        ("none", {"type": "string", "enum": ["None", "zip"]}, True),
        ("none", {"type": "string"}, False),
        ("none", {"type": "array", "items": {"type": "string"}}, False),
    ],
)
def test_the_type_of_a_product_says_whether_a_word_is_a_value(
    word: str, rule: dict[str, object], kept: bool
) -> None:
    typed = typed_attributes({"a": word}, {"properties": {"a": rule}})

    assert bool(typed) is kept
