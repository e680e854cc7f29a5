"""What an empty file for each kind of import looks like: headers in Chinese and English, and one
example, which is marked as one.
"""

from typing import Final

from services.catalog.domain.imports.header_names import NOTE_COLUMN
from services.catalog.domain.imports.rows import ImportKind

_NOTE: Final = "示例行，请删除 / example row, delete it"
# The SKU of no product: an example that is left in the file changes nothing of the sender's.
_SKU: Final = ("商品编码 SKU", "EXAMPLE-1")
_CURRENCY: Final = ("币种 Currency", "USD")
_COLUMNS: Final[dict[ImportKind, tuple[tuple[str, str], ...]]] = {
    ImportKind.PRODUCTS: (
        _SKU,
        ("中文品名 Title (Chinese)", "白色心形烛台"),
        ("英文品名 Title (English)", "White heart tealight holder"),
        ("海关编码 HS code", "940550"),
        ("原产国 Country of origin", "中国"),
        ("净重(g) Net weight (g)", "240"),
        ("毛重(g) Gross weight (g)", "300"),
        ("包装尺寸(cm) Size LxWxH (cm)", "12x8x6"),
        ("单价 Price", "1.65"),
        _CURRENCY,
        ("是否带电 Battery", "否"),
        ("条形码 GTIN", "4006381333931"),
        ("品牌 Brand", "Example"),
        ("材质 Material", "Iron"),
        ("产品类型 Product type", ""),
        ("父SKU Parent SKU", ""),
        ("英文描述 Description (English)", "A holder for one tealight."),
        ("英文卖点1 Highlight 1 (English)", "Hangs on a ribbon"),
        ("英文警示语1 Warning 1 (English)", "Never leave a burning candle alone"),
        ("主图 Main image URL", "https://example.com/main.jpg"),
        ("附图1 Other image URL 1", ""),
        ("示例数据 Synthetic", "是"),
    ),
    ImportKind.PRICES: (
        _SKU,
        ("站点 Market", "DE"),
        ("价格 Price", "12.50"),
        ("币种 Currency", "EUR"),
        ("生效时间(UTC) Valid from (UTC)", "2026-12-01 00:00"),
        ("失效时间(UTC) Valid to (UTC)", "2026-12-31 23:59"),
    ),
    ImportKind.STOCK: (_SKU, ("库存数量 On hand", "120"), ("原因 Reason", "盘点")),
    ImportKind.ORDERS: (
        ("站点 Store", "DE"),
        ("订单号 Order number", "EXAMPLE-536365"),
        ("下单时间(UTC) Ordered at (UTC)", "2026-11-22 08:26"),
        ("收货国家 Ship-to country", "德国"),
        ("收货邮编 Postal code", "10115"),
        ("行号 Line", "1"),
        _SKU,
        ("数量 Quantity", "6"),
        ("单价 Unit price", "2.55"),
        ("币种 Currency", "EUR"),
    ),
}


def template_headers(kind: ImportKind) -> tuple[str, ...]:
    return (*(header for header, _ in _COLUMNS[kind]), NOTE_COLUMN)


def template_example(kind: ImportKind) -> tuple[str, ...]:
    """The cells of the example row, as text."""
    return (*(cell for _, cell in _COLUMNS[kind]), _NOTE)
