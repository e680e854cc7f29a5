"""What is refused about messages of the port, one class per broken rule."""

from shared.kernel.errors import Invalid, NotFound, Text


class InboundMessageNotFound(NotFound):
    code = "customs.inbound.not_found"
    text = Text(
        "No message with the digest {digest} has come in.", "未收到摘要为 {digest} 的报文。"
    )


class InboundReaderFailed(Invalid):
    """A fault of ours: the message waits for a later version of the reader."""

    code = "customs.inbound.reader_failed"
    text = Text(
        "Our reader failed on this message ({kind}). It is kept as it came.",
        "系统解析该报文时出错（{kind}），原文已保存。",
    )
    fix = Text(
        "Report it with the digest; it is read again with POST /v1/inbound-messages/{{digest}}"
        ":replay once the reader is corrected.",
        "请提供摘要反馈；解析程序修正后可通过 :replay 重新解析。",
    )


class InboundNotApplied(Invalid):
    """Read, but what it says could not be recorded; tried again by itself."""

    code = "customs.inbound.not_applied"
    text = Text(
        "What the message says could not be recorded yet ({kind}); it is tried again by itself.",
        "报文内容暂未能入库（{kind}），系统会自动重试。",
    )
    fix = Text("Nothing, unless it stays so.", "通常无需处理；若持续出现请联系管理员。")
