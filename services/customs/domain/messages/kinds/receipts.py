"""The messages that answer. Source: interface specification, edition 202205; CEB900 stands in the
import schema and answers messages of both directions.

The tables give the order and the lengths in which a receipt is sent. Reading asks for less: preNo
and invtNo may be absent or empty everywhere, since the schema and the document disagree about them.
"""

from typing import Final

from services.customs.domain.messages.elements import Layout, layout
from services.customs.domain.messages.kinds.kind import ReceiptKind

_RETURNED: Final = "returnStatus C..10; returnTime T17; returnInfo C..1000"


def _returned(elements: str) -> Layout:
    return layout(f"guid G36; {elements}; {_RETURNED}")


CEB304: Final = ReceiptKind(
    "CEB304",
    "OrderReturn",
    _returned("ebpCode C..18; ebcCode C..18; orderNo C..60"),
    party="ebpCode",
    number="orderNo",
)
CEB404: Final = ReceiptKind(
    "CEB404",
    "ReceiptsReturn",
    _returned("ebcCode C..18; orderNo C..60; payNo? C..60"),
    party="ebcCode",
    number="orderNo",
)
CEB506: Final = ReceiptKind(
    "CEB506",
    "LogisticsReturn",
    _returned("logisticsCode C..18; logisticsNo C..32"),
    party="logisticsCode",
    number="logisticsNo",
)
CEB508: Final = ReceiptKind(
    "CEB508",
    "ArrivalReturn",
    _returned(
        """operatorCode C..18; logisticsCode C..18; preNo? C18; copNo C..30; billNo C..37;
        msgSeqNo N9+"""
    ),
    party="operatorCode",
    number="copNo",
    part="msgSeqNo",
)
CEB510: Final = ReceiptKind(
    "CEB510",
    "DepartureReturn",
    _returned("logisticsCode C..18; copNo C..30; preNo C18; msgSeqNo N9+"),
    party="logisticsCode",
    number="copNo",
    part="msgSeqNo",
)
CEB604: Final = ReceiptKind(
    "CEB604",
    "InventoryReturn",
    _returned(
        """agentCode C..18; copNo C..30; preNo? C18; invtNo? C..20; ebcCode C..18; ebpCode C..18;
        orderNo C..60; statisticsFlag C1"""
    ),
    party="agentCode",
    number="copNo",
)
CEB606: Final = ReceiptKind(
    "CEB606",
    "InvtCancelReturn",
    _returned("agentCode C..18; copNo C..30; preNo? C18; invtNo? C..20"),
    party="agentCode",
    number="copNo",
)
CEB608: Final = ReceiptKind(
    "CEB608",
    "WayBillReturn",
    _returned(
        """agentCode C..18; logisticsCode C..18; copNo C..30; preNo? C18; billNo C..37;
        msgSeqNo N9+"""
    ),
    party="agentCode",
    number="copNo",
    part="msgSeqNo",
)
CEB702: Final = ReceiptKind(
    "CEB702",
    "SummaryReturn",
    _returned("agentCode C..18; ebcCode C..18; copNo C..30; preNo? C18; sumNo? C18; msgSeqNo N9+"),
    party="agentCode",
    number="copNo",
    part="msgSeqNo",
)
CEB214: Final = ReceiptKind(
    "CEB214",
    "RefundReturn",
    _returned(
        """ebpCode? C..18; ebcCode? C..18; agentCode C..18; coElNo C..30; preNo? C..18;
        invtNo C..20"""
    ),
    party="agentCode",
    number="coElNo",
)
CEB216: Final = ReceiptKind(
    "CEB216",
    "InvtRefundDetailReturn",
    _returned(
        """operatorCode C..18; logisticsCode C..18; logisticsNo C..80; coElNo C..30;
        preNo? C..18"""
    ),
    party="operatorCode",
    number="coElNo",
)
# A message that the port could not read. It has no number: our message is known by its root guid,
# which stands in the copy of it, oriBizMessage.
CEB900: Final = ReceiptKind(
    "CEB900",
    "MessageReturn",
    layout(
        """guid G36; returnStatus C..10; returnInfo C..5000; returnTime C..50; oriCopMsgId C..255;
        oriMessageType C..15; oriBizMessage C..16777216"""
    ),
    party="",
    number="oriBizMessage",
    nodes_max=1,
)
# The result of a summary. It is no answer to a document of ours, and has no return status.
CEB792: Final = ReceiptKind(
    "CEB792",
    "SummaryResult",
    layout(
        """guid G36; customsCode C4; sumNo C18; opDate T17; declSeqNo C18; decTmpNo? C18;
        decPreNo? C18; entryId? C18; decState C..3; agentCode C..18; agentName C..100;
        ebcCode C..18; ebcName C..100; declAgentCode C..18; declAgentName C..100;
        grossWeight N19,5; netWeight N19,5; msgCount N9+; msgSeqNo N9+; note? C..1000"""
    ),
    party="declSeqNo",
    number="sumNo",
    part="msgSeqNo",
    head_node="SummaryResultHead",
    line_node="SummaryResultList",
    line=layout("invtNo C..20; logisticsNo C..32; gseqno N9+; gnum N5+; gcode C10"),
)
