"""The export list, which is the declaration (CEB603), its cancellation (CEB605) and the monthly
summary of lists (CEB701). Source: interface specification, edition 202205.
"""

from typing import Final

from services.customs.domain.messages.elements import layout
from services.customs.domain.messages.kinds.kind import PREFIX, MessageKind, Numbering, Signature
from services.customs.domain.messages.kinds.rules import bonded, parted, period

LINES_PER_LIST_MAX: Final = 100

CEB603: Final = MessageKind(
    message_type="CEB603",
    node="Inventory",
    head_node="InventoryHead",
    # The schema has freight and insurance as totals only: fFlag and iFlag are 3.
    head=layout(
        PREFIX
        + """customsCode C4; ebpCode C..18; ebpName C..100; orderNo C..60; logisticsCode C..18;
        logisticsName C..100; logisticsNo C..32; copNo C..30; preNo? C18; invtNo? C..20;
        ieFlag C1 =E; portCode C4; ieDate T8; statisticsFlag C1 =A|B; agentCode C..18;
        agentName C..100; ebcCode C..18; ebcName C..100; ownerCode C..18; ownerName C..100;
        iacCode? C..18; iacName? C..100; emsNo? C..30; tradeMode C4 =9610|1210|9710|9810;
        trafMode C1~; trafName? C..100; voyageNo? C..32; billNo? C..37; totalPackageNo? C..37;
        loctNo? C..10; licenseNo? C..19; country C3; POD C3-4~; freight N19,5; fCurrency C3;
        fFlag C1 =3; insuredFee N19,5; iCurrency C3; iFlag C1 =3; wrapType C1~; packNo N9+;
        grossWeight N19,5; netWeight N19,5; note? C..1000"""
    ),
    line_node="InventoryList",
    line=layout(
        """gnum N5+; itemNo C..20; itemRecordNo? C..30; itemName? C..250; gcode C10; gname C..250;
        gmodel C..250~; barCode C..50~; country C3; currency C3; qty N19,5; qty1 N19,5;
        qty2? N19,5; unit C3; unit1 C3; unit2? C..3; price N19,5; totalPrice N19,5;
        note? C..1000"""
    ),
    lines_min=1,
    lines_max=LINES_PER_LIST_MAX,
    numbering=Numbering.RUNNING,
    signature=Signature.OBLIGATORY,
    receipt_type="CEB604",
    rules=(bonded,),
)
CEB605: Final = MessageKind(
    message_type="CEB605",
    node="InvtCancel",
    head_node="InvtCancel",
    head=layout(
        PREFIX
        + """customsCode C4; copNo C..30; preNo? C18; invtNo C..20; reason C..1000~;
        agentCode C..18; agentName C..100; ebcCode C..18; ebcName C..100; note? C..1000"""
    ),
    signature=Signature.OBLIGATORY,
    receipt_type="CEB606",
)
CEB701: Final = MessageKind(
    message_type="CEB701",
    node="SummaryApply",
    head_node="SummaryApplyHead",
    # itemNameFlag: `1`; the other value is nowhere stated.
    head=layout(
        PREFIX
        + """customsCode C4; copNo C..30; preNo? C..18; sumNo? C..18; agentCode C..18;
        agentName C..100; ebcCode C..18; ebcName C..100; declAgentCode C..18;
        declAgentName C..100; startTime? T14; endTime? T14; loctNo? C..10; summaryFlag C1 =1|2;
        itemNameFlag C1; msgCount N9+; msgSeqNo N9+; note? C..1000"""
    ),
    line_node="SummaryApplyList",
    line=layout("invtNo C..20"),
    lines_max=None,
    is_split=True,
    signature=Signature.OBLIGATORY,
    receipt_type="CEB702",
    rules=(parted, period),
)
