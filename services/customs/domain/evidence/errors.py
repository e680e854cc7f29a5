"""What asking for evidence can be refused with."""

from shared.kernel.errors import Conflict, NotFound, Text


class BlockNotFound(NotFound):
    code = "customs.evidence.block_not_found"
    text = Text("There is no block {number} of evidence.", "不存在编号为 {number} 的证据区块。")
    fix = Text(
        "GET /v1/evidence/head names the newest block.",
        "最新区块见 GET /v1/evidence/head。",
    )


class HeadTooOld(Conflict):
    """Something about the declaration was sealed in a later block."""

    code = "customs.evidence.head_too_old"
    text = Text(
        "Evidence about this declaration is in block {newest}, after block {head}.",
        "该清单的证据位于区块 {newest}，晚于区块 {head}。",
    )
    fix = Text(
        "Name block {newest} or a later one as head.", "请将 head 设为区块 {newest} 或更晚的区块。"
    )
