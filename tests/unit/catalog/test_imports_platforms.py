"""Columns of files as shops, marketplaces and merchants' systems export them."""

from pathlib import Path

import pytest

from services.catalog.domain.imports import Cell, ColumnMapping, ImportKind, match_columns
from tests.support.sheets import rows_of, sheet_of


def _match(
    kind: ImportKind, names: tuple[str, ...], *sample: tuple[Cell, ...]
) -> tuple[dict[str, str], ColumnMapping]:
    mapping = match_columns(names, kind, {}, sample=rows_of(*sample))
    return {column.name: column.target for column in mapping.columns}, mapping


def _told(mapping: ColumnMapping) -> set[tuple[str, str]]:
    return {
        (finding.code.removeprefix("catalog.column."), finding.column or finding.field)
        for finding in mapping.findings
    }


@pytest.mark.parametrize(
    ("kind", "header", "target"),
    [
        ("products", "Custom label (SKU)", "sku"),  # eBay
        ("products", "CustomLabel", "sku"),
        ("products", "Item photo URL", "media"),
        ("products", "P:EAN", "gtin"),
        ("products", "Reference #", "sku"),  # PrestaShop
        ("products", "Price tax excluded", "price.amount"),
        ("products", "Product Code/SKU", "sku"),  # BigCommerce
        ("products", "Weight value (grams)", "gross_weight_g@grams"),  # Shopify
        ("products", "Your Price USD (Sell on Amazon, US)", "price.amount@USD"),
        ("products", "商家SKU", "sku"),  # 京东
        ("products", "京东价", "price.amount"),
        ("products", "outer_id", "sku"),  # 淘宝助理
        ("products", "SKU货号", "sku"),  # Temu
        ("products", "主条码", "gtin"),  # 旺店通
        ("products", "存货编码", "sku"),  # 用友
        ("products", "单价(含税)", "price.amount"),  # quotations
        ("products", "品名 Description (English)", "title.en"),
        ("stock", "实际库存数", "on_hand"),  # 聚水潭
        ("stock", "库存总量", "on_hand"),  # 店小秘, 马帮
        ("stock", "现存数量", "on_hand"),  # 用友
        ("stock", "On hand (current)", "on_hand"),  # Shopify
        ("stock", "Available quantity", "on_hand"),  # eBay
        ("orders", "Sale Date", "ordered_at"),  # Etsy
        ("orders", "Ship Zipcode", "ship_to.postal_code"),
        ("orders", "订单成交时间", "ordered_at"),  # 拼多多
        ("orders", "商家编码-规格维度", "sku"),
    ],
)
def test_header_of_a_platform_is_understood(kind: str, header: str, target: str) -> None:
    assert _match(ImportKind(kind), (header,))[0] == {header: target}


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (("Item number", "Custom label (SKU)"), "Custom label (SKU)"),
        (("Product ID", "Reference #"), "Reference #"),
        (("Product ID", "Product Code/SKU"), "Product Code/SKU"),
    ],
)
def test_number_that_a_shop_has_given_is_not_the_sku_where_that_is_there(
    names: tuple[str, ...], read: str
) -> None:
    targets, _ = _match(ImportKind.PRODUCTS, names, ("123456", "MUG-1"))

    assert targets.get(read) == "sku"


def test_number_taken_for_the_sku_is_told() -> None:
    targets, mapping = _match(ImportKind.PRODUCTS, ("Item number", "Title"), ("123", "Mug"))

    assert targets["Item number"] == "sku"
    assert ("assumed", "Item number") in _told(mapping)


@pytest.mark.parametrize("names", [("SKU", "Location"), ("SKU", "afn-warehouse-quantity")])
def test_stock_without_a_quantity_is_asked_about(names: tuple[str, ...]) -> None:
    _, mapping = _match(ImportKind.STOCK, names, ("MUG-1", "5"))

    assert not mapping.usable
    assert ("missing", "on_hand") in _told(mapping)


