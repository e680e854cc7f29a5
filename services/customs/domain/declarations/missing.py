"""What a declaration may lack: whose move it is, and what to do, in words."""

from dataclasses import dataclass
from typing import Final, Literal

from shared.kernel.errors import Text

# us: the service and those who run it. park: the declarant at the park.
Owner = Literal["merchant", "park", "lane", "logistics", "carrier", "customs", "us", "nobody"]


@dataclass(frozen=True, slots=True)
class Missing:
    code: str
    owner: Owner
    detail: Text
    remedy: Text


def _missing(code: str, owner: Owner, detail: tuple[str, str], remedy: tuple[str, str]) -> Missing:
    return Missing(code, owner, Text(*detail), Text(*remedy))


ORDER: Final = _missing(
    "order",
    "merchant",
    ("The order.", "订单数据。"),
    (
        "Place the order with its stock; the document then arrives automatically.",
        "请完成下单并备货，数据自动送达。",
    ),
)
WAYBILL: Final = _missing(
    "waybill",
    "carrier",
    ("The house waybill.", "分运单。"),
    ("Wait for the shipment to be booked.", "请等待货件订舱。"),
)
ROUTE: Final = _missing(
    "route",
    "merchant",
    ("A route to the destination: the shipment is unroutable.", "可行路线：该货件无法安排运输。"),
    ("See the reason on the order; change it or cancel.", "请查看订单中的原因，修改或取消订单。"),
)
CORRECTION: Final = _missing(
    "correction",
    "merchant",
    ("Corrections: the match found faults.", "更正：单证比对发现问题。"),
    ("Follow the fix of each finding.", "请按各项问题的处理建议更正。"),
)
TRANSMISSION: Final = _missing(
    "transmission",
    "us",
    ("The export list's transmission.", "清单发送。"),
    ("Nothing: it leaves with the next message.", "无需操作，将随下一报文发送。"),
)
SECOND_LIST: Final = _missing(
    "second_list",
    "park",
    (
        "Customs has a second list of this parcel, entered late under its earlier number.",
        "海关另有本包裹的一份清单（原编号，迟到入库）。",
    ),
    (
        (
            "CEB605 asks customs to cancel it. If customs declines or has closed it, settle it "
            "with the customs office."
        ),
        "系统已用 CEB605 申请撤销该清单；若海关不同意或已结关，请与现场海关联系处理。",
    ),
)
SECOND_RETURN: Final = _missing(
    "second_return",
    "park",
    (
        "Customs has two returns of the same goods: it has entered the refused one late.",
        "海关有同一货物的两份退货申请（原被退回的一份迟到入库）。",
    ),
    (
        "No message takes a return back: settle with the customs office which one counts.",
        "退货申请无法通过报文撤回，请与现场海关确认以哪一份为准。",
    ),
)
RECEIPT_120: Final = _missing(
    "receipt_120",
    "customs",
    ("Receipt 120: entered in customs' system.", "回执 120：海关入库。"),
    (
        "Wait for customs; ask if it takes more than a few minutes.",
        "请等待海关回执，超过数分钟请查询。",
    ),
)
REDECLARE: Final = _missing(
    "redeclaration",
    "merchant",
    ("A corrected declaration: customs sent it back.", "更正申报：海关退单。"),
    (
        "Read the receipt's text, correct the data, and declare again by clone.",
        "请查看回执内容，更正数据后重新申报。",
    ),
)
DECISION: Final = _missing(
    "customs_decision",
    "customs",
    ("Customs' decision after review or inspection.", "海关审核或查验结论。"),
    ("Have documents and goods ready; customs decides.", "请备妥单证与货物，等待海关决定。"),
)
RECEIPT_800: Final = _missing(
    "receipt_800",
    "customs",
    ("Receipt 800: the release.", "回执 800：放行。"),
    ("Wait for customs.", "请等待海关。"),
)
SCREENING: Final = _missing(
    "screening",
    "lane",
    ("Security screening.", "安检。"),
    (
        "Nothing: the parcel waits at its lane; the park's operators see the queue.",
        "无需操作：包裹在安检通道排队，园区运营人员可查看队列。",
    ),
)
RECHECK: Final = _missing(
    "recheck",
    "lane",
    ("A passed screening: the last one failed.", "安检通过：最近一次未通过。"),
    ("Open the parcel, remove the cause and screen it again.", "请开包查验、排除原因后重新安检。"),
)
DEPARTURE: Final = _missing(
    "departure",
    "carrier",
    ("The departure.", "离境。"),
    ("Wait for the flight.", "请等待航班起飞。"),
)
DEPARTURE_REPORT: Final = _missing(
    "departure_report",
    "us",
    ("The departure message CEB509.", "离境单 CEB509。"),
    ("Nothing: it leaves with the flight's message.", "无需操作，将随该航班的报文发送。"),
)
RECEIPT_899: Final = _missing(
    "receipt_899",
    "customs",
    ("Receipt 899: the declaration is closed.", "回执 899：结关。"),
    ("Wait for customs.", "请等待海关。"),
)
