"""Empty files for imports, to fill in."""

from typing import Final

from services.catalog.clients.sheets import SheetFormat, template_file
from services.catalog.domain.imports.rows import ImportKind
from services.catalog.domain.imports.template import template_columns
from shared.kernel.errors import Locale, Text
from shared.kernel.json import JsonObject

_SHEETS: Final = {
    ImportKind.PRODUCTS: Text("Products", "商品"),
    ImportKind.PRICES: Text("Prices", "价格"),
    ImportKind.STOCK: Text("Stock", "库存"),
    ImportKind.ORDERS: Text("Orders", "订单"),
}
_HELP: Final = Text("Help", "填写说明")


def make_template(
    kind: ImportKind,
    form: SheetFormat,
    locale: Locale,
    *,
    product_type: str | None = None,
    schema: JsonObject | None = None,
) -> bytes:
    """The file: for a thread, because a workbook takes its time.

    Raises TemplateWithoutAttributes.
    """
    columns = template_columns(kind, locale, product_type=product_type, schema=schema)
    sheet, told = _SHEETS[kind].render(locale, {}), _HELP.render(locale, {})
    return template_file(columns, form, sheet=sheet, help_sheet=told)