def test_differences_are_a_quantity() -> None:
    assert _match(ImportKind.STOCK, ("SKU", "变动数量"), ("MUG-1", "5"))[1].usable


def test_what_is_available_gives_way_to_what_is_there() -> None:
    names = ("SKU", "Available", "On hand")
    targets, mapping = _match(ImportKind.STOCK, names, ("MUG-1", "10", "12"))

    assert targets == {"SKU": "sku", "On hand": "on_hand"}
    assert mapping.usable
    alone, told = _match(ImportKind.STOCK, names[:2], ("MUG-1", "10"))
    assert alone["Available"] == "on_hand"
    assert ("assumed", "Available") in _told(told)


def test_merchants_own_number_gives_way_to_that_of_the_marketplace() -> None:
    names = ("amazon-order-id", "merchant-order-id")
    targets, _ = _match(ImportKind.ORDERS, names, ("302-1", "302-1"))

    assert targets == {"amazon-order-id": "order_number"}


def test_name_of_an_order_is_its_number_beside_lines_of_items() -> None:
    with_lines, _ = _match(ImportKind.ORDERS, ("Name", "Lineitem quantity"), ("#1001", "2"))
    without, _ = _match(ImportKind.ORDERS, ("Name", "Quantity"), ("Smith", "2"))

    assert with_lines["Name"] == "order_number"
    assert "Name" not in without


def test_id_of_a_feed_is_the_sku_unless_there_is_one() -> None:
    names = ("id", "title", "image_link")
    row = ("M-1", "Mug", "https://example.com/1.jpg")
    assert _match(ImportKind.PRODUCTS, names, row)[0]["id"] == "sku"
    both, _ = _match(ImportKind.PRODUCTS, (*names, "SKU"), (*row, "M-2"))
    assert both["SKU"] == "sku"


def test_pictures_by_the_names_of_their_files_are_left_out() -> None:
    names = ("SKU", "图片")
    targets, mapping = _match(ImportKind.PRODUCTS, names, ("M-1", "M-1.jpg"), ("M-2", ""))

    assert targets == {"SKU": "sku"}
    assert ("no_addresses", "图片") in _told(mapping)
    assert mapping.usable


def test_one_address_makes_the_others_faults() -> None:
    names = ("SKU", "Main image", "Image 1")
    targets, _ = _match(ImportKind.PRODUCTS, names, ("M-1", "https://example.com/1.jpg", "M-1.jpg"))

    assert targets["Image 1"] == "media"


def test_notes_below_the_header_are_no_row(tmp_path: Path) -> None:
    """Templates of marketplaces say there what has to be filled in."""
    sheet = sheet_of(
        tmp_path / "f",
        b"Parent SKU,Product Name,Price,SKU\n"
        b"Optional,Mandatory,Conditional Mandatory,Optional\nMUG,Mug,12.99,MUG-R\n",
    )

    assert [row.cells[-1] for row in sheet.rows()] == ["MUG-R"]


@pytest.mark.parametrize(
    ("cells", "candidates"),
    [
        (("0.3", "1,2"), ["@kg", "@g", "@lb"]),
        ((0.3, 300), ["@kg", "@g", "@lb"]),
        (("300 g", "0.3"), [""]),
    ],
)
def test_weight_without_a_unit_is_asked_about_with_its_unit(
    cells: tuple[Cell, Cell], candidates: list[str]
) -> None:
    """Whoever answers only what it is would see every row fail."""
    _, mapping = _match(ImportKind.PRODUCTS, ("SKU", "Weight"), *(("A", cell) for cell in cells))

    assert mapping.candidates["Weight"] == [
        f"{path}{unit}" for path in ("gross_weight_g", "net_weight_g") for unit in candidates
    ]


def test_unit_in_a_column_of_its_own_is_not_asked_for() -> None:
    names = ("SKU", "Weight", "Weight unit")
    _, mapping = _match(ImportKind.PRODUCTS, names, ("A", "0.3", "kg"))

    assert mapping.candidates["Weight"] == ["gross_weight_g", "net_weight_g"]
