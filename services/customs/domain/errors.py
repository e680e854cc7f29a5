"""What customs refuses, one class per broken rule. Findings of the three-document match are no
refusals (nobody asked for anything); they are in `domain.findings`.
"""

from shared.kernel.errors import Conflict, Invalid, NotFound, Text, TooLarge


class DeclarationNotFound(NotFound):
    code = "customs.declaration.not_found"
    text = Text("There is no declaration {declaration_id}.", "申报单 {declaration_id} 不存在。")


class ParkOnly(Invalid):
    code = "customs.park_only"
    text = Text(
        "This is work of the park, not of one merchant.", "该操作属于园区，不能以单个商户身份执行。"
    )
    fix = Text("Leave out the header Airlane-Tenant.", "请去掉 Airlane-Tenant 请求头。")


class MessageNotFound(NotFound):
    code = "customs.message.not_found"
    text = Text("There is no message {guid}.", "报文 {guid} 不存在。")


class LaneNotFound(NotFound):
    code = "customs.lane.not_found"
    text = Text("There is no security lane {lane}.", "安检通道 {lane} 不存在。")
    fix = Text("GET /v1/lanes lists the lanes.", "可通过 GET /v1/lanes 查看通道。")


class MessageTooLarge(TooLarge):
    code = "customs.message.too_large"
    fix = Text("Send at most 100 receipts in one message.", "每个报文最多 100 条回执，请拆分。")


class XmlNotReadable(Invalid):
    code = "customs.message.not_readable"
    text = Text("This is no readable CEB message: {reason}.", "无法解析 CEB 报文：{reason}。")
    fix = Text(
        "Send well-formed XML in UTF-8 with the root and namespace of the specification.",
        "请按接口规范的根节点与命名空间发送 UTF-8 编码的合法 XML。",
    )


class XmlUnsafe(Invalid):
    code = "customs.message.unsafe"
    text = Text(
        "The message carries a document type declaration.", "报文包含文档类型声明（DOCTYPE）。"
    )
    fix = Text("Remove it: CEB messages need none.", "请删除该声明，CEB 报文不需要。")


class MessageNotExpected(Invalid):
    code = "customs.message.not_expected"
    text = Text("{root} is not a message received here.", "此处不接收 {root} 报文。")
    fix = Text("Send CEB604 or CEB510.", "请发送 CEB604 或 CEB510 报文。")


class ReceiptCountOutOfRange(Invalid):
    code = "customs.receipt.count_out_of_range"
    text = Text(
        "A message carries 1 to 100 receipts, this one {count}.",
        "每个报文应含 1 至 100 条回执，实际 {count} 条。",
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


class ScreeningContradicted(Conflict):
    code = "customs.screening.contradicted"
    text = Text("{declaration_id} has already passed screening.", "{declaration_id} 已通过安检。")
    fix = Text(
        "Report the identical screening again or clarify with the lane.",
        "请重复提交相同的安检结果，或与通道核实。",
    )
