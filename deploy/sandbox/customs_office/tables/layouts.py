"""The messages that the office reads: interface specification 202205, export part. Written from its
text and kept apart from the park's own tables, so that two readings of one text have to agree.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deploy.sandbox.customs_office.tables.elements import Layout, layout

NAMESPACE: Final = "http://www.chinaport.gov.cn/ceb"
DOCUMENTS_MAX: Final = 100
_MANY: Final = 1_000_000


class Sign(StrEnum):
    """When a message has to be signed."""

    ALWAYS = "always"
    DECLARED = "with appStatus 2"
    NEVER = "as it likes"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document. `head_node` is empty where the node has no head and no lines; `party`
    and `number` are the elements that identify a document; parts have a `msgSeqNo`, too."""

    message: str
    answer: str
    node: str
    party: str
    number: str
    head: Layout
    sign: Sign = Sign.NEVER
    head_node: str = ""
    line_node: str = ""
    line: Layout = ()
    lines_least: int = 0
    lines_most: int = 0

    @property
    def is_split(self) -> bool:
        return any(element.name == "msgSeqNo" for element in self.head)


_PREFIX: Final = "guid C36; appType C1; appTime C14; appStatus C1"
_PARTS: Final = "msgCount I9; msgSeqNo I9; note? C..1000"
_AGENT: Final = "agentCode C..18; agentName C..100"
_EBC: Final = "ebcCode C..18; ebcName C..100"
_EBP: Final = "ebpCode C..18; ebpName C..100"
_CARRIER: Final = "logisticsCode C..18; logisticsName C..100"
_OPERATOR: Final = "operatorCode C..18; operatorName C..100"

