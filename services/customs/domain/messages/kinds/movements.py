"""Where the goods are: arrival in the supervised site (CEB507), the lists on a master waybill and
flight (CEB607), departure (CEB509). Source: interface specification, edition 202205.
"""

from typing import Final

from services.customs.domain.messages.elements import layout
from services.customs.domain.messages.kinds.kind import PREFIX, MessageKind, Numbering, Signature
from services.customs.domain.messages.kinds.rules import needed_unless_mail, parted

CEB507: Final = MessageKind(
    message_type="CEB507",
    node="Arrival",
    head_node="ArrivalHead",
    head=layout(
        PREFIX
        + """customsCode C4; copNo C..30; preNo? C18; operatorCode C..18; operatorName C..100;
        loctNo? C..10; ieFlag C1 =E; trafMode C1~; billNo? C..37; domesticTrafNo C..100~;
        logisticsCode C..18; logisticsName C..100; msgCount N9+; msgSeqNo N9+; note? C..1000"""
    ),
    line_node="ArrivalList",
    line=layout("gnum N5+; logisticsNo C..32; totalPackageNo? C..37; note? C..1000"),
    lines_max=None,
    numbering=Numbering.RUNNING,
    is_split=True,
    signature=Signature.IF_DECLARED,
    receipt_type="CEB508",
    rules=(parted, needed_unless_mail("billNo")),
)
CEB509: Final = MessageKind(
    message_type="CEB509",
    node="Departure",
    head_node="DepartureHead",
    head=layout(
        PREFIX
        + """customsCode C4; copNo C..30; preNo? C18; logisticsCode C..18; logisticsName C..100;
        trafMode C1~; trafName? C..100; voyageNo? C..32; billNo? C..37; leaveTime T14;
        msgCount N9+; msgSeqNo N9+; note? C..1000"""
    ),
    line_node="DepartureList",
    line=layout("gnum N5+; totalPackageNo? C..37; logisticsNo C..32; note? C..1000"),
    lines_min=1,
    lines_max=None,
    numbering=Numbering.RUNNING,
    is_split=True,
    signature=Signature.OBLIGATORY,
    receipt_type="CEB510",
    rules=(parted, needed_unless_mail("trafName", "voyageNo", "billNo")),
)
CEB607: Final = MessageKind(
    message_type="CEB607",
    node="WayBill",
    head_node="WayBillHead",
    head=layout(
        PREFIX
        + """customsCode C4; copNo C..30; preNo? C18; agentCode C..18; agentName C..100;
        loctNo? C..10; trafMode C1~; trafName C..100~; voyageNo C..32~; billNo C..37;
        domesticTrafNo? C..100; grossWeight N19,5; logisticsCode C..18; logisticsName C..100;
        msgCount N9+; msgSeqNo N9+; note? C..1000"""
    ),
    line_node="WayBillList",
    line=layout("gnum N5+; totalPackageNo? C..60; logisticsNo C..32; invtNo? C..20; note? C..1000"),
    lines_min=1,
    lines_max=None,
    numbering=Numbering.RUNNING,
    is_split=True,
    signature=Signature.OBLIGATORY,
    receipt_type="CEB608",
    rules=(parted,),
)
