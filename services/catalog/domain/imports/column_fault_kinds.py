"""All faults of columns, with their texts: found once for a file, at its header."""

from typing import Final

from services.catalog.domain.imports.faults import fault_kind

COLUMN_UNKNOWN: Final = fault_kind(
    "catalog.column.unknown",
    "The column {column} is not known; it is not read.",
    "无法识别“{column}”列，未读取。",
    "Choose what it is, or ignore it; the choice is remembered.",
    "请指定该列的含义或忽略；选择会被记住。",
)
COLUMN_AMBIGUOUS: Final = fault_kind(
    "catalog.column.ambiguous",
    "The column {column} can be {candidates}; it is not read.",
    "“{column}”列可能是 {candidates}，未读取。",
    "Choose what it is, or write it out in the header; the choice is remembered.",
    "请指定该列的含义，或在表头写明；选择会被记住。",
)
COLUMN_TWICE: Final = fault_kind(
    "catalog.column.twice",
    "Several columns are {field}: {columns}; none of them is read.",
    "多列都是 {field}：{columns}，均未读取。",
    "Choose one of them, or delete the others.",
    "请选择其中一列，或删除其余列。",
)
COLUMN_ASSUMED: Final = fault_kind(
    "catalog.column.assumed",
    "{column} is taken for {field}.",
    "“{column}”列按 {field} 处理。",
    "Choose what it is, or ignore it, if that is wrong; the choice is remembered.",
    "如不正确，请指定该列的含义或忽略；选择会被记住。",
)
COLUMN_SECOND: Final = fault_kind(
    "catalog.column.second",
    "{column} could be {field} too, but {read} is read for it.",
    "“{column}”也可作为 {field}，已采用“{read}”列。",
    "Choose the other one if that is wrong; the choice is remembered.",
    "如不正确，请改选该列；选择会被记住。",
)
COLUMN_CARTON: Final = fault_kind(
    "catalog.column.per_carton",
    "{column} may be that of a carton, because the file has the column {carton}; it is not read.",
    "文件有“{carton}”列，“{column}”可能是整箱数据，未读取。",
    "Name it after one piece, e.g. Unit {column}, or choose what it is.",
    "请在表头注明单件，例如 单品{column}，或指定该列的含义。",
)
COLUMN_MISSING: Final = fault_kind(
    "catalog.column.missing",
    "No column is {field}, which every row needs.",
    "缺少必需的列：{field}。",
    "Add a column with the header {example}.",
    "请增加表头为 {example} 的列。",
)
COLUMN_SIZE_PART: Final = fault_kind(
    "catalog.column.size_incomplete",
    "{column} is one side of the size, but a column for the others is missing; it is not read.",
    "“{column}”只是尺寸的一边，缺少其他边，未读取。",
    "Add columns for length, width and height.",
    "请提供长、宽、高三列。",
)
COLUMN_NAMELESS: Final = fault_kind(
    "catalog.column.nameless",
    "Column {number} has no header; it is not read.",
    "第 {number} 列没有表头，未读取。",
    "Give it a name.",
    "请填写表头。",
)
COLUMN_LANGUAGE: Final = fault_kind(
    "catalog.column.language",
    "{column} is read as {language}, by its values.",
    "“{column}”按内容识别为 {language}。",
    "Write the language into the header, e.g. {column} (English), if that is wrong.",
    "如不正确，请在表头注明语言，例如 {column}（英文）。",
)
COLUMN_TIME_ZONE: Final = fault_kind(
    "catalog.column.time_zone",
    "Times without an offset in {column} are read as {zone}.",
    "“{column}”中未注明时区的时间按 {zone} 读取。",
    "Write the zone into the header, e.g. {column} (UTC), if that is wrong.",
    "如不正确，请在表头注明时区，例如 {column}（UTC）。",
)
COLUMN_UNCLEAR: Final = fault_kind(
    "catalog.column.unclear",
    "The column {column} can be {candidates}, and products need it: no other column says.",
    "“{column}”列可能是 {candidates}，且没有其他列提供该必需信息。",
    "Choose what it is, or that it is not read; the choice is remembered.",
    "请指定该列的含义，或选择不读取；选择会被记住。",
)
COLUMN_OPTION_ALONE: Final = fault_kind(
    "catalog.column.option_alone",
    "{column} tells variants of one article apart, but no column names the article. It is read as"
    " an attribute where the product type has one of that name, and left out elsewhere.",
    "“{column}”用于区分同一款商品的变体，但没有列说明所属款式。产品类型有同名属性时按属性读取，否则不读取。",
    "Add a column 款号 / Parent SKU with the same code for all variants of an article.",
    "请增加“款号 / 父SKU”列，同一款的各变体填写相同编码。",
)
COLUMN_NO_ADDRESSES: Final = fault_kind(
    "catalog.column.no_addresses",
    "{column} has no web addresses (e.g. {value}); it is not read.",
    "“{column}”列不是网址（例如 {value}），未读取。",
    "Write addresses that begin with https:// if products are to have these pictures.",
    "如需导入图片，请填写以 https:// 开头的网址。",
)
COLUMN_OTHER_TYPES: Final = fault_kind(
    "catalog.column.other_types",
    "{column} has no product types of the park (e.g. {value}); it is not read.",
    "“{column}”列的值（例如 {value}）不是园区的产品类型，未读取。",
    "Write codes of GET /v1/product-types if products are to have a type.",
    "如需设置产品类型，请填写 GET /v1/product-types 中的代码。",
)
