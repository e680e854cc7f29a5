"""What a summary can be refused with."""

from shared.kernel.errors import Conflict, Invalid, NotFound, Text


class SummaryNotFound(NotFound):
    code = "customs.summary.not_found"
    text = Text("There is no summary {summary_id}.", "汇总申请 {summary_id} 不存在。")


class MonthNotOver(Conflict):
    code = "customs.summary.month_not_over"
    text = Text("The month {month} is not over in China.", "{month} 尚未结束（中国时间）。")
    fix = Text("Apply after its last day, by {due_on}.", "请于月末之后、{due_on} 之前申请。")


class SummaryNotReplaceable(Invalid):
    code = "customs.summary.not_replaceable"
    text = Text(
        "{summary_id} is no summary that was refused.", "{summary_id} 不是被退回的汇总申请。"
    )
    fix = Text(
        "Name a summary whose status is rejected_technical, or leave it out.",
        "请填写口岸拒收的汇总申请，或不填。",
    )
