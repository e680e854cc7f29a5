"""All faults of cells, rows and sheets, with their texts."""

from collections.abc import Iterator
from typing import Final

from services.catalog.domain.imports import column_fault_kinds
from services.catalog.domain.imports.faults import FaultKind, fault_kind
from shared.kernel.errors import Text

_KEEP_AS_TEXT: Final = Text(
    "Format the column as text in Excel and enter the code again.",
    "请在 Excel 中将该列设为“文本”格式后重新填写。",
)


# Cells
CELL_ERROR: Final = fault_kind(
    "catalog.cell.error_value",
    "{column} holds the error {value} instead of a value.",
    "{column} 的单元格是错误值 {value}。",
    "Correct the formula, or replace it by its value.",
    "请更正公式，或改为填写数值。",
)
CELL_FORMULA: Final = fault_kind(
    "catalog.cell.formula",
    "{column} holds the formula {value} without a result.",
    "{column} 的单元格是没有计算结果的公式 {value}。",
    "Open the file in Excel, copy the column and paste it as values.",
    "请在 Excel 中打开文件，复制该列并“粘贴为数值”。",
)
CELL_CONTROL: Final = fault_kind(
    "catalog.cell.control_character",
    "{column} holds the character {character}, which cannot be shown.",
    "{column} 含有无法显示的字符 {character}。",
    "Delete it; it often comes from copying out of another program.",
    "请删除该字符；它通常来自从其他程序复制的内容。",
)
CELL_DIGITS_LOST: Final = fault_kind(
    "catalog.cell.digits_lost",
    "{value} in {column} is a rounded number: Excel has dropped digits of the code.",
    "{column} 的 {value} 是科学计数法，Excel 已丢失编码的部分数字。",
    _KEEP_AS_TEXT,
)
CELL_CODE_AS_NUMBER: Final = fault_kind(
    "catalog.cell.code_as_number",
    "{value} in {column} is a code that was turned into a decimal number.",
    "{column} 的 {value} 是被转换成小数的编码。",
    _KEEP_AS_TEXT,
)
CELL_CODE_AS_DATE: Final = fault_kind(
    "catalog.cell.code_as_date",
    "Excel has turned {column} into the date {value}.",
    "{column} 被 Excel 转换成了日期 {value}。",
    _KEEP_AS_TEXT,
)
CELL_NOT_CODE: Final = fault_kind(
    "catalog.cell.not_code",
    "{column} is a truth value ({value}), not a code.",
    "{column} 是逻辑值（{value}），不是编码。",
    _KEEP_AS_TEXT,
)
CELL_GTIN: Final = fault_kind(
    "catalog.cell.gtin",
    "{value} in {column} is not a GTIN: it has 8, 12, 13 or 14 digits.",
    "{column} 的 {value} 不是商品条码：应为 8、12、13 或 14 位数字。",
    "Enter all digits below the bar code, leading zeros included.",
    "请填写条码下方的全部数字，包括开头的 0。",
)
CELL_PADDED: Final = fault_kind(
    "catalog.cell.zeros_restored",
    "{value} in {column} had lost leading zeros; it was read as {read}, which its check digit"
    " proves.",
    "{column} 的 {value} 丢失了开头的 0，已按 {read} 读取（校验位相符）。",
    "Format the column as text to keep them.",
    "将该列设为“文本”格式即可保留。",
)
CELL_HS_ZERO: Final = fault_kind(
    "catalog.cell.hs_zero_lost",
    "{value} in {column} has {length} digits: a zero at the beginning seems to be lost.",
    "{column} 的 {value} 只有 {length} 位数字，开头的 0 可能已丢失。",
    "If it is {suggested}, enter that, with the column formatted as text.",
    "如果应为 {suggested}，请将该列设为“文本”格式后填写。",
)
CELL_HS: Final = fault_kind(
    "catalog.cell.hs_code",
    "{value} in {column} is not an HS code.",
    "{column} 的 {value} 不是 HS 编码。",
    "Enter 6, 8 or 10 digits as text, e.g. 670411.",
    "请以文本填写 6、8 或 10 位数字，例如 670411。",
)
CELL_NUMBER: Final = fault_kind(
    "catalog.cell.not_number",
    "{value} in {column} is not a number.",
    "{column} 的 {value} 不是数字。",
    "Enter digits only, e.g. 12.50.",
    "请只填写数字，例如 12.50。",
)
CELL_SEPARATOR: Final = fault_kind(
    "catalog.cell.separator_unclear",
    "{value} in {column} can be {first} or {second}.",
    "{column} 的 {value} 可能是 {first}，也可能是 {second}。",
    "Write it without a thousands separator and with a decimal point.",
    "请不要使用千位分隔符，小数请用小数点。",
)
CELL_NOT_WHOLE: Final = fault_kind(
    "catalog.cell.not_whole",
    "{value} in {column} is not a whole number.",
    "{column} 的 {value} 不是整数。",
    "Enter a whole number.",
    "请填写整数。",
)
CELL_ROUNDED: Final = fault_kind(
    "catalog.cell.rounded",
    "{value} in {column} was rounded to {read}.",
    "{column} 的 {value} 已四舍五入为 {read}。",
    "Nothing, if that is right.",
    "如无异议，无需处理。",
)
CELL_NO_UNIT: Final = fault_kind(
    "catalog.cell.no_unit",
    "{value} in {column} has no unit.",
    "{column} 的 {value} 没有单位。",
    "Write the unit into the header, e.g. {example}, or after each number.",
    "请在表头注明单位，例如 {example}，或写在每个数字后面。",
)
CELL_UNIT: Final = fault_kind(
    "catalog.cell.unit",
    "{value} in {column} has a unit that does not fit.",
    "{column} 的 {value} 单位不适用。",
    "Use one of {units}.",
    "请使用以下单位之一：{units}。",
)
CELL_PERCENT: Final = fault_kind(
    "catalog.cell.percent",
    "{value} in {column} is a percentage.",
    "{column} 的 {value} 是百分比。",
    "Enter a plain number.",
    "请填写普通数字。",
)
CELL_SIZE: Final = fault_kind(
    "catalog.cell.size",
    "{value} in {column} is not length x width x height.",
    "{column} 的 {value} 不是“长x宽x高”。",
    "Enter three numbers, e.g. 30x20x10cm.",
    "请填写三个数字，例如 30x20x10cm。",
)
CELL_SIZE_PART: Final = fault_kind(
    "catalog.cell.size_incomplete",
    "Length, width and height belong together; {column} is empty.",
    "长、宽、高须同时填写，{column} 为空。",
    "Fill in all three, or none.",
    "请三项都填，或都不填。",
)
CELL_CURRENCY: Final = fault_kind(
    "catalog.cell.currency",
    "{value} in {column} is not a currency.",
    "{column} 的 {value} 不是币种。",
    "Enter the three letters of ISO 4217, e.g. USD.",
    "请填写三位字母的币种代码，例如 USD。",
)
CELL_CURRENCY_UNCLEAR: Final = fault_kind(
    "catalog.cell.currency_unclear",
    "The sign in {value} ({column}) stands for several currencies: {currencies}.",
    "{column} 的 {value} 中的符号可表示多种货币：{currencies}。",
    "Add a column for the currency, write the code after the amount (12.50 USD), or send"
    " constants=price.currency:USD.",
    "请增加“币种”列，在金额后注明代码（12.50 USD），或发送 constants=price.currency:USD。",
)
CELL_CURRENCY_DIFFERS: Final = fault_kind(
    "catalog.cell.currency_differs",
    "{value} in {column} is in {found}, but the row's currency is {currency}.",
    "{column} 的 {value} 为 {found}，与该行币种 {currency} 不一致。",
    "Correct one of them.",
    "请更正其中之一。",
)
CELL_LINE_TOTAL: Final = fault_kind(
    "catalog.cell.line_total",
    "{value} in {column} cannot be divided by {quantity} to whole cents.",
    "{column} 的 {value} 除以 {quantity} 不是整分。",
    "Add a column with the price of one piece.",
    "请增加“单价”列。",
)
CELL_YES_NO: Final = fault_kind(
    "catalog.cell.yes_no",
    "{value} in {column} is neither yes nor no.",
    "{column} 的 {value} 既不是“是”也不是“否”。",
    "Enter yes or no.",
    "请填写“是”或“否”。",
)
CELL_COUNTRY: Final = fault_kind(
    "catalog.cell.country",
    "{value} in {column} is not a country.",
    "{column} 的 {value} 不是国家或地区。",
    "Enter the two letters of ISO 3166, e.g. CN, or the country's name.",
    "请填写两位字母国家代码（例如 CN）或国家名称。",
)
CELL_STORE: Final = fault_kind(
    "catalog.cell.store",
    "{value} in {column} is not a store.",
    "{column} 的 {value} 不是店铺站点。",
    'Enter the country of the store, e.g. DE, or "direct".',
    "请填写站点国家代码，例如 DE，独立站请填 direct。",
)
CELL_MARKET: Final = fault_kind(
    "catalog.cell.market",
    "{value} in {column} is not a market.",
    "{column} 的 {value} 不是市场。",
    "Enter the country of the marketplace, e.g. DE.",
    "请填写站点所在国家代码，例如 DE。",
)
CELL_DATE: Final = fault_kind(
    "catalog.cell.date",
    "{value} in {column} is not a date.",
    "{column} 的 {value} 不是日期。",
    "Write it as 2026-11-22 or 2026-11-22 08:26.",
    "请写成 2026-11-22 或 2026-11-22 08:26。",
)
CELL_DATE_UNCLEAR: Final = fault_kind(
    "catalog.cell.date_unclear",
    "{value} in {column} can be {first} or {second}.",
    "{column} 的 {value} 可能是 {first}，也可能是 {second}。",
    "Write the year first: 2026-11-22.",
    "请先写年份：2026-11-22。",
)
CELL_URL: Final = fault_kind(
    "catalog.cell.url",
    "{value} in {column} is not a web address.",
    "{column} 的 {value} 不是网址。",
    "Begin with https://.",
    "请以 https:// 开头。",
)
CELL_HTML: Final = fault_kind(
    "catalog.cell.html",
    "{column} holds HTML; its text was read, without tags.",
    "{column} 含有 HTML，已去除标签只保留文字。",
    "Nothing, if that is right.",
    "如无异议，无需处理。",
)
CELL_REASON: Final = fault_kind(
    "catalog.cell.stock_reason",
    "{value} in {column} is not a reason for a change of stock.",
    "{column} 的 {value} 不是库存变动原因。",
    "Use one of {reasons}.",
    "请使用以下之一：{reasons}。",
)
CELL_NOTHING: Final = fault_kind(
    "catalog.cell.nothing",
    "{value} in {column} was read as an empty cell.",
    "{column} 的 {value} 按空单元格处理。",
    "Fill in a value; leave the cell empty if there is none.",
    "请填写实际值；没有值时请留空。",
)
CELL_CODE_NOTHING: Final = fault_kind(
    "catalog.cell.code_nothing",
    "{value} in {column} stands for no value; every row needs its own code here.",
    "{column} 的 {value} 表示“没有值”，但每行都需要编码。",
    "Enter the code of this row, or delete the row.",
    "请填写该行的编码，或删除该行。",
)
CELL_READ_AS: Final = fault_kind(
    "catalog.cell.read_as",
    "{value} in {column} was read as {read}.",
    "{column} 的 {value} 已按 {read} 读取。",
    "Nothing, if that is right.",
    "如无异议，无需处理。",
)
CELL_RANGE: Final = fault_kind(
    "catalog.cell.range",
    "{value} in {column} is a range, not one number.",
    "{column} 的 {value} 是区间，不是一个数值。",
    "Enter one number; a price of several steps is the price of one piece.",
    "请填写一个数值；阶梯价请填写单件价格。",
)
CELL_OPTION_LEFT_OUT: Final = fault_kind(
    "catalog.cell.option_left_out",
    "{value} in {column} was left out: {reason}.",
    "{column} 的 {value} 未读取：{reason_zh}。",
    "Name the parent, add the axis to it, or use a product type with the attribute {axis}.",
    "请填写父商品、为其增加该区分项，或使用含有属性 {axis} 的产品类型。",
)