ORDER: Final = Kind(
    "CEB303", "CEB304", "Order", "ebpCode", "orderNo",
    layout(_PREFIX, "orderType C1; orderNo C..60", _EBP, _EBC,
           "goodsValue N19,5; freight N19,5; currency C3; note? C..1000"),
    head_node="OrderHead", line_node="OrderList", lines_least=1, lines_most=100,
    line=layout("""gnum I5; itemNo C..30; itemName C..250; itemDescribe? C..1000; barCode? C..50;
        unit C3; currency C3; qty N19,5; price N19,5; totalPrice N19,5; note? C..1000"""),
)  # fmt: skip
PAYMENT: Final = Kind(
    "CEB403", "CEB404", "Receipts", "ebcCode", "orderNo",
    layout(_PREFIX, _EBP, _EBC, """orderNo C..60; payCode? C..18; payName C..100; payNo? C..60;
        charge N19,5; currency C3; accountingDate C14; note? C..1000"""),
)  # fmt: skip
WAYBILL: Final = Kind(
    "CEB505", "CEB506", "Logistics", "logisticsCode", "logisticsNo",
    layout(_PREFIX, _CARRIER, """logisticsNo C..32; freight N19,5; insuredFee N19,5; currency C3;
        grossWeight N19,5; packNo I9; goodsInfo C..200; ebcCode? C..18; ebcName? C..100;
        ebcTelephone? C..50; note? C..1000"""),
)  # fmt: skip
LIST: Final = Kind(
    "CEB603", "CEB604", "Inventory", "agentCode", "copNo",
    layout(_PREFIX, "customsCode C4", _EBP, "orderNo C..60", _CARRIER,
           """logisticsNo C..32; copNo C..30; preNo? C18; invtNo? C..20; ieFlag C1; portCode C4;
           ieDate C8; statisticsFlag C1""", _AGENT, _EBC,
           """ownerCode C..18; ownerName C..100; iacCode? C..18; iacName? C..100; emsNo? C..30;
           tradeMode C4; trafMode C1; trafName? C..100; voyageNo? C..32; billNo? C..37;
           totalPackageNo? C..37; loctNo? C..10; licenseNo? C..19; country C3; POD C3-4;
           freight N19,5; fCurrency C3; fFlag C1; insuredFee N19,5; iCurrency C3; iFlag C1;
           wrapType C1; packNo I9; grossWeight N19,5; netWeight N19,5; note? C..1000"""),
    sign=Sign.ALWAYS,
    head_node="InventoryHead", line_node="InventoryList", lines_least=1, lines_most=100,
    line=layout("""gnum I5; itemNo C..20; itemRecordNo? C..30; itemName? C..250; gcode C10;
        gname C..250; gmodel C..250; barCode C..50; country C3; currency C3; qty N19,5; qty1 N19,5;
        qty2? N19,5; unit C3; unit1 C3; unit2? C..3; price N19,5; totalPrice N19,5;
        note? C..1000"""),
)  # fmt: skip
CANCELLATION: Final = Kind(
    "CEB605", "CEB606", "InvtCancel", "agentCode", "copNo",
    layout(_PREFIX, "customsCode C4; copNo C..30; preNo? C18; invtNo C..20; reason C..1000",
           _AGENT, _EBC, "note? C..1000"),
    sign=Sign.ALWAYS,
)  # fmt: skip
BILL: Final = Kind(
    "CEB607", "CEB608", "WayBill", "agentCode", "copNo",
    layout(_PREFIX, "customsCode C4; copNo C..30; preNo? C18", _AGENT,
           """loctNo? C..10; trafMode C1; trafName C..100; voyageNo C..32; billNo C..37;
           domesticTrafNo? C..100; grossWeight N19,5""", _CARRIER, _PARTS),
    sign=Sign.ALWAYS,
    head_node="WayBillHead", line_node="WayBillList", lines_least=1, lines_most=_MANY,
    line=layout("""gnum I5; totalPackageNo? C..60; logisticsNo C..32; invtNo? C..20;
        note? C..1000"""),
)  # fmt: skip
ARRIVAL: Final = Kind(
    "CEB507", "CEB508", "Arrival", "operatorCode", "copNo",
    layout(_PREFIX, "customsCode C4; copNo C..30; preNo? C18", _OPERATOR,
           "loctNo? C..10; ieFlag C1; trafMode C1; billNo? C..37; domesticTrafNo C..100",
           _CARRIER, _PARTS),
    sign=Sign.DECLARED,
    head_node="ArrivalHead", line_node="ArrivalList", lines_least=0, lines_most=_MANY,
    line=layout("gnum I5; logisticsNo C..32; totalPackageNo? C..37; note? C..1000"),
)  # fmt: skip
DEPARTURE: Final = Kind(
    "CEB509", "CEB510", "Departure", "logisticsCode", "copNo",
    layout(_PREFIX, "customsCode C4; copNo C..30; preNo? C18", _CARRIER,
           """trafMode C1; trafName? C..100; voyageNo? C..32; billNo? C..37; leaveTime C14""",
           _PARTS),
    sign=Sign.ALWAYS,
    head_node="DepartureHead", line_node="DepartureList", lines_least=1, lines_most=_MANY,
    line=layout("gnum I5; totalPackageNo? C..37; logisticsNo C..32; note? C..1000"),
)  # fmt: skip
RETURN: Final = Kind(
    "CEB213", "CEB214", "InvtRefund", "agentCode", "coElNo",
    layout(_PREFIX, "customsCode C4; loctNo? C..10", _EBP, _EBC, "logisticsNo C..80", _CARRIER,
           "coElNo C..30; preNo? C..18; invtNo C..20; tradeMode? C4", _AGENT,
           """billNo C..37; ieFlag C1; trafMode C1; trafName C..100; portCode C4; reason C..500;
           country C3; voyageNo C..32; note? C..500"""),
    head_node="InvtRefundHead", line_node="InvtRefundList", lines_least=1, lines_most=100,
    line=layout("""gnum I4; gcode C..10; gname C..250; gmodel C..250; qty N19,5; qty1 N19,5;
        unit C3; unit1 C3; qty2? N19,5; unit2? C3; note? C..500"""),
)  # fmt: skip
TALLY: Final = Kind(
    "CEB215", "CEB216", "InvtRefundDetail", "operatorCode", "coElNo",
    layout(_PREFIX, "customsCode C4", _OPERATOR, _CARRIER,
           """logisticsNo C..80; invtNo? C..20; coElNo C..20; preNo? C..18; billNo C..37; ieFlag C1;
           trafMode C1; trafName C..100; voyageNo C..32; location? C..250; note? C..250"""),
)  # fmt: skip
SUMMARY: Final = Kind(
    "CEB701", "CEB702", "SummaryApply", "agentCode", "copNo",
    layout(_PREFIX, "customsCode C4; copNo C..30; preNo? C..18; sumNo? C..18", _AGENT, _EBC,
           """declAgentCode C..18; declAgentName C..100; startTime? C14; endTime? C14;
           loctNo? C..10; summaryFlag C1; itemNameFlag C1""", _PARTS),
    sign=Sign.ALWAYS,
    head_node="SummaryApplyHead", line_node="SummaryApplyList", lines_least=0, lines_most=_MANY,
    line=layout("invtNo C..20"),
)  # fmt: skip
KINDS: Final = {
    kind.message: kind
    for kind in (
        *(ORDER, PAYMENT, WAYBILL, LIST, CANCELLATION, BILL),
        *(ARRIVAL, DEPARTURE, RETURN, TALLY, SUMMARY),
    )
}
TRANSFER: Final = layout(
    "copCode C..18; copName C..100; dxpMode C3; dxpId C..30; note? C..1000",
)
