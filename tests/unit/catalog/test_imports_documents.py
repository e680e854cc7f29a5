"""A row as a partial document: only what the file has, and nothing that was not understood."""

import pytest

from services.catalog.domain.imports import (
    Cell,
    CellFault,
    ConstantUnreadable,
    EmptyCells,
    ImportKind,
    RowDocument,
    Severity,
    SheetRow,
    documents,
    match_columns,
    typed_attributes,
)
from services.catalog.domain.imports.fault_kinds import ROW_QUOTES
from tests.support.sheets import rows_of

PRODUCTS = ImportKind.PRODUCTS


def _read(
    columns: list[str],
    *rows: list[Cell],
    kind: ImportKind = PRODUCTS,
    empty: EmptyCells = "keep",
    constants: dict[str, str] | None = None,
) -> list[RowDocument]:
    sheet_rows = rows_of(*rows)
    mapping = match_columns(columns, kind, {}, sample=sheet_rows, constants=constants)
    return list(documents(sheet_rows, mapping, empty=empty))


def _one(columns: list[str], row: list[Cell], kind: ImportKind = PRODUCTS) -> RowDocument:
    (document,) = _read(columns, row, kind=kind)
    return document


def test_whole_product() -> None:
    row = _one(
        ["SKU", "英文品名", "品名(中文)", "长(cm)", "宽(cm)", "高(cm)", "price", "currency"],
        ["A1", "Lamp", "灯", 30, "20", 10.5, "1.65", "欧元"],
    )

    assert row.document == {
        "sku": "A1",
        "title": {"en": "Lamp", "zh-CN": "灯"},
        "size_mm": [300, 200, 105],
        "price": {"amount": "1.65", "currency": "EUR"},
    }
    assert row.findings == ()


def test_empty_cells_keep_or_clear_what_is_optional() -> None:
    columns = [
        "SKU",
        "英文品名",
        "品名(中文)",
        "品牌",
        "净重(g)",
        "主图",
        "卖点1（英文）",
        "options.color",
    ]
    row: list[Cell] = ["A1", "", None, " ", "", "", "", None]

    kept, cleared = _read(columns, row)[0], _read(columns, row, empty="clear")[0]

    assert kept.document == {"sku": "A1"}
    assert cleared.document == {
        "sku": "A1",
        "title": {"zh-CN": None},
        "brand": None,
        "media": None,
        "highlights": {"en": None},
        "options": {"color": None},
    }


def test_size_with_one_side_missing_is_a_fault() -> None:
    row = _one(["SKU", "长(cm)", "宽(cm)", "高(cm)"], ["A1", 1, "", 3])

    assert row.document == {"sku": "A1"}
    assert [finding.code for finding in row.findings] == ["catalog.cell.size_incomplete"]


def test_failed_amount_does_not_leave_its_currency_behind() -> None:
    row = _one(["SKU", "price", "currency"], ["A1", "call us", "USD"])

    assert row.document == {"sku": "A1"}
    assert row.has_errors


@pytest.mark.parametrize(
    ("amount", "currency", "price"),
    [
        ("¥5", "JPY", {"amount": "5", "currency": "JPY"}),
        ("$5", "CAD", {"amount": "5", "currency": "CAD"}),
        ("5", "", {"amount": "5"}),
        ("€5", "", {"amount": "5", "currency": "EUR"}),
        ("€5", "USD", None),
        ("$5", "EUR", None),
    ],
)
def test_sign_and_column_of_the_currency(
    amount: str, currency: str, price: dict[str, str] | None
) -> None:
    row = _one(["SKU", "price", "currency"], ["A1", amount, currency])

    assert row.document.get("price") == price
    assert row.has_errors == (price is None)


