"""Which column is what: by its header, by its values where these decide, never by a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.imports import (
    Cell,
    ColumnMapping,
    ImportKind,
    Severity,
    is_target,
    match_columns,
)
from services.catalog.domain.imports.fields import FIELDS
from tests.support.sheets import rows_of

PRODUCTS = ImportKind.PRODUCTS


def _match(
    *names: str, kind: ImportKind = PRODUCTS, sample: tuple[Cell, ...] = ()
) -> ColumnMapping:
    return match_columns(names, kind, {}, sample=rows_of(sample) if sample else ())


def _targets(mapping: ColumnMapping) -> dict[str, str]:
    return {column.name: column.target for column in mapping.columns}


def _findings(mapping: ColumnMapping) -> list[tuple[str, str]]:
    return [
        (finding.code.removeprefix("catalog.column."), finding.column or finding.field)
        for finding in mapping.findings
    ]


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("重量(g)净重", "net_weight_g@g"),
        ("净重（KG）", "net_weight_g@kg"),
        ("净重/千克", "net_weight_g@千克"),
        ("Net weight (kg)", "net_weight_g@kg"),
        ("NET_WEIGHT_KG", "net_weight_g@kg"),
        ("ｎｅｔ　ｗｅｉｇｈｔ（ｇ）", "net_weight_g@g"),
        ("净重\n(g)", "net_weight_g@g"),
        ("净重\u00a0[单位：kg]", "net_weight_g@kg"),
        ("N.W.(kgs)\n净重", "net_weight_g@kgs"),
        ("net_weight_g", "net_weight_g@g"),
        ("长*宽*高(cm)", "size_mm@cm"),
        ("尺寸(长x宽x高 cm)", "size_mm@cm"),
        ("尺寸", "size_mm"),
        ("单价（美元）", "price.amount@USD"),
        ("Price USD", "price.amount@USD"),
        ("Price ($)", "price.amount"),
        ("价格(元)", "price.amount@CNY"),
        ("售价（US$）", "price.amount@USD"),
        ("*商品编码(必填)", "sku"),
        ("Seller SKU *", "sku"),
        ("英文品名", "title.en"),
        ("产品英文名称", "title.en"),
        ("标题（德语）", "title.de"),
        ("Title [zh-CN]", "title.zh-CN"),
        ("品名(中文)", "title.zh-CN"),
        ("title.pt-BR", "title.pt-BR"),
        ("卖点1（英文）", "highlights.en"),
        ("highlights.en.3", "highlights.en"),
        ("HS CODE", "hs_code"),
        ("H.S. Code\n海关编码", "hs_code"),
        ("GTIN, UPC, EAN, or ISBN", "gtin"),
        ("Variant Grams", "gross_weight_g@g"),
        ("attributes.length_in", "attributes.length_in"),
        ("options.color", "options.color"),
        ("main_image_url", "media.main"),
        ("other_image_url2", "media.gallery"),
        ("are_batteries_included", "battery"),
        ("重量(kg) › 净重", "net_weight_g@kg"),
        ("重量 › 毛重(g)", "gross_weight_g@g"),
        ("尺寸(cm) › 长", "size_mm.0@cm"),
        ("基本信息 › SKU", "sku"),
    ],
)
def test_header_is_understood(header: str, target: str) -> None:
    # A side of the size counts with the two others only.
    others = ["宽(cm)", "高(cm)"] if "size_mm.0" in target else []

    assert _targets(_match(header, *others))[header] == target


@pytest.mark.parametrize(
    "header",
    [
        "采购价",
        "成本价",
        "备注",
        "Compare at price",
        "Price (kg)",
        "Weight (cm)",
        "规格",
        "供应商",
        "x" * 200,
    ],
)
def test_header_that_is_not_known_is_a_finding(header: str) -> None:
    assert ("unknown", header) in _findings(_match("SKU", header))


@pytest.mark.parametrize("header", ["重量(g)", "Weight (kg)", "商品重量"])
def test_header_that_can_be_two_things_is_not_read(header: str) -> None:
    mapping = _match("SKU", header)

    assert _targets(mapping) == {"SKU": "sku"}
    (finding,) = mapping.findings
    assert finding.code == "catalog.column.unclear"
    assert finding.params["candidates"] == "gross_weight_g, net_weight_g"
    assert not mapping.usable


def test_halves_that_disagree_are_not_read() -> None:
    assert _findings(_match("SKU", "毛重 Net weight")) == [("unclear", "毛重 Net weight")]


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("白色心形烛台 LED", "title.zh-CN"),
        ("White heart holder", "title.en"),
        ("Würfel für Bäume", None),
    ],
)
def test_language_of_a_title_is_that_of_its_values(value: str, target: str | None) -> None:
    mapping = _match("SKU", "商品名称", sample=("A1", value))

    assert _targets(mapping).get("商品名称") == target
    assert _findings(mapping) == [("language" if target else "unclear", "商品名称")]


@pytest.mark.parametrize(("value", "target"), [("30x20x10", "size_mm"), ("XL", "options.size")])
def test_size_is_a_measure_or_a_choice_by_its_values(value: str, target: str) -> None:
    assert _targets(_match("SKU", "Size", sample=("A1", value)))["Size"] == target


def test_two_columns_for_one_field_are_not_read() -> None:
    mapping = _match("SKU", "毛重(g)", "Gross weight (kg)")

    assert _targets(mapping) == {"SKU": "sku"}
    assert _findings(mapping) == [("twice", "毛重(g)"), ("twice", "Gross weight (kg)")]
    assert mapping.findings[0].params["columns"] == "毛重(g), Gross weight (kg)"
    assert not mapping.usable


@pytest.mark.parametrize(
    ("columns", "is_asked"),
    [
        (["重量(kg)"], True),
        (["重量(kg)", "净重(g)"], True),
        (["重量(kg)", "净重(g)", "毛重(g)"], False),
        (["描述"], False),
        (["商品名称", "英文品名"], False),
        (["装箱数", "毛重KG"], True),
        (["装箱数", "毛重KG", "单品毛重(g)"], False),
        (["毛重(g)", "Gross weight (kg)"], True),
        (["材质", "成分"], False),
    ],
)
def test_only_what_rows_need_and_no_other_column_gives_is_asked(
    columns: list[str], is_asked: bool
) -> None:
    mapping = _match("SKU", *columns, sample=("A1", *["Würfel für Bäume"] * len(columns)))

    assert mapping.usable is not is_asked


@pytest.mark.parametrize("blank", ["", None, " ", "-", "无"])
@pytest.mark.parametrize("columns", [["重量(kg)"], ["毛重(g)", "Gross weight (kg)"]])
def test_a_column_without_values_never_asks(columns: list[str], blank: Cell) -> None:
    sample = ("A1", *["5"] * (len(columns) - 1), blank)

    mapping = _match("SKU", *columns, sample=sample)

    assert mapping.usable
    assert [finding.column for finding in mapping.findings] == []


def test_constant_answers_for_a_column() -> None:
    mapping = match_columns(
        ("SKU", "重量(kg)"), PRODUCTS, {}, constants={"net_weight_g": "5g", "gross_weight_g": "6g"}
    )

    assert mapping.usable


def test_candidates_have_the_unit_of_the_header_and_so_has_what_is_chosen() -> None:
    asked = _match("SKU", "重量(kg)", sample=("A1", "1.5"))
    answered = match_columns(("SKU", "重量(kg)"), PRODUCTS, {"重量(kg)": "net_weight_g"})

    assert asked.candidates == {"重量(kg)": ["gross_weight_g@kg", "net_weight_g@kg"]}
    assert _targets(answered)["重量(kg)"] == "net_weight_g@kg"


def test_side_beside_a_whole_size_is_not_read_and_says_what_is() -> None:
    mapping = match_columns(("SKU", "尺寸(cm)", "长(cm)"), ImportKind.PRODUCTS, {})
    assert [column.path for column in mapping.columns] == ["sku", "size_mm"]
    (finding,) = mapping.findings
    assert finding.code == "catalog.column.second"
    assert "长(cm) could be size_mm too, but 尺寸(cm)" in finding.detail.in_language("en")


def test_usual_name_goes_before_another_one_and_says_so() -> None:
    mapping = _match("货号", "SKU", "售价", "申报价值(美元)")

    assert _targets(mapping) == {"SKU": "sku", "售价": "price.amount"}
    assert ("second", "货号") in _findings(mapping)
    assert ("second", "申报价值(美元)") in _findings(mapping)


def test_remembered_choice_wins() -> None:
    remembered = {
        "重量（g）": "net_weight_g@g",
        "Weight": "gross_weight_g@kg",
        "货号": "sku",
        "备注": "",
    }

    mapping = match_columns(["SKU", "货号", "重量(G)", "Weight", "备注"], PRODUCTS, remembered)

    assert _targets(mapping) == {
        "货号": "sku",
        "重量(G)": "net_weight_g@g",
        "Weight": "gross_weight_g@kg",
    }
    assert _findings(mapping) == [("second", "SKU")]
    assert mapping.remembered["Weight"] == "gross_weight_g@kg"


def test_remembered_choice_that_is_no_field_is_said() -> None:
    mapping = match_columns(["SKU", "x"], PRODUCTS, {"x": "colour"})

    assert _findings(mapping) == [("unknown", "x")]
    assert is_target(PRODUCTS, "net_weight_g@kg")
    assert is_target(PRODUCTS, "")
    assert not is_target(PRODUCTS, "colour")


@pytest.mark.parametrize(
    ("kind", "target", "fits"),
    [
        (PRODUCTS, "size_mm@cm", True),
        (PRODUCTS, "price.amount@USD", True),
        (ImportKind.ORDERS, "ordered_at@+08:00", True),
        (PRODUCTS, "net_weight_g@foo", False),
        (PRODUCTS, "net_weight_g@cm", False),
        (PRODUCTS, "net_weight_g@", False),
        (PRODUCTS, "price.amount@usd", False),
        (PRODUCTS, "brand@kg", False),
        (ImportKind.ORDERS, "ordered_at@+99:99", False),
        (ImportKind.ORDERS, "ordered_at@Berlin", False),
    ],
)
def test_unit_of_a_target_is_one_of_its_column(kind: ImportKind, target: str, fits: bool) -> None:
    assert is_target(kind, target) is fits


@pytest.mark.parametrize("kind", ImportKind)
@pytest.mark.parametrize("unit", ["", "(kg)", "(厘米)", "(USD)", "（元）", "(北京时间)", "(UTC)"])
def test_whatever_a_column_is_recognised_as_can_be_chosen(kind: ImportKind, unit: str) -> None:
    names = {name for field in FIELDS[kind] for name in (field.path, field.names.split("|")[0])}

    for name in names:
        mapping = match_columns((f"{name}{unit}",), kind, {})
        assert all(is_target(kind, column.target) for column in mapping.columns), name


@pytest.mark.parametrize("kind", list(ImportKind))
def test_column_that_every_row_needs_is_missed(kind: ImportKind) -> None:
    mapping = _match("备注", kind=kind)

    missing = {finding.field for finding in mapping.findings if finding.severity is Severity.ERROR}
    assert missing == {field.path for field in FIELDS[kind] if field.needed}
    assert not mapping.usable


def test_constant_stands_for_a_column() -> None:
    mapping = match_columns(["SKU", "Price"], ImportKind.PRICES, {}, constants={"market": "DE"})

    assert mapping.usable


def test_sides_come_together_or_not_at_all() -> None:
    assert _findings(_match("SKU", "长(cm)", "宽(cm)")) == [
        ("size_incomplete", "长(cm)"),
        ("size_incomplete", "宽(cm)"),
    ]


def test_weights_beside_a_count_of_cartons_have_to_name_a_piece() -> None:
    mapping = _match("SKU", "装箱数", "毛重KG", "单品净重KG")

    assert _targets(mapping) == {"SKU": "sku", "单品净重KG": "net_weight_g@KG".lower()}
    assert ("per_carton", "毛重KG") in _findings(mapping)


def test_column_without_a_header_is_a_finding_if_it_has_values() -> None:
    assert _findings(_match("SKU", "", "", sample=("A1", "x", None))) == [("nameless", "")]


def test_times_without_a_zone_say_which_one_is_taken() -> None:
    without, with_zone = ("2026-11-22 08:26",), ("2026-11-22T08:26:00+01:00",)

    def zones(header: str, cells: tuple[Cell, ...]) -> bool:
        mapping = _match(header, kind=ImportKind.PRICES, sample=cells)
        return ("time_zone", header) in _findings(mapping)

    assert zones("Valid from", without)
    assert not zones("Valid from", with_zone)
    assert not zones("Valid from (UTC)", without)


_HEADERS = [
    *(
        name.partition("@")[0]
        for field in FIELDS[PRODUCTS]
        for name in field.names.split("|")
        if name
    ),
    *("净重(kg)", "重量", "Weight (g)", "品名", "Title (German)", "单价（美元）", "?", "", "x"),
]


@given(st.lists(st.sampled_from(_HEADERS), max_size=12))
def test_no_two_columns_are_one_field_unless_it_is_a_list(headers: list[str]) -> None:
    mapping = match_columns(headers, PRODUCTS, {})

    single = [
        column.path
        for column in mapping.columns
        if not column.path.startswith(("highlights.", "warnings.", "media"))
    ]
    assert len(single) == len(set(single))
    # Whatever is not read is named, all but empty headers.
    read = {column.index for column in mapping.columns}
    named = " ".join(finding.column for finding in mapping.findings)
    for index, header in enumerate(headers):
        assert index in read or not header or header in named


@given(st.text(max_size=60))
def test_any_header_is_read_or_named(header: str) -> None:
    mapping = match_columns([header], PRODUCTS, {})

    assert len(mapping.columns) <= 1
    assert mapping.columns or mapping.findings


@pytest.mark.parametrize(
    ("header", "value", "target"),
    [
        ("Handle", "shirt", "row.handle"),
        ("URL handle", "shirt", "row.handle"),
        ("Weight value (grams)", "200", "gross_weight_g@grams"),
        ("Variant Image", "https://m.example/1.jpg", "media.main"),
        ("Type", "variation, virtual", "row.kind"),
        ("Type", "Shirts", None),
        ("Attribute 1 value(s)", "Red, Blue", "option.1.value"),
        ("parent_child", "Child", "row.kind"),
        ("Parentage Level", "Parent", "row.kind"),
        ("variation_theme", "SizeColor", "row.theme"),
        ("Item Name (aka Title)", "Shirt", "title.en"),
        ("Your Price USD (Sell on Amazon, US)", "9.99", "price.amount@USD"),
        ("product_type", "Home > Lamps", None),
        ("product_type", "lamp", "product_type"),
        ("item_group_id", "G-1", "parent_sku"),
        ("主商品编码", "G-1", "parent_sku"),
        ("属性:颜色", "红", "options.color"),
        ("Place of Origin", "Zhejiang", "origin_country"),
    ],
)
def test_columns_of_other_platforms(header: str, value: str, target: str | None) -> None:
    assert _targets(_match("SKU", header, sample=("A1", value))).get(header) == target


def test_of_two_sizes_that_of_the_package_counts() -> None:
    sides = [f"{what}规格-{side}(cm)" for what in ("单品", "包装") for side in "长宽高"]
    mapping = _match("SKU", *sides)

    assert [column.name for column in mapping.columns[1:]] == sides[3:]
    assert mapping.usable


@pytest.mark.parametrize(("repeats", "target"), [(True, "parent_sku"), (False, None)])
def test_a_style_number_beside_the_sku_is_the_parent_if_it_repeats(
    repeats: bool, target: str | None
) -> None:
    rows = rows_of(("K", "A1", "红"), ("K" if repeats else "L", "A2", "蓝"))
    mapping = match_columns(("货号", "SKU", "颜色"), PRODUCTS, {}, sample=rows)

    assert _targets(mapping).get("货号") == target
    assert _targets(mapping)["SKU"] == "sku"
