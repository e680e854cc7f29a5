"""The messages that the office writes. In all of them stand a guid, the document's key and three
fields of the answer; CEB792 alone has lines, and CEB900 brings the whole message back.
"""

from dataclasses import dataclass
from typing import Final

from deploy.sandbox.customs_office.tables.elements import Layout, layout

_ANSWER: Final = "returnStatus C..10; returnTime C17; returnInfo C..1000"


@dataclass(frozen=True, slots=True)
class AnswerKind:
    message: str
    node: str
    layout: Layout
    head_node: str = ""
    line_node: str = ""
    line: Layout = ()
    most: int = 100  # nodes of one message


def _kind(message: str, node: str, *notation: str) -> AnswerKind:
    return AnswerKind(message, node, layout("guid C36", *notation, _ANSWER))


REFUSAL: Final = AnswerKind(
    "CEB900",
    "MessageReturn",
    layout(
        """guid C36; returnStatus C..10; returnInfo C..5000; returnTime C17; oriCopMsgId C..255;
        oriMessageType C..15; oriBizMessage C..99999999"""
    ),
    most=1,
)
SUMMARY_RESULT: Final = AnswerKind(
    "CEB792",
    "SummaryResult",
    layout(
        """guid C36; customsCode C4; sumNo C18; opDate C17; declSeqNo C18; decTmpNo? C18;
        decPreNo? C18; entryId? C18; decState C..3; agentCode C..18; agentName C..100;
        ebcCode C..18; ebcName C..100; declAgentCode C..18; declAgentName C..100;
        grossWeight N19,5; netWeight N19,5; msgCount I9; msgSeqNo I9; note? C..1000"""
    ),
    head_node="SummaryResultHead",
    line_node="SummaryResultList",
    line=layout("invtNo C..20; logisticsNo C..32; gseqno I9; gnum I5; gcode C10"),
)
ANSWERS: Final = {
    kind.message: kind
    for kind in (
        _kind("CEB304", "OrderReturn", "ebpCode C..18; ebcCode C..18; orderNo C..60"),
        _kind("CEB404", "ReceiptsReturn", "ebcCode C..18; orderNo C..60; payNo? C..60"),
        _kind("CEB506", "LogisticsReturn", "logisticsCode C..18; logisticsNo C..32"),
        _kind(
            "CEB508",
            "ArrivalReturn",
            """operatorCode C..18; logisticsCode C..18; preNo C18; copNo C..30; billNo~ C..37;
            msgSeqNo I9""",
        ),
        _kind(
            "CEB510", "DepartureReturn", "logisticsCode C..18; copNo C..30; preNo C18; msgSeqNo I9"
        ),
        _kind(
            "CEB604",
            "InventoryReturn",
            """agentCode C..18; copNo C..30; preNo C18; invtNo~ C..20; ebcCode C..18;
            ebpCode C..18; orderNo C..60; statisticsFlag C1""",
        ),
        _kind(
            "CEB606", "InvtCancelReturn", "agentCode C..18; copNo C..30; preNo C18; invtNo~ C..20"
        ),
        _kind(
            "CEB608",
            "WayBillReturn",
            """agentCode C..18; logisticsCode C..18; copNo C..30; preNo C18; billNo C..37;
            msgSeqNo I9""",
        ),
        _kind(
            "CEB702",
            "SummaryReturn",
            """agentCode C..18; ebcCode C..18; copNo C..30; preNo C18; sumNo? C18; msgSeqNo I9""",
        ),
        _kind(
            "CEB214",
            "RefundReturn",
            """ebpCode? C..18; ebcCode? C..18; agentCode C..18; coElNo C..30; preNo? C..18;
            invtNo C..20""",
        ),
        _kind(
            "CEB216",
            "InvtRefundDetailReturn",
            """operatorCode C..18; logisticsCode C..18; logisticsNo C..80; coElNo C..30;
            preNo? C..18""",
        ),
        SUMMARY_RESULT,
        REFUSAL,
    )
}