def test_unit_may_stand_in_a_column_of_its_own() -> None:
    columns = ["item_sku", "item_weight", "item_weight_unit_of_measure", "package_length"]
    columns += ["package_width", "package_height", "package_length_unit_of_measure"]

    first, second = _read(
        columns, ["A", 1.5, "KG", 10, 20, 30, "IN"], ["B", 9, "OZ", 1, 2, 3, "CM"]
    )

    assert first.document == {"sku": "A", "net_weight_g": 1500, "size_mm": [254, 508, 762]}
    assert second.document == {"sku": "B", "net_weight_g": 255, "size_mm": [10, 20, 30]}
    assert [finding.severity for finding in second.findings] == [Severity.WARNING]


def test_unit_that_is_none_is_said_and_grams_need_none() -> None:
    columns = ["Variant SKU", "Variant Grams", "Variant Weight Unit", "net weight"]

    (row,) = _read(columns, ["A", 300, "stone", 5])

    assert row.document == {"sku": "A", "gross_weight_g": 300}
    assert [(f.column, f.code) for f in row.findings] == [
        ("Variant Weight Unit", "catalog.cell.unit")
    ]


def test_lists_are_whole_or_not_there() -> None:
    columns = ["sku", "bullet_point1 en", "bullet_point2 en", "main_image_url", "other_image_url1"]

    good = _one(columns, ["A", "one", "two", "https://a.example/m.jpg", "https://a.example/1.jpg"])
    bad = _one(columns, ["A", "one", "=x()", "https://a.example/m.jpg", "no address"])

    assert good.document["highlights"] == {"en": ["one", "two"]}
    assert [(one["role"], one["url"][-5:]) for one in good.document["media"]] == [
        ("main", "m.jpg"),
        ("gallery", "1.jpg"),
    ]
    assert bad.document == {"sku": "A"}
    assert len(bad.findings) == 2


