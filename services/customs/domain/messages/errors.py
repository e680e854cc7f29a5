"""Messages that cannot be found or read, one class per broken rule."""

from shared.kernel.errors import Invalid, NotFound, Text, TooLarge


class MessageNotFound(NotFound):
    code = "customs.message.not_found"
    text = Text("There is no message {guid}.", "报文 {guid} 不存在。")


class MessageTooLarge(TooLarge):
    code = "customs.message.too_large"
    text = Text("The message is larger than {limit}.", "报文超过上限 {limit}。")
    fix = Text("Send at most 100 receipts in one message.", "每个报文最多 100 条回执，请拆分。")


class XmlNotReadable(Invalid):
    code = "customs.message.not_readable"
    text = Text("This is not a readable CEB message: {reason}.", "无法解析 CEB 报文：{reason}。")
    fix = Text(
        "Send well-formed XML with the root and namespace of the specification, in the encoding "
        "that it declares.",
        "请按接口规范的根节点与命名空间发送合法 XML，且实际编码与声明一致。",
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
    fix = Text("Send one of the types that are received here.", "请发送此处接收的报文类型。")


class ElementRepeated(Invalid):
    code = "customs.message.element_repeated"
    text = Text("{element} stands twice in a {node}.", "节点 {node} 中 {element} 重复出现。")
    fix = Text("Send the node again with one of them.", "请仅保留其中一个后重新发送。")
