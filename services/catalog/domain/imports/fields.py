"""What a column can be, by kind of import, and how a field is found by its path."""

import re
from typing import Final

from services.catalog.domain.imports.product_fields import (
    AMOUNT_NAMES,
    CURRENCY_NAMES,
    PRODUCT_FIELDS,
    SKU,
    UNIT_FIELDS,
    Field,
)
from services.catalog.domain.imports.rows import ImportKind

_MARKET: Final = Field(
    "market",
    "market",
    "market|marketplace|country|store|site|市场|站点|国家|销售国家|目的国|店铺站点|国家站点"
    "|销售站点|平台站点|country code|store country",
    "站点 Market",
    needed=True,
)
PRICE_FIELDS: Final = (
    SKU,
    _MARKET,
    Field("amount", "amount", AMOUNT_NAMES, "价格 Price", needed=True),
    Field("currency", "currency", CURRENCY_NAMES, "币种 Currency"),
    Field(
        "valid_from",
        "instant",
        "valid from|from|start date|starts at|sale from date|生效时间|生效日期|开始时间|开始日期"
        "|start at|effective from|price start date|生效起始日期|有效期从|起始日期",
        "生效时间 Valid from",
        clearable=True,
    ),
    Field(
        "valid_to",
        "instant",
        "valid to|to|end date|ends at|sale end date|失效时间|失效日期|结束时间|结束日期|valid until"
        "|until|end at|effective to|price end date|有效期至|截止日期|截止时间",
        "失效时间 Valid to",
        clearable=True,
    ),
)
STOCK_FIELDS: Final = (
    SKU,
    Field(
        "on_hand",
        "whole",
        "on hand|quantity|qty|stock|inventory|库存|数量|库存数量|在库|现有库存|库存数"
        "|实际库存|盘点数量|quantity on hand|stock quantity|in stock|variant inventory qty"
        "|库存量|总库存|实盘数量|good stock|库存总量|库存总数|实际库存数|现存数量|现存量"
        "|结存数量|在库数量|仓库库存|on hand current|on hand new|inventory quantity"
        "|current stock level"
        "||available|available quantity|可用库存|可用数|可用数量|可用量|available not editable"
        "|可售数量|可发库存",
        "库存数量 On hand",
        needed=True,
    ),
    Field(
        "delta",
        "signed",
        "delta|change|adjustment|调整数量|变动数量|增减数量|调整|库存变动|出入库数量|变动|调整数",
        "调整数量 Delta",
    ),
    Field(
        "reason",
        "stock_reason",
        "reason|原因|调整原因|变动原因|变动类型|出入库类型",
        "原因 Reason",
    ),
)
ORDER_FIELDS: Final = (
    Field(
        "store",
        "store",
        "store|marketplace|sales channel|channel|站点|店铺站点|销售站点|平台站点|market|site|市场"
        "|订单站点|销售渠道",
        "站点 Store",
        needed=True,
    ),
    Field(
        "order_number",
        "code",
        "order number|order id|order no|amazon order id|订单号|订单编号|平台订单号|单号|order"
        "|订单id|交易号|平台单号|线上订单号|原始订单号|交易编号|sales order no||merchant order id",
        "订单号 Order number",
        needed=True,
    ),
    Field(
        "ordered_at",
        "instant",
        "ordered at|order date|purchase date|下单时间|订单时间|下单日期|created at"
        "|订单日期|订单创建时间|order time|order created|交易时间"
        "|sale date|订单成交时间|成交时间|订单创建日期"
        "||付款时间|paid at|付款日期|支付时间|payments date|paid on date|date paid",
        "下单时间(UTC) Ordered at (UTC)",
        needed=True,
    ),
    Field(
        "ship_to.country",
        "country",
        "ship country|ship to country|shipping country|收货国家|收件人国家|目的国|收货国|国家"
        "|country|收件国家|目的国家|destination country|destination|shipping country code|买家国家"
        "|收件人国家地区|delivery country|送达国",
        "收货国家 Ship-to country",
        needed=True,
    ),
    Field(
        "ship_to.postal_code",
        "code",
        "postal code|zip|zip code|postcode|ship postal code|邮编|收件人邮编|邮政编码|收货邮编"
        "|shipping zip|ship zipcode|ship to zip|ship to postal code|收件邮编|destination postcode"
        "|买家邮编",
        "收货邮编 Postal code",
    ),
    Field(
        "line",
        "whole",
        "line|line number|line no|行号|序号|订单行号|item line|明细行号|line item number",
        "行号 Line",
    ),
    Field("sku", "code", f"lineitem sku|商家编码规格维度|{SKU.names}", "商品编码 SKU", needed=True),
    Field(
        "quantity",
        "whole",
        "quantity|qty|数量|购买数量|商品数量|件数|quantity purchased|lineitem quantity|订购数量"
        "|产品数量|quantity ordered|销售数量|下单数量",
        "数量 Quantity",
        needed=True,
    ),
    Field(
        "unit_price.amount",
        "amount",
        "unit price|单价|商品单价|售价|lineitem price|销售单价|price|价格|产品单价|产品售价"
        "|成交单价|sale price",
        "单价 Unit price",
        needed=True,
    ),
    Field(
        "line_total.amount",
        "amount",
        "item price|line total|lineitem total|小计|商品小计|行金额|商品总价|明细金额",
        "小计 Line total",
    ),
    Field("unit_price.currency", "currency", CURRENCY_NAMES, "币种 Currency"),
    # No part of an order: orders that were cancelled are not placed.
    Field("cancelled_at", "line", "cancelled at|canceled at|取消时间", "取消时间 Cancelled at"),
    Field(
        "order_status",
        "line",
        "order status|订单状态|交易状态||item status|financial status",
        "订单状态 Order status",
    ),
)
FIELDS: Final[dict[ImportKind, tuple[Field, ...]]] = {
    ImportKind.PRODUCTS: (*PRODUCT_FIELDS, *UNIT_FIELDS),
    ImportKind.PRICES: PRICE_FIELDS,
    ImportKind.STOCK: STOCK_FIELDS,
    ImportKind.ORDERS: ORDER_FIELDS,
}