def test_options_named_by_a_cell() -> None:
    columns = ["Variant SKU", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value"]

    row = _one(columns, ["A", "Color", "Red", "Shoe Size", "42"])

    assert row.document["options"] == {"color": "Red", "shoe_size": "42"}


def test_product_without_variants_has_no_options() -> None:
    columns = ["Variant SKU", "Option1 Name", "Option1 Value"]

    row = _one(columns, ["A", "Title", "Default Title"])

    assert row.document == {"sku": "A"}


def test_column_decides_what_a_comma_and_a_date_mean() -> None:
    decided = _read(["SKU", "price"], ["A", "1,234"], ["B", "12,5"])
    assert decided[0].document["price"] == {"amount": "1.234"}

    columns = ["SKU", "market", "price", "valid from"]
    first, _ = _read(
        columns,
        ["A", "DE", "1", "03/04/2026"],
        ["B", "DE", "1", "25/04/2026"],
        kind=ImportKind.PRICES,
    )
    assert first.document["valid_from"] == "2026-04-03T00:00:00+08:00"


def test_values_that_contradict_decide_nothing() -> None:
    row = _read(["SKU", "price"], ["A", "1,234"], ["B", "12,5"], ["C", "12.5"])[0]

    assert row.findings[0].code == "catalog.cell.separator_unclear"


def test_line_of_an_order() -> None:
    columns = [
        "订单号",
        "站点",
        "下单时间(UTC)",
        "SKU",
        "数量",
        "单价",
        "币种",
        "收件人国家",
        "邮编",
    ]

    row = _one(
        columns,
        ["304-1", "Amazon.de", "2026-11-22 08:26", "A1", "2", "2,55", "EUR", "德国", "10115"],
        ImportKind.ORDERS,
    )

    assert row.findings == ()
    assert row.document == {
        "store": "DE",
        "order_number": "304-1",
        "ordered_at": "2026-11-22T08:26:00Z",
        "ship_to": {"country": "DE", "postal_code": "10115"},
        "lines": [
            {"sku": "A1", "quantity": 2, "unit_price": {"amount": "2.55", "currency": "EUR"}}
        ],
    }


@pytest.mark.parametrize(("total", "price"), [("13.00", "6.50"), ("0.01", None)])
def test_total_of_a_line_is_divided_if_that_is_exact(total: str, price: str | None) -> None:
    columns = ["order-id", "sku", "quantity-purchased", "item-price"]

    row = _one(columns, ["1", "A", 2, total], ImportKind.ORDERS)

    line = row.document["lines"][0]
    assert line.get("unit_price") == (price and {"amount": price})
    assert row.has_errors == (price is None)


def test_constant_is_the_value_of_every_row() -> None:
    constants = {"price.currency": "美元", "battery": "否"}

    rows = _read(["SKU", "price"], ["A", "5"], ["B", "6"], constants=constants)

    assert [row.document for row in rows] == [
        {"sku": "A", "price": {"amount": "5", "currency": "USD"}, "battery": False},
        {"sku": "B", "price": {"amount": "6", "currency": "USD"}, "battery": False},
    ]
    with pytest.raises(ConstantUnreadable):
        _read(["SKU"], ["A"], constants={"battery": "maybe"})


def test_faulty_rows_and_ready_documents_pass_through() -> None:
    mapping = match_columns(["SKU"], PRODUCTS, {})
    broken = SheetRow(2, ('A1,"open',), CellFault(ROW_QUOTES))
    ready = SheetRow(3, (), document={"sku": "A2"})

    first, second = documents([broken, ready], mapping)

    assert first.document == {}
    assert (first.findings[0].line, first.findings[0].value) == (2, 'A1,"open')
    assert second.document == {"sku": "A2"}


def test_equal_values_of_several_types_are_not_mixed_up() -> None:
    rows = _read(["SKU", "净重(g)"], ["A", 1], ["B", True], ["C", 1.0], ["D", "1"])

    assert [row.document.get("net_weight_g") for row in rows] == [1, None, 1, 1]
    assert [row.has_errors for row in rows] == [False, True, False, False]


def test_markup_of_shop_systems_becomes_text() -> None:
    html = "<p>Holds one <b>light</b> &amp; more</p><ul><li>a</li><li>b</li></ul><style>p{}</style>"

    row = _one(["SKU", "Body (HTML) (English)"], ["A", html])

    assert row.document["description"] == {"en": "Holds one light & more\n- a\n- b"}
    assert [finding.code for finding in row.findings] == ["catalog.cell.html"]


def test_text_with_a_sign_is_not_markup() -> None:
    row = _one(["SKU", "Description (English)"], ["A", "5 < 6, <= 7 & a<b"])

    assert row.document["description"] == {"en": "5 < 6, <= 7 & a<b"}


def test_attributes_take_the_kind_that_their_schema_asks_for() -> None:
    schema: dict[str, object] = {
        "properties": {
            "watt": {"type": "number"},
            "count": {"type": "integer"},
            "dimmable": {"type": "boolean"},
            "colors": {"type": "array", "items": {"type": "string", "enum": ["Red", "Blue"]}},
            "base": {"$ref": "#/$defs/base"},
            "either": {"type": ["integer", "string"]},
            "maybe": {"type": ["number", "null"]},
        },
        "$defs": {"base": {"enum": ["E27", "GU10"], "type": "string"}},
    }
    columns = [f"attributes.{name}" for name in ("watt", "count", "dimmable", "colors", "base")]
    row = _one(
        ["SKU", *columns, "attributes.either"], ["A", "1,5", "3", "是", "red; BLUE", "e27", "7"]
    )

    assert typed_attributes(row.document["attributes"], schema) == {
        "watt": 1.5,
        "count": 3,
        "dimmable": True,
        "colors": ["Red", "Blue"],
        "base": "E27",
        "either": "7",
    }
    strange = {"watt": "bright", "count": "1.5", "other": "x", "maybe": "2", "colors": ["Red"]}
    assert typed_attributes(strange, schema) == {**strange, "maybe": 2}


def test_chinese_names_of_axes() -> None:
    row = _one(["Variant SKU", "Option1 Name", "Option1 Value"], ["A", "颜色", "红色"])

    assert row.document["options"] == {"color": "红色"}
