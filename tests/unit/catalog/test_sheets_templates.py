"""Empty files to fill in: the importer knows every header without asking, and finds nothing in them
that is not the sender's.
"""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from services.catalog.clients.sheets import SheetFormat, SheetLimits, open_sheet, template_file
from services.catalog.domain.imports import ImportKind, documents, match_columns, typed_attributes
from services.catalog.domain.imports.fields import is_needed
from services.catalog.domain.imports.template import (
    TemplateColumn,
    TemplateWithoutAttributes,
    template_columns,
)
from services.catalog.use_cases.imports.templates import make_template
from shared.kernel.errors import Locale
from tests.support.sheets import rows_of

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["hair"],
    "properties": {
        "hair": {"title": "Hair", "x-titles": {"zh-CN": "发质"}, "enum": ["human", "blend"]},
        "length_in": {"type": "number", "x-unit": "in"},
        "layers": {"$ref": "#/$defs/count"},
        "colours": {"type": "array", "items": {"type": "string"}},
        "cap": {"type": "object"},
        "带名": {"type": "string"},
    },
    "$defs": {"count": {"type": "integer"}},
}
EVERY = pytest.mark.parametrize("locale", ["en", "zh-CN"])
KINDS = pytest.mark.parametrize("kind", list(ImportKind))


@EVERY
@KINDS
@pytest.mark.parametrize("form", [SheetFormat.CSV, SheetFormat.XLSX])
def test_every_column_is_recognised_before_there_is_a_row(
    tmp_path: Path, kind: ImportKind, form: SheetFormat, locale: Locale
) -> None:
    columns = template_columns(kind, locale, schema=None)
    (tmp_path / "t").write_bytes(make_template(kind, form, locale))

    sheet = open_sheet(tmp_path / "t", filename=None, limits=SheetLimits())

    mapping = match_columns(sheet.shape.columns, kind, {}, sample=sheet.sample)
    assert sheet.shape.columns == tuple(column.header for column in columns)
    assert (list(sheet.rows()), sheet.findings, mapping.findings) == ([], (), ())
    assert mapping.usable
    assert len(mapping.columns) == len(columns)


@EVERY
@KINDS
def test_what_is_given_as_an_example_can_be_read(kind: ImportKind, locale: Locale) -> None:
    columns = template_columns(kind, locale, schema=None)
    rows = rows_of([column.example for column in columns])

    mapping = match_columns([column.header for column in columns], kind, {}, sample=rows)

    (row,) = documents(rows, mapping)
    assert (mapping.findings, row.findings) == ((), ())
    assert len(mapping.columns) == len(columns)


@EVERY
def test_products_have_all_that_a_new_one_needs(locale: Locale) -> None:
    columns = template_columns(ImportKind.PRODUCTS, locale, schema=None)
    rows = rows_of([column.example for column in columns])
    mapping = match_columns(
        [column.header for column in columns], ImportKind.PRODUCTS, {}, sample=rows
    )

    (row,) = documents(rows, mapping)

    assert row.document["size_mm"] == [120, 80, 60]
    assert row.document["price"] == {"amount": "1.65", "currency": "USD"}
    assert (row.document["origin_country"], row.document["battery"]) == ("CN", False)
    assert row.document["title"] == {"zh-CN": "白色心形烛台", "en": "White heart tealight holder"}
    needed = {
        column.path for column in mapping.columns if is_needed(ImportKind.PRODUCTS, column.path)
    }
    required = "必填" if locale == "zh-CN" else "required"
    assert sum(required in column.help for column in columns) == len(needed)


@EVERY
def test_attributes_of_a_type_have_a_column_each(locale: Locale) -> None:
    columns = template_columns(ImportKind.PRODUCTS, locale, product_type="wig", schema=SCHEMA)

    own = [column for column in columns if column.header.startswith("attributes.")]
    assert [column.header for column in own] == [
        "attributes.hair", "attributes.length_in", "attributes.layers", "attributes.colours",
    ]  # fmt: skip
    assert own[0].values == ("human", "blend")
    assert ("发质" if locale == "zh-CN" else "Hair") in own[0].help
    assert "in" in own[1].help
    cells = dict(zip([one.header for one in own], ["HUMAN", "12.5", "3", "red; blue"], strict=True))
    rows = rows_of([cells.get(column.header, column.example) for column in columns])
    names = [column.header for column in columns]
    mapping = match_columns(names, ImportKind.PRODUCTS, {}, sample=rows)
    (row,) = documents(rows, mapping)
    assert (mapping.findings, row.findings) == ((), ())
    assert row.document["product_type"] == "wig"
    assert typed_attributes(row.document["attributes"], SCHEMA) == {
        "hair": "human", "length_in": 12.5, "layers": 3, "colours": ["red", "blue"],
    }  # fmt: skip


@pytest.mark.parametrize("kind", [ImportKind.PRICES, ImportKind.STOCK, ImportKind.ORDERS])
def test_only_products_have_attributes(kind: ImportKind) -> None:
    with pytest.raises(TemplateWithoutAttributes):
        template_columns(kind, "en", product_type="wig", schema=SCHEMA)


def test_csv_opens_in_excel_and_has_nothing_but_the_header() -> None:
    content = make_template(ImportKind.STOCK, SheetFormat.CSV, "zh-CN")

    assert content == "\ufeff商品编码,库存数量,原因\r\n".encode()


def test_workbook_is_the_same_each_time() -> None:
    one, other = (make_template(ImportKind.ORDERS, SheetFormat.XLSX, "en") for _ in range(2))

    assert one == other


def test_second_sheet_says_what_belongs_where_and_is_not_read(tmp_path: Path) -> None:
    content = make_template(ImportKind.PRODUCTS, SheetFormat.XLSX, "zh-CN")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        texts = archive.read("xl/sharedStrings.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
        cells = archive.read("xl/worksheets/sheet1.xml").decode()

    assert book.index("商品") < book.index("填写说明")
    assert "毛重(g)：必填；含包装；例如 300" in texts
    assert '<formula1>"是,否"</formula1>' in cells


def test_more_values_than_a_list_of_excel_holds_are_only_named() -> None:
    many = tuple(f"value {number}" for number in range(100))
    content = template_file(
        [TemplateColumn("SKU", "", "SKU"), TemplateColumn("attributes.x", "", "x", many)],
        SheetFormat.XLSX,
        sheet="Products",
        help_sheet="Help",
    )

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "dataValidation" not in archive.read("xl/worksheets/sheet1.xml").decode()


def test_objects_have_no_template() -> None:
    with pytest.raises(ValueError, match="ndjson"):
        make_template(ImportKind.STOCK, SheetFormat.NDJSON, "en")
