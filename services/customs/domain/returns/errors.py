"""What a return can be refused with."""

from shared.kernel.errors import Conflict, Invalid, NotFound, Text


class ReturnNotFound(NotFound):
    code = "customs.return.not_found"
    text = Text("There is no return {return_id}.", "退货单 {return_id} 不存在。")


class ListNotReturnable(Conflict):
    code = "customs.return.list_unknown"
    text = Text(
        "The list has no number of customs, or its content is not kept here.",
        "清单没有海关编号，或系统未保存其内容。",
    )
    fix = Text(
        "Wait for the receipt that brings invtNo, or apply at the Single Window.",
        "请等待含 invtNo 的回执，或在单一窗口申报。",
    )


class GoodsNotDeparted(Conflict):
    """Only goods that have left the country can come back to it."""

    code = "customs.return.not_departed"
    text = Text(
        "The goods have not left: neither their departure nor the close of the list is known.",
        "货物尚未离境：系统未收到离境信息，清单也未结关。",
    )
    fix = Text(
        "Cancel the list: POST /v1/declarations/{declaration_id}:cancel with confirm. If the goods"
        " have left, apply again once their departure is reported.",
        "请撤销清单：POST /v1/declarations/{declaration_id}:cancel（confirm 设为 true）。"
        "如货物已离境，请在收到离境信息后重新申请。",
    )


class NothingToReturn(Conflict):
    code = "customs.return.nothing_left"
    text = Text("All goods of the list have come back already.", "该清单的货物已全部退回。")
    fix = Text(
        "Read /v1/declarations/{declaration_id}/returnable.",
        "请查看 /v1/declarations/{declaration_id}/returnable。",
    )


class ReturnLineUnknown(Invalid):
    code = "customs.return.line_unknown"
    text = Text("The list has no line {gnum}.", "清单中没有第 {gnum} 项。")
    fix = Text("Use the gnum of a line of the original list.", "请使用原清单的商品序号。")


class ReturnLineRepeated(Invalid):
    code = "customs.return.line_repeated"
    text = Text("Line {gnum} is named twice.", "第 {gnum} 项重复。")
    fix = Text("Name each line once, with its whole quantity.", "每项只填一次，数量合并填写。")


class ReturnQuantityTooLarge(Invalid):
    code = "customs.return.quantity_too_large"
    text = Text(
        "Of line {gnum} only {remaining} can still come back, not {quantity}.",
        "第 {gnum} 项最多还可退回 {remaining}，不能退回 {quantity}。",
    )
    fix = Text("Return at most {remaining}.", "数量不得超过 {remaining}。")


class ReturnLineExhausted(Invalid):
    code = "customs.return.line_exhausted"
    text = Text(
        "Nothing of line {gnum} can come back any more: all of it is in other returns.",
        "第 {gnum} 项已无可退数量，已全部列入其他退货单。",
    )
    fix = Text(
        "Leave the line out; the returns of this declaration show where its goods are.",
        "请去掉该项；该清单的退货单列表可查看其去向。",
    )


class ReturnCountryUnknown(Invalid):
    code = "customs.return.country_unknown"
    text = Text(
        "Customs' code of the country {country} is not known here.", "国家 {country} 没有海关代码。"
    )
    fix = Text("Use the ISO code of another country.", "请使用其他国家的 ISO 代码。")


class ReturnFromChina(Invalid):
    code = "customs.return.from_china"
    text = Text("Returned goods are dispatched abroad, not in China.", "退货的启运国不能是中国。")
    fix = Text("Name the country that the parcel comes from.", "请填写包裹启运的国家。")


class ReturnLinesOrAll(Invalid):
    code = "customs.return.lines_or_all"
    text = Text("Either lines or all says what comes back.", "lines 与 all 须二选一。")
    fix = Text("Send lines, or all set to true.", "请填写 lines，或将 all 设为 true。")


class ReturnDutiable(Invalid):
    code = "customs.return.dutiable"
    text = Text(
        "The goods are not free of import duty any more, or never were: {warning}.",
        "该货物退回不再（或从未）免征进口税：{warning}。",
    )
    fix = Text(
        "Send it again with accepts_duty set to true.", "请将 accepts_duty 设为 true 后重新提交。"
    )


class ReturnNotReplaceable(Invalid):
    code = "customs.return.not_replaceable"
    text = Text(
        "{return_id} is no return of this declaration that was refused.",
        "{return_id} 不是该清单下被退回的退货单。",
    )
    fix = Text(
        "Name a return whose status is rejected_technical, or leave it out.",
        "请填写口岸拒收的退货单，或不填。",
    )


class TallyNotAllowed(Conflict):
    code = "customs.return.tally_not_allowed"
    text = Text(
        "A return that is {status} cannot be tallied.", "退货单状态为“{status}”，不能理货。"
    )
    fix = Text("It can be when it is: {statuses}.", "可理货的状态：{statuses}。")
    members = ("allowed",)
