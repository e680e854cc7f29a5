"""What is refused about receipts, one class per broken rule."""

from shared.kernel.errors import Invalid, NotFound, Text


class ReceiptCountOutOfRange(Invalid):
    code = "customs.receipt.count_out_of_range"
    text = Text(
        "A message of this type must have 1 to {limit} receipts; this one has {count}.",
        "该类报文应含 1 至 {limit} 条回执，实际 {count} 条。",
    )
    fix = Text("Split the message.", "请拆分报文。")


class ReceiptIncomplete(Invalid):
    code = "customs.receipt.incomplete"
    text = Text("The receipt's {field} {problem}.", "回执字段 {field} 有误：{problem}。")
    fix = Text("Send the receipt again with that field corrected.", "请更正该字段后重新发送回执。")


class ReceiptUnmatched(NotFound):
    code = "customs.receipt.unmatched"
    text = Text(
        "No document with copNo {cop_no} is known here; the receipt is kept and applied if one "
        "appears.",
        "未找到内部编号 {cop_no} 的单证；回执已保存，出现对应单证后自动处理。",
    )
    fix = Text("Check which sender the receipt belongs to.", "请核对回执所属的申报企业。")


class ReceiptItemsMissing(Invalid):
    code = "customs.receipt.items_missing"
    text = Text(
        "Receipts as JSON are an object with one member, the list items.",
        "JSON 回执须为仅含 items 数组的对象。",
    )
    fix = Text('Send {{"items": [ … ]}}.', '请发送 {{"items": [ … ]}}。')
