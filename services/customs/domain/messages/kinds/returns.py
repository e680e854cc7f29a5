"""Exported goods that come back: the application (CEB213) and the tally at the site (CEB215).
Source: interface specification, edition 202205. Lengths differ from those of the same names in
other messages, and the lines have an order of their own.
"""

from typing import Final

from services.customs.domain.messages.elements import layout
from services.customs.domain.messages.kinds.kind import PREFIX, MessageKind, Numbering
from services.customs.domain.messages.kinds.rules import sent_from_abroad

CEB213: Final = MessageKind(
    message_type="CEB213",
    node="InvtRefund",
    head_node="InvtRefundHead",
    # tradeMode is optional in the schema and obligatory in the document.
    head=layout(
        PREFIX
        + """customsCode C4; loctNo? C..10; ebpCode C..18; ebpName C..100; ebcCode C..18;
        ebcName C..100; logisticsNo C..80; logisticsCode C..18; logisticsName C..100;
        coElNo C..30; preNo? C..18; invtNo C..20; tradeMode C4 =9661|1261; agentCode C..18;
        agentName C..100; billNo C..37; ieFlag C1 =I; trafMode C1; trafName C..100; portCode C4;
        reason C..500; country C3; voyageNo C..32; note? C..500"""
    ),
    line_node="InvtRefundList",
    line=layout(
        """gnum N4+; gcode C10; gname C..250; gmodel C..250; qty N19,5; qty1 N19,5; unit C3;
        unit1 C3; qty2? N19,5; unit2? C3; note? C..500"""
    ),
    lines_min=1,
    lines_max=100,
    # gnum is the number of the line in the export list.
    numbering=Numbering.UNIQUE,
    receipt_type="CEB214",
    rules=(sent_from_abroad,),
)
CEB215: Final = MessageKind(
    message_type="CEB215",
    node="InvtRefundDetail",
    head_node="InvtRefundDetail",
    # It names the parcel, not the goods. coElNo is shorter here than in its receipt.
    head=layout(
        PREFIX
        + """customsCode C4; operatorCode C..18; operatorName C..100; logisticsCode C..18;
        logisticsName C..100; logisticsNo C..80; invtNo? C..20; coElNo C..20; preNo? C..18;
        billNo C..37; ieFlag C1 =I; trafMode C1; trafName C..100; voyageNo C..32;
        location? C..250; note? C..250"""
    ),
    receipt_type="CEB216",
)