# Rows
ROW_TOO_LONG: Final = fault_kind(
    "catalog.row.too_many_cells",
    "The row has {cells} cells, the header has {columns}.",
    "该行有 {cells} 个单元格，表头只有 {columns} 列。",
    "Put text with the delimiter in it between double quotes.",
    "请将含有分隔符的内容放在双引号内。",
)
ROW_TOO_SHORT: Final = fault_kind(
    "catalog.row.too_few_cells",
    "The row has {cells} cells, the header has {columns}: it may be broken in the middle.",
    "该行只有 {cells} 个单元格，表头有 {columns} 列，可能中途断行。",
    "Join it with the next line, or add the missing delimiters.",
    "请与下一行合并，或补齐缺少的分隔符。",
)
ROW_CELL_TOO_LONG: Final = fault_kind(
    "catalog.row.cell_too_long",
    "A cell of this row has {length} characters; at most {limit} are read.",
    "该行有单元格长达 {length} 个字符，最多读取 {limit} 个。",
    "Shorten it; a double quote may be missing before it.",
    "请缩短内容，也可能是前面缺少双引号。",
)
ROW_QUOTES: Final = fault_kind(
    "catalog.row.quotes",
    "A double quote in this row is not closed, or text follows after one.",
    "该行的双引号没有成对，或引号后仍有内容。",
    'Write a quote inside of text twice: "5"" pipe".',
    '内容中的引号请写两次："5"" pipe"。',
)
ROW_JSON: Final = fault_kind(
    "catalog.row.not_json",
    "The line is not one JSON object: {reason}.",
    "该行不是一个 JSON 对象：{reason}。",
    "Write one complete object a line.",
    "每行写一个完整的对象。",
)
ROW_JSON_REPEATED: Final = fault_kind(
    "catalog.row.repeated_name",
    "The name {name} is twice in one object.",
    "同一对象中 {name} 出现两次。",
    "Keep one of them.",
    "请只保留一个。",
)
ROW_LINE_TOO_LONG: Final = fault_kind(
    "catalog.row.line_too_long",
    "The line is longer than {limit} characters.",
    "该行超过 {limit} 个字符。",
    "Split it; one object or row a line.",
    "请拆分，每行一条数据。",
)
ROW_PICTURES_LEFT_OUT: Final = fault_kind(
    "catalog.row.pictures_left_out",
    "The article has {count} pictures more than a product can have; the last ones were left out.",
    "该商品的图片比上限多 {count} 张，已忽略最后几张。",
    "Keep the best 20.",
    "请保留最合适的 20 张。",
)
ROW_SUM: Final = fault_kind(
    "catalog.row.sum",
    "The row adds up those above it; it was left out.",
    "该行是以上各行的合计，未读取。",
    "Nothing, if that is right.",
    "如无异议，无需处理。",
)
ROW_PARENT_MADE: Final = fault_kind(
    "catalog.row.parent_made",
    "There was no parent {parent_sku}; it was made of this row, with the axes {axes}.",
    "父商品 {parent_sku} 不存在，已根据本行创建，区分项：{axes}。",
    "Nothing, if that is right; parents=require refuses such rows instead.",
    "如无异议，无需处理；使用 parents=require 则会拒绝此类行。",
)
ROW_PARENT_IGNORED: Final = fault_kind(
    "catalog.row.parent_ignored",
    "There is no parent {parent_sku}, and the row has no choices, such as a colour, to make one of;"
    " it was read as a product by itself.",
    "父商品 {parent_sku} 不存在，且本行没有颜色、尺码等选项可用于创建，已按独立商品读取。",
    "Fill in in what the variants differ, or make the parent first.",
    "请填写变体的区分项，或先创建父商品。",
)

# Sheets
SHEETS_NOT_READ: Final = fault_kind(
    "catalog.sheet.others_not_read",
    "Only the sheet {sheet} is read. There seem to be goods in {others}, too.",
    "只读取工作表“{sheet}”；{others} 中似乎也有数据，未读取。",
    "Send each of them as a file of its own.",
    "请将其他工作表分别另存为文件后上传。",
)


def _kinds() -> Iterator[FaultKind]:
    for name, value in [*globals().items(), *vars(column_fault_kinds).items()]:
        if name.isupper() and isinstance(value, FaultKind):
            yield value


# Every kind by its code: findings are stored by code and parameters.
FAULT_KINDS: Final[dict[str, FaultKind]] = {kind.code: kind for kind in _kinds()}
