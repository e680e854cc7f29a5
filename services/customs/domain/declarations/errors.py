"""What reading or changing a declaration can be refused with."""

from shared.kernel.errors import Conflict, Invalid, NotFound, Text


class DeclarationNotFound(NotFound):
    code = "customs.declaration.not_found"
    text = Text("There is no declaration {declaration_id}.", "清单 {declaration_id} 不存在。")


class RepairImpossible(Invalid):
    code = "customs.declaration.repair_impossible"
    text = Text("{target} cannot be repaired to this value.", "{target} 不能修正为该值。")
    fix = Text(
        "Use the pointer and value of a suggested repair, or place the order again.",
        "请使用建议的修正项，或重新下单。",
    )


class NothingToRepair(Invalid):
    code = "customs.declaration.nothing_to_repair"
    text = Text("There is nothing to apply.", "没有可应用的修正项。")
    fix = Text(
        "Give repairs, or set apply_suggested where a finding suggests one that is no guess.",
        "请填写 repairs；如问题项有非推测的建议，可将 apply_suggested 设为 true。",
    )


class StillFaulty(Invalid):
    """Its problems are the faults that are left."""

    code = "customs.declaration.still_faulty"
    text = Text(
        "The declaration as corrected still has faults: nothing was sent.",
        "更正后的清单仍有错误，未发送。",
    )
    fix = Text("Correct what the problems name.", "请更正 problems 所列问题。")


class NothingToResend(Conflict):
    code = "customs.document.nothing_to_resend"
    text = Text(
        "{document_id} neither failed nor waits for an answer.",
        "单证 {document_id} 无需重发。",
    )
    fix = Text("Nothing: read its status.", "无需操作，请查看其状态。")


class DocumentNotFound(NotFound):
    code = "customs.document.not_found"
    text = Text("There is no document {document_id}.", "单证 {document_id} 不存在。")


class ResendUnclear(Invalid):
    code = "customs.document.resend_unclear"
    text = Text("It is not clear which documents are meant.", "未明确需重发的单证。")
    fix = Text("Give either document_ids or of.", "请填写 document_ids 或 of 其中之一。")


class ValidationUnclear(Invalid):
    code = "customs.declaration.validation_unclear"
    text = Text("It is not clear what is to be validated.", "未明确需校验的内容。")
    fix = Text(
        "Give either declaration_id, or order and its waybill if there is one.",
        "请填写 declaration_id，或填写 order（如有分运单，同时填写 waybill）。",
    )