_OWN_NAME: Final = re.compile(r"(attributes|options)\.([A-Za-z][A-Za-z0-9_-]{0,59})")
_TAG: Final = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_LISTED: Final = re.compile(rf"(highlights|warnings)\.({_TAG})(\.\d{{1,2}})?")
_TAGGED: Final = re.compile(rf"(title|description)\.({_TAG})")
_BY_PATH: Final = {kind: {field.path: field for field in fields} for kind, fields in FIELDS.items()}


def field_at(kind: ImportKind, path: str) -> Field | None:
    """The field that a column is mapped to: `sku`, `title.de`, `highlights.en`, `attributes.watt`,
    `options.color`, `price.amount`, `media`.
    """
    by_path = _BY_PATH[kind]
    if (field := by_path.get(path)) is not None:
        return None if field.by_language else field
    if kind is not ImportKind.PRODUCTS:
        return None
    if (own := _OWN_NAME.fullmatch(path)) is not None:
        reads = "attribute" if own[1] == "attributes" else "line"
        return Field(path, reads, "", path, clearable=True)
    if (found := _LISTED.fullmatch(path) or _TAGGED.fullmatch(path)) is not None:
        return by_path[found[0].split(".")[0]]
    return None


# A product has all of these; a file that only changes some of them may lack the others.
_OF_EVERY_PRODUCT: Final = frozenset(
    "title.en hs_code origin_country net_weight_g gross_weight_g size_mm size_mm.0 size_mm.1"
    " size_mm.2 price.amount price.currency battery".split()
)


def is_needed(kind: ImportKind, path: str) -> bool:
    """Whether there is no new product, price, stock or order without it."""
    if kind is ImportKind.PRODUCTS and path in _OF_EVERY_PRODUCT:
        return True
    field = _BY_PATH[kind].get(path)
    return field is not None and field.needed


def example_at(kind: ImportKind, path: str) -> str:
    """A header for this value of a document, or for the first of its parts: `净重(g) Net weight
    (g)`. "" if no column can be it.
    """
    by_path = _BY_PATH[kind]
    found = by_path.get(path) or next(
        (field for name, field in by_path.items() if name.startswith(f"{path}.")), None
    )
    return "" if found is None else found.example
