"""What was sold, paid and shipped: order (CEB303), receipt of payment (CEB403), house waybill
(CEB505). Source: interface specification, edition 202205.
"""

from typing import Final

from services.customs.domain.messages.elements import layout
from services.customs.domain.messages.kinds.kind import PREFIX, MessageKind, Numbering

CEB303: Final = MessageKind(
    message_type="CEB303",
    node="Order",
    head_node="OrderHead",
    head=layout(
        PREFIX
        + """orderType C1 =E|B|W; orderNo C..60; ebpCode C..18; ebpName C..100; ebcCode C..18;
        ebcName C..100; goodsValue N19,5; freight N19,5; currency C3; note? C..1000"""
    ),
    line_node="OrderList",
    line=layout(
        """gnum N5+; itemNo C..30; itemName C..250; itemDescribe? C..1000; barCode? C..50; unit C3;
        currency C3; qty N19,5; price N19,5; totalPrice N19,5; note? C..1000"""
    ),
    lines_min=1,
    lines_max=100,
    numbering=Numbering.RUNNING,
    receipt_type="CEB304",
)
CEB403: Final = MessageKind(
    message_type="CEB403",
    node="Receipts",
    head_node="Receipts",
    head=layout(
        PREFIX
        + """ebpCode C..18; ebpName C..100; ebcCode C..18; ebcName C..100; orderNo C..60;
        payCode? C..18; payName C..100; payNo? C..60; charge N19,5; currency C3;
        accountingDate T14; note? C..1000"""
    ),
    receipt_type="CEB404",
)
CEB505: Final = MessageKind(
    message_type="CEB505",
    node="Logistics",
    head_node="Logistics",
    head=layout(
        PREFIX
        + """logisticsCode C..18; logisticsName C..100; logisticsNo C..32; freight N19,5;
        insuredFee N19,5; currency C3; grossWeight N19,5; packNo N9+; goodsInfo C..200~;
        ebcCode? C..18; ebcName? C..100; ebcTelephone? C..50; note? C..1000"""
    ),
    receipt_type="CEB506",
)
