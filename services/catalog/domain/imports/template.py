"""What an empty file for each kind of import looks like: its columns, and what is said of each.

Headers are in the reader's language, and such that the importer knows them without being told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.domain.imports.attributes import rule_of
from services.catalog.domain.imports.fields import field_at, is_needed
from services.catalog.domain.imports.rows import ImportKind
from shared.kernel.errors import Invalid, Locale, Text
from shared.kernel.json import JsonObject


class TemplateWithoutAttributes(Invalid):
    code = "catalog.import_template.no_attributes"
    text = Text("Only products have attributes.", "只有商品文件才有属性列。")
    fix = Text("Leave out `product_type`.", "请去掉 product_type。")


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """`example`: a cell that can be read. `help`: a line that says what belongs into the column.
    `values`: all that it can hold, if these are few.
    """

    header: str
    example: str
    help: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    """`header` and `example` in English and Chinese."""

    path: str
    header: Text
    example: Text
    values: tuple[Text, ...] = ()
    more: Text | None = None


def _same(text: str) -> Text:
    return Text(text, text)


_YES: Final = Text("yes", "是")
_NO: Final = Text("no", "否")
_SKU: Final = _Column(
    "sku",
    Text("SKU", "商品编码"),
    _same("EXAMPLE-1"),
    more=Text("At most 20 of A-Z a-z 0-9 . _ -", "不超过 20 个字符：A-Z a-z 0-9 . _ -"),
)
_UTC: Final = Text("UTC; leave it empty for no limit", "UTC 时间；留空表示不限")
_COLUMNS: Final[dict[ImportKind, tuple[_Column, ...]]] = {
    ImportKind.PRODUCTS: (
        _SKU,
        _Column("title.zh-CN", Text("Title (Chinese)", "中文品名"), _same("白色心形烛台")),
        _Column(
            "title.en", Text("Title (English)", "英文品名"), _same("White heart tealight holder")
        ),
        _Column("hs_code", Text("HS code", "海关编码"), _same("940550")),
        _Column("origin_country", Text("Country of origin", "原产国"), Text("China", "中国")),
        _Column("net_weight_g", Text("Net weight (g)", "净重(g)"), _same("240")),
        _Column(
            "gross_weight_g",
            Text("Gross weight (g)", "毛重(g)"),
            _same("300"),
            more=Text("With the packaging", "含包装"),
        ),
        _Column("size_mm", Text("Size LxWxH (cm)", "包装尺寸(cm)"), _same("12x8x6")),
        _Column("price.amount", Text("Price", "单价"), _same("1.65")),
        _Column("price.currency", Text("Currency", "币种"), _same("USD")),
        _Column("battery", Text("Battery", "是否带电"), _NO, (_YES, _NO)),
        _Column("gtin", Text("GTIN", "条形码"), _same("4006381333931")),
        _Column("brand", Text("Brand", "品牌"), _same("Example")),
        _Column("material", Text("Material", "材质"), Text("Iron", "铁")),
        _Column("product_type", Text("Product type", "产品类型"), _same("")),
        _Column("parent_sku", Text("Parent SKU", "父SKU"), _same("")),
        _Column(
            "description.en",
            Text("Description (English)", "英文描述"),
            _same("A holder for one tealight."),
        ),
        _Column(
            "highlights.en", Text("Highlight 1 (English)", "英文卖点1"), _same("Hangs on a ribbon")
        ),
        _Column(
            "warnings.en",
            Text("Warning 1 (English)", "英文警示语1"),
            _same("Never leave a burning candle alone"),
        ),
        _Column("media.main", Text("Main image URL", "主图"), _same("https://example.com/1.jpg")),
        _Column(
            "media.gallery", Text("Other image URL 1", "附图1"), _same("https://example.com/2.jpg")
        ),
    ),
    ImportKind.PRICES: (
        _SKU,
        _Column("market", Text("Market", "站点"), _same("DE")),
        _Column("amount", Text("Price", "价格"), _same("12.50")),
        _Column("currency", Text("Currency", "币种"), _same("EUR")),
        _Column(
            "valid_from",
            Text("Valid from (UTC)", "生效时间(UTC)"),
            _same("2026-12-01 00:00"),
            more=_UTC,
        ),
        _Column(
            "valid_to",
            Text("Valid to (UTC)", "失效时间(UTC)"),
            _same("2026-12-31 23:59"),
            more=_UTC,
        ),
    ),
    ImportKind.STOCK: (
        _SKU,
        _Column(
            "on_hand",
            Text("On hand", "库存数量"),
            _same("120"),
            more=Text("What was counted, not the difference", "实际在库数量，而非变动数量"),
        ),
        _Column("reason", Text("Reason", "原因"), Text("counted", "盘点")),
    ),
    ImportKind.ORDERS: (
        _Column("store", Text("Store", "站点"), _same("DE")),
        _Column(
            "order_number",
            Text("Order number", "订单号"),
            _same("EXAMPLE-536365"),
            more=Text("The same for all lines of an order", "同一订单各行填写相同订单号"),
        ),
        _Column("ordered_at", Text("Ordered at (UTC)", "下单时间(UTC)"), _same("2026-11-22 08:26")),
        _Column("ship_to.country", Text("Ship-to country", "收货国家"), Text("Germany", "德国")),
        _Column("ship_to.postal_code", Text("Postal code", "收货邮编"), _same("10115")),
        _Column("line", Text("Line", "行号"), _same("1")),
        _SKU,
        _Column("quantity", Text("Quantity", "数量"), _same("6")),
        _Column("unit_price.amount", Text("Unit price", "单价"), _same("2.55")),
        _Column("unit_price.currency", Text("Currency", "币种"), _same("EUR")),
    ),
}
_NEEDED: Final = Text("required", "必填")
_OPTIONAL: Final = Text("may be empty", "可留空")
_SUCH_AS: Final = Text("such as {value}", "例如 {value}")
_ONE_OF: Final = Text("one of: {value}", "可选值：{value}")
_KINDS: Final = {
    "integer": Text("a whole number", "整数"),
    "number": Text("a number", "数字"),
    "boolean": Text("yes or no", "是或否"),
    "array": Text("several with ; between them", "多个值以 ; 分隔"),
}


def template_columns(
    kind: ImportKind, locale: Locale, *, product_type: str | None = None, schema: JsonObject | None
) -> tuple[TemplateColumn, ...]:
    """`product_type` and its `schema`: with a column for each of its attributes.

    Raises TemplateWithoutAttributes for other kinds than products.
    """
    columns = [_shown(kind, column, locale) for column in _COLUMNS[kind]]
    if product_type is None or schema is None:
        return tuple(columns)
    if kind is not ImportKind.PRODUCTS:
        raise TemplateWithoutAttributes(pointer="/query/product_type")
    at = next(i for i, one in enumerate(_COLUMNS[kind]) if one.path == "product_type")
    parts = [_NEEDED.render(locale, {}), _SUCH_AS.render(locale, {"value": product_type})]
    header = columns[at].header
    columns[at] = TemplateColumn(
        header, product_type, _line(header, parts, locale), (product_type,)
    )
    return (*columns, *_attributes(schema, locale))


def _shown(kind: ImportKind, column: _Column, locale: Locale) -> TemplateColumn:
    header, example = column.header.render(locale, {}), column.example.render(locale, {})
    values = tuple(value.render(locale, {}) for value in column.values)
    needed = _NEEDED if is_needed(kind, column.path) else _OPTIONAL
    parts = [needed.render(locale, {})]
    if column.more is not None:
        parts.append(column.more.render(locale, {}))
    if values:
        parts.append(_ONE_OF.render(locale, {"value": ", ".join(values)}))
    elif example:
        parts.append(_SUCH_AS.render(locale, {"value": example}))
    return TemplateColumn(header, example, _line(header, parts, locale), values)


def _attributes(schema: JsonObject, locale: Locale) -> list[TemplateColumn]:
    """In the order of the schema. An attribute that is an object, or whose name is none for a
    column, has no cell.
    """
    properties = schema.get("properties")
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    columns = []
    for name, given in (properties if isinstance(properties, dict) else {}).items():
        rule = rule_of(given, schema)
        kinds = _kinds(rule)
        if field_at(ImportKind.PRODUCTS, f"attributes.{name}") is None or "object" in kinds:
            continue
        header = f"attributes.{name}"
        values = _values(rule)
        parts = [(_NEEDED if name in needed else _OPTIONAL).render(locale, {})]
        parts += _label(rule, locale)
        parts += [_KINDS[kind].render(locale, {}) for kind in kinds if kind in _KINDS]
        if isinstance(unit := rule.get("x-unit"), str):
            parts.append(unit)
        if values:
            parts.append(_ONE_OF.render(locale, {"value": ", ".join(values)}))
        columns.append(TemplateColumn(header, "", _line(header, parts, locale), values))
    return columns


def _kinds(rule: Mapping[str, object]) -> list[str]:
    kinds = rule.get("type")
    listed: Sequence[object] = kinds if isinstance(kinds, list) else [kinds]
    return [kind for kind in listed if isinstance(kind, str)]


def _values(rule: Mapping[str, object]) -> tuple[str, ...]:
    values = rule.get("enum")
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return ()
    return tuple(values)


def _label(rule: Mapping[str, object], locale: Locale) -> list[str]:
    titles = rule.get("x-titles")
    label = titles.get(locale) if isinstance(titles, dict) else None
    label = label or rule.get("title")
    return [label] if isinstance(label, str) else []


def _line(header: str, parts: Sequence[str], locale: Locale) -> str:
    between, after = ("；", "：") if locale == "zh-CN" else ("; ", ": ")
    return f"{header}{after}{between.join(parts)}"
