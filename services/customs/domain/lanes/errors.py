"""What the lanes refuse, one class per broken rule."""

from shared.kernel.errors import Conflict, NotFound, Text


class LaneNotFound(NotFound):
    code = "customs.lane.not_found"
    text = Text("There is no security lane {lane}.", "安检通道 {lane} 不存在。")
    fix = Text("GET /v1/lanes lists the lanes.", "可通过 GET /v1/lanes 查看通道。")


class ScreeningContradicted(Conflict):
    code = "customs.screening.contradicted"
    text = Text("{declaration_id} has already passed screening.", "{declaration_id} 已通过安检。")
    fix = Text(
        "Report the identical screening again or clarify with the lane.",
        "请重复提交相同的安检结果，或与通道核实。",
    )
