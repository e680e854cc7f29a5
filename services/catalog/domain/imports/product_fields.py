"""What a column of a product file can be, how it is read, and its names in headers. The names are
those of factories' and ERP sheets in Chinese and English, and of the product files of Amazon,
Shopify, WooCommerce and Alibaba.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """`path`: into the document, with `*` for a language or a name of its own.

    `reads`: the kind of reader, see `cells.py`. `clearable`: an empty cell may remove the value.
    `names`: separated by `|`; those behind `||` give way to a column with one of the others; what
    stands behind `@` is the unit that the name implies.
    `example`: a header for it, in Chinese and English. `many`: several columns make one list.
    """

    path: str
    reads: str
    names: str
    example: str
    needed: bool = False
    clearable: bool = False
    many: bool = False
    by_language: bool = False


AMOUNT_NAMES: Final = (
    "price|standard price|variant price|regular price|unit price|amount|单价|售价|价格|销售价"
    "|零售价|销售价格|商品价格|产品价格|sale unit price|fob price|price amount|销售单价"
    "|单价含税|含税单价|含税价|京东价|一口价|宝贝价格|price tax excluded|price tax excl"
    "|current price|单买价"
    "|商品单价|建议售价|商品售价|your price|基本售价|fob|exw price|price per unit||list price"
    "|start price"
    "|msrp"
    "|申报价|申报单价|申报价值|申报金额|declared value|declared price|出厂价|报价|市场价"
)
CURRENCY_NAMES: Final = (
    "currency|币种|货币|币别|价格币种|currency code|price currency|货币代码|结算币种|申报币种"
    "|货币类型|货币单位|单价币种|售价币种"
)
SKU: Final = Field(
    "sku",
    "code",
    "sku|seller sku|item sku|merchant sku|msku|variant sku|sku code|sku编码|sku编号|sku号"
    "|商品编码|商品编号|产品编码|产品编号|产品代码|商品代码|商家编码|商品sku|产品sku|库存sku"
    "|本地sku|库存编号|平台sku|卖家sku|单品货号|item code|product code|规格编码"
    "|contribution sku|stock sku|子sku|custom label|custom label sku|product code sku|商家sku"
    "|sku货号|存货编码|物料代码|存货代码|reference"
    "||货号|款式编码|product id|part number|物料编码|item no|outer id"
    "|item number|model no|article no|article number|型号货号|原厂sku",
    "商品编码 SKU",
    needed=True,
)
PRODUCT_FIELDS: Final = (
    SKU,
    Field(
        "title",
        "line",
        "title|name|item name|product name|product title|item title|标题|名称|品名|产品名称"
        "|商品名称|产品标题|商品标题|货品名称|产品名|商品名|货物名称|goods name|subject"
        "|产品品名|宝贝标题|库存sku名称|sku名称|存货名称|物料名称|品名description"
        "|description of goods|货物品名"
        "||申报品名"
        "|报关品名|declared name|customs name|申报名|报关名|申报名称|报关名称",
        "英文品名 Title (English)",
        clearable=True,
        by_language=True,
    ),
    Field(
        "hs_code",
        "hs_code",
        "hs code|hs|hscode|hs编码|海关编码|税号|商品hs编码|hts code|hts|tariff code"
        "|commodity code|tariff number|customs code|海关商品编码|报关编码|出口hs编码|hsn code"
        "|harmonized code|harmonized system code|variant hs code|hs code export|海关税号"
        "|hs code中国|hs code china|中国海关编码|h s code",
        "海关编码 HS code",
    ),
    Field(
        "origin_country",
        "country",
        "origin|country of origin|origin country|原产国|原产地|产地|原产国家|原产国地区|生产国"
        "|place of origin|country of manufacture|made in|制造国|生产地|coo|原产国别"
        "|country region of origin"
        "|country as labeled",
        "原产国 Country of origin",
    ),
    Field(
        "net_weight_g",
        "weight",
        "net weight|item weight|净重|单品净重|产品净重|单个净重|单件净重|nw|n w|product weight"
        "|产品重量|重量|weight|商品重量|单品重量|unit weight|net wt|净含量重量|商品净重",
        "净重(g) Net weight (g)",
    ),
    Field(
        "gross_weight_g",
        "weight",
        "gross weight|package weight|item package weight|毛重|单品毛重|含包装重量|包装重量"
        "|包装后重量|gw|g w|shipping weight|variant weight|gross wt|带包装重量|重量含包装|重量"
        "|weight|商品重量|单品重量|unit weight|单件毛重|packed weight|毛重量|packing weight"
        "|parcel weight|发货重量|商品毛重|variant grams@g|weight value"
        "|single gross weight|单品重量含包装",
        "毛重(g) Gross weight (g)",
    ),
    Field(
        "size_mm",
        "size",
        "size|dimensions|尺寸|包装尺寸|产品尺寸|规格尺寸|长宽高|长*宽*高|lwh|lxwxh"
        "|package dimensions|package size|packing size|item dimensions|商品尺寸|体积尺寸"
        "|length width height|length x width x height|彩盒尺寸|单品尺寸|product dimensions"
        "|l x w x h|product size|包装长宽高|尺寸长宽高|包装尺寸长宽高|size lxwxh|dimension|meas"
        "|measurement|measurements|single package size|长x宽x高",
        "包装尺寸(cm) Size LxWxH (cm)",
    ),
    Field(
        "size_mm.0",
        "side",
        "length|长|长度|包装长|包装长度|package length|item package length|产品长|尺寸长"
        "|包装尺寸长|商品长|长边|规格长|长宽高长|尺寸长度|size length|dimensions length"
        "|length depth|packed length|packing length|单品长|单品规格长|单品尺寸长|包装规格长"
        "|商品尺寸长|产品尺寸长|商品规格长|产品规格长|product length|最长边"
        "|shipping length|parcel length||depth|product depth",
        "长(cm) Length (cm)",
    ),
    Field(
        "size_mm.1",
        "side",
        "width|宽|宽度|包装宽|包装宽度|package width|item package width|产品宽|尺寸宽"
        "|包装尺寸宽|商品宽|规格宽|长宽高宽|尺寸宽度|size width|dimensions width|packed width"
        "|packing width|单品宽|单品规格宽|单品尺寸宽|包装规格宽|商品尺寸宽|产品尺寸宽"
        "|商品规格宽|产品规格宽|product width|次长边|shipping width|parcel width",
        "宽(cm) Width (cm)",
    ),
    Field(
        "size_mm.2",
        "side",
        "height|高|高度|包装高|包装高度|package height|item package height|产品高|尺寸高"
        "|包装尺寸高|商品高|规格高|长宽高高|尺寸高度|size height|dimensions height"
        "|packed height|packing height|单品高|单品规格高|单品尺寸高|包装规格高|商品尺寸高"
        "|产品尺寸高|商品规格高|产品规格高|product height|最短边|shipping height"
        "|parcel height",
        "高(cm) Height (cm)",
    ),
    Field(
        "price.amount",
        "amount",
        AMOUNT_NAMES,
        "单价 Price",
    ),
    Field(
        "price.currency",
        "currency",
        CURRENCY_NAMES,
        "币种 Currency",
    ),
    Field(
        "battery",
        "yes_no",
        "battery|contains battery|has battery|with battery|是否带电|带电|含电池|是否含电池|电池"
        "|batteries included|are batteries included|are batteries required|带电池|是否带电池"
        "|含电|是否含电|内置电池|batteries are included|batteries are required"
        "|are batteries needed|带电属性",
        "是否带电 Battery",
    ),
    Field("synthetic", "yes_no", "synthetic|合成数据|示例数据", "示例数据 Synthetic"),
    Field(
        "gtin",
        "gtin",
        "gtin|ean|upc|barcode|bar code|ean code|upc code|ean13|gtin13|gtin14|条码|条形码|商品条码"
        "|国际条码|商品条形码|variant barcode|external product id|product barcode|ean upc|upc ean"
        "|ean13条码|gtin upc ean or isbn|upc编码|69码|国标码|产品条码|global trade item number"
        "|主条码"
        "|p upc|p ean|product upc|product ean|product upc ean|identifier code",
        "条形码 GTIN",
        clearable=True,
    ),
    Field(
        "brand",
        "line",
        "brand|brand name|品牌|品牌名称|品牌名|商标|brands|商品品牌|产品品牌||vendor",
        "品牌 Brand",
        clearable=True,
    ),
    Field(
        "material",
        "line",
        "material|material type|材质|材料|成分|主要材质|产品材质|面料|商品材质|材质成分|fabric"
        "|material composition|fabric type|报关材质|申报材质",
        "材质 Material",
        clearable=True,
    ),
    Field(
        "description",
        "text",
        "description|product description|描述|产品描述|商品描述|详情|详细描述|商品详情|产品详情"
        "|body|body html|item description|long description|长描述|产品介绍|商品介绍",
        "英文描述 Description (English)",
        clearable=True,
        by_language=True,
    ),
    Field(
        "highlights",
        "line",
        "highlights|highlight|bullet point|bullet points|bullet|卖点|五点描述|五点|产品卖点"
        "|商品卖点|key product features|产品特点|商品特点|产品亮点|亮点|feature|features|要点",
        "英文卖点1 Highlight 1 (English)",
        clearable=True,
        many=True,
        by_language=True,
    ),
    Field(
        "warnings",
        "line",
        "warnings|warning|safety warning|警告|警示语|安全警告|警告语|警示|注意事项",
        "英文警示语1 Warning 1 (English)",
        clearable=True,
        many=True,
        by_language=True,
    ),
    Field(
        "media",
        "url",
        "image|images|image url|image src|image link|图片|图片链接|图片地址|商品图片|产品图片"
        "|product image url"
        "|图片url|picture|picture url|图片网址|photo|产品图片链接|商品图片链接|图片网络地址"
        "|item photo url|pic url|image urls|hosted image urls",
        "图片 Images",
        clearable=True,
        many=True,
    ),
    Field(
        "media.main",
        "url",
        "main image|main image url|主图|主图链接|主图url|产品主图|商品主图|variant image"
        "|variant image url|首图|cover image|item cover image",
        "主图 Main image URL",
        clearable=True,
    ),
    Field(
        "media.gallery",
        "url",
        "other image url|other image|附图|副图|附图链接|additional image|gallery image"
        "|additional image link|轮播图",
        "附图1 Other image URL 1",
        clearable=True,
        many=True,
    ),
    Field(
        "product_type",
        "line",
        "product type|producttype|产品类型|商品类型|品类|类目代码|产品类型代码",
        "产品类型 Product type",
        clearable=True,
    ),
    Field(
        "parent_sku",
        "code",
        "parent sku|parent|父sku|父级sku|父体sku|母sku|主sku|父货号|spu|spu编码|父商品编码|款号"
        "|父产品编码|主编码|父体|父编码|主商品编码|父商品sku|item group id|group id|父体sku|spu号"
        "|spu code|style no|style number|款式编号|parent product code|parent id|主款号|款式编码"
        "||货号",
        "父SKU Parent SKU",
        clearable=True,
    ),
    Field(
        "options.color",
        "line",
        "color|colour|颜色|color name|颜色分类|colour name|商品颜色|规格颜色|产品颜色|颜色名称"
        "|属性颜色",
        "颜色 Color",
        clearable=True,
    ),
    Field(
        "options.size",
        "line",
        "size name|尺码|尺码名称|规格尺码|产品尺码|商品尺码|size|鞋码|属性尺寸|属性尺码",
        "尺码 Size name",
        clearable=True,
    ),
    Field("options.style", "line", "style name|款式名称", "款式 Style name", clearable=True),
    Field("options.pattern", "line", "pattern name|图案名称", "图案 Pattern name", clearable=True),
    *(
        field
        for n in (1, 2, 3)
        for field in (
            Field(
                f"option.{n}.name",
                "line",
                f"option{n} name|option {n} name|option name {n}|attribute {n} name|规格{n}名称"
                f"|规格名{n}",
                f"Option{n} Name",
                clearable=True,
            ),
            Field(
                f"option.{n}.value",
                "line",
                f"option{n} value|option {n} value|option value {n}|attribute {n} value(s)"
                f"|attribute {n} values"
                f"|规格{n}值|规格值{n}",
                f"Option{n} Value",
            ),
        )
    ),
    # What a row is among the rows of its article, see `families.py`.
    Field(
        "row.kind",
        "family",
        "parent child|parentage|parentage level|type|父子关系|父子类型|变体类型",
        "父子关系 Parentage",
    ),
    Field(
        "row.theme",
        "family",
        "variation theme|variation theme name|变体主题|变体属性|变种主题",
        "变体主题 Variation theme",
    ),
    Field("row.id", "family", "id", "ID"),
    Field("row.handle", "family", "handle|url handle", "Handle"),
)
# Columns that say the unit of another one.
UNIT_FIELDS: Final = (
    Field(
        "unit.weight",
        "unit",
        "weight unit|重量单位|weight unit of measure|variant weight unit|weight uom",
        "重量单位",
    ),
    Field(
        "unit.net_weight_g",
        "unit",
        "item weight unit of measure|item weight unit|net weight unit|净重单位",
        "净重单位",
    ),
    Field(
        "unit.gross_weight_g",
        "unit",
        "package weight unit of measure|package weight unit|gross weight unit|毛重单位"
        "|item package weight unit",
        "毛重单位",
    ),
    Field(
        "unit.size_mm",
        "unit",
        "size unit|尺寸单位|dimension unit|dimensions unit|长度单位|package dimensions unit"
        "|package dimensions unit of measure|package size unit|length unit",
        "尺寸单位",
    ),
    Field(
        "unit.size_mm.0",
        "unit",
        "package length unit of measure|package length unit|item package length unit",
        "长单位",
    ),
    Field(
        "unit.size_mm.1",
        "unit",
        "package width unit of measure|package width unit|item package width unit",
        "宽单位",
    ),
    Field(
        "unit.size_mm.2",
        "unit",
        "package height unit of measure|package height unit|item package height unit",
        "高单位",
    ),
)
